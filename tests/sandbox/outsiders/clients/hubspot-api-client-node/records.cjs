// Records through @hubspot/api-client: pages, writes, batches with a bad row, upserts, merges, search and refusals.
"use strict";
const { randomUUID } = require("node:crypto");
const { eventually, holds, refusal, same } = require("tell.cjs");

const address = () => `${randomUUID().slice(0, 12)}@outsider.example`;
const contact = async (client, properties) => (await client.crm.contacts.basicApi.create({ properties })).id;
const equals = (propertyName, value) => [{ filters: [{ propertyName, operator: "EQ", value }] }];
const sorted = (items) => [...items].sort();
const label = (refused) => [refused.code, refused.body.category];

async function listsEveryContactPageByPage(client) {
  const found = await client.crm.contacts.getAll(100, undefined, ["email", "lastname"]);
  same(new Set(found.map((item) => item.id)).size, 700);
  holds(found.every((item) => "email" in item.properties && item.createdAt instanceof Date), "a property is missing");
}

async function listsWithHistoriesFiftyAPage(client) {
  const found = await client.crm.deals.getAll(50, undefined, ["dealstage"], ["dealstage"]);
  same(found.length, 200);
  same(found[0].propertiesWithHistory.dealstage[0].value, found[0].properties.dealstage);
}

async function createsReadsUpdatesAndArchives(client) {
  const api = client.crm.contacts.basicApi;
  const email = address();
  const id = await contact(client, { email, firstname: "Ann" });
  await api.update(id, { properties: { jobtitle: "CTO" } });
  const read = await api.getById(email, ["jobtitle", "firstname", "phone"], [], [], false, "email");
  same([read.id, read.properties.jobtitle, read.properties.firstname, read.properties.phone], [id, "CTO", "Ann", null]);
  await api.archive(id);
  same((await refusal(() => api.getById(id))).code, 404);
  same((await api.getById(id, [], [], [], true)).archived, true);
}

async function createsABatchWithOneBadRow(client) {
  const [taken, fresh] = [address(), address()];
  await contact(client, { email: taken });
  const rows = [taken, fresh].map((email, n) => ({ properties: { email }, objectWriteTraceId: `row-${n}` }));
  const answer = await client.crm.contacts.batchApi.create({ inputs: rows });
  same(answer.results.map((item) => item.properties.email), [fresh]);
  same([answer.numErrors, answer.errors[0].category], [1, "CONFLICT"]);
  same(answer.errors[0].context.objectWriteTraceId, ["row-0"]);
  const bare = rows.map(({ properties }) => ({ properties }));
  same(label(await refusal(() => client.crm.contacts.batchApi.create({ inputs: bare }))), [409, "CONFLICT"]);
}

async function updatesABatchAndReadsItBack(client) {
  const page = await client.crm.deals.basicApi.getPage(100);
  const ids = page.results.map((item) => item.id);
  const inputs = ids.map((id) => ({ id, properties: { description: `Deal ${id}` } }));
  same((await client.crm.deals.batchApi.update({ inputs })).results.length, 100);
  const asked = { inputs: [...ids.slice(0, 99), "1"].map((id) => ({ id })), properties: ["description"] };
  const read = await client.crm.deals.batchApi.read({ ...asked, propertiesWithHistory: [] });
  holds(read.results.every((item) => item.properties.description === `Deal ${item.id}`), "another value stands there");
  same([read.results.length, read.numErrors, read.errors[0].context.ids], [99, 1, ["1"]]);
}

async function upsertsByEmail(client) {
  const [known, fresh] = [address(), address()];
  await contact(client, { email: known });
  const inputs = [known, fresh].map((id) => ({ id, idProperty: "email", properties: { email: id, lastname: "Up" } }));
  const answer = await client.crm.contacts.batchApi.upsert({ inputs });
  const marks = Object.fromEntries(answer.results.map((item) => [item.properties.email, item._new]));
  same(marks, { [known]: false, [fresh]: true });
}

async function mergesAndReadsTheOldIds(client) {
  const emails = [address(), address()];
  const [first, second] = [await contact(client, { email: emails[0] }), await contact(client, { email: emails[1] })];
  const api = client.crm.contacts.basicApi;
  const merged = await api.merge({ primaryObjectId: first, objectIdToMerge: second });
  const wanted = ["email", "hs_merged_object_ids", "hs_additional_emails"];
  for (const id of [first, second, merged.id]) {
    const read = await api.getById(id, wanted);
    same([read.id, read.properties.email, read.properties.hs_additional_emails], [merged.id, ...emails]);
    same(sorted(read.properties.hs_merged_object_ids.split(";")), sorted([first, second]));
  }
}

async function searchesAndPagesToTheEnd(client) {
  const all = await client.crm.companies.getAll(100, undefined, ["domain"]);
  const held = all.filter((item) => item.properties.domain).map((item) => item.id);
  const filterGroups = [{ filters: [{ propertyName: "domain", operator: "HAS_PROPERTY" }] }];
  const sorts = ["-hs_object_id"];
  const found = [];
  let page;
  for (let after = "0"; after; after = page.paging?.next?.after) {
    const asked = { filterGroups, sorts, properties: ["domain"], limit: 100, after };
    page = await client.crm.companies.searchApi.doSearch(asked);
    found.push(...page.results.map((item) => item.id));
  }
  same([found.length, new Set(found).size], [page.total, page.total]);
  same(found, [...found].sort((one, other) => Number(other) - Number(one)));
  holds(held.every((id) => found.includes(id)), "a company with a domain is not found");
}

async function findsWhatWasJustWrittenAfterAWhile(client) {
  const email = address();
  const id = await contact(client, { email });
  const asked = { filterGroups: equals("email", email), properties: [], limit: 1, after: "0", sorts: [] };
  const found = await eventually(() => client.crm.contacts.searchApi.doSearch(asked), (page) => page.results.length);
  same(found.results.map((item) => item.id), [id]);
}

async function tellsRefusalsApart(client) {
  const email = address();
  const id = await contact(client, { email });
  const refused = await refusal(() => contact(client, { email }));
  same(label(refused), [409, "CONFLICT"]);
  holds(refused.body.message.includes(`Existing ID: ${id}`), refused.body.message);
  holds(refused.headers["x-hubspot-ratelimit-max"], "the refusal carries no limit");
  same(label(await refusal(() => contact(client, { email: "nobody" }))), [400, "VALIDATION_ERROR"]);
  const api = client.crm.contacts.basicApi;
  const wrong = await refusal(() => api.update(id, { properties: { nosuch: "1" } }));
  holds(JSON.stringify(wrong.body).includes("PROPERTY_DOESNT_EXIST"), JSON.stringify(wrong.body));
  same((await refusal(() => client.crm.deals.basicApi.getById("1"))).code, 404);
}

async function erasesAPerson(client) {
  const id = await contact(client, { email: address() });
  await client.crm.contacts.basicApi.purge({ objectId: id });
  same((await refusal(() => client.crm.contacts.basicApi.getById(id))).code, 404);
}

async function keepsAnActivity(client) {
  const person = await contact(client, { email: address() });
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 202 }];
  const associations = [{ to: { id: person }, types }];
  const properties = { hs_timestamp: new Date(0).toISOString(), hs_note_body: "Called back" };
  const note = await client.crm.objects.basicApi.create("notes", { properties, associations });
  const read = await client.crm.objects.basicApi.getById("notes", note.id, ["hs_note_body"], [], ["contacts"]);
  same([read.properties.hs_note_body, read.associations.contacts.results[0].id], ["Called back", person]);
}

module.exports = {
  address,
  contact,
  operations: [
    listsEveryContactPageByPage,
    listsWithHistoriesFiftyAPage,
    createsReadsUpdatesAndArchives,
    createsABatchWithOneBadRow,
    updatesABatchAndReadsItBack,
    upsertsByEmail,
    mergesAndReadsTheOldIds,
    searchesAndPagesToTheEnd,
    findsWhatWasJustWrittenAfterAWhile,
    tellsRefusalsApart,
    erasesAPerson,
    keepsAnActivity,
  ],
};
