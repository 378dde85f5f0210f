// The account through @hubspot/api-client: associations, definitions, owners, tokens, limits and its own retry.
"use strict";
const { Client } = require("@hubspot/api-client");
const { control, holds, refusal, same } = require("tell.cjs");
const { address, contact } = require("./records.cjs");

const [PRIMARY, UNLABELLED] = [1, 279]; // contact to company
const basePath = process.env.HUBSPOT_URL;
const company = async (client, name) => (await client.crm.companies.basicApi.create({ properties: { name } })).id;
const again = (call, times) => Promise.all(Array.from({ length: times }, call));

async function linksOf(client, person) {
  const page = await client.crm.associations.v4.basicApi.getPage("contact", person, "company");
  const shown = (item) => item.associationTypes.map((kind) => [kind.typeId, kind.label]).sort((a, b) => a[0] - b[0]);
  return Object.fromEntries(page.results.map((item) => [String(item.toObjectId), shown(item)]));
}

async function associatesWithLabelsAndParts(client) {
  const [person, firm] = [await contact(client, { email: address() }), await company(client, "Label")];
  const api = client.crm.associations.v4.basicApi;
  const spec = { associationCategory: "HUBSPOT_DEFINED", associationTypeId: PRIMARY };
  await api.create("contacts", person, "companies", firm, [spec]);
  same(await linksOf(client, person), { [firm]: [[PRIMARY, "Primary"], [UNLABELLED, null]] });
  await api.archive("contacts", person, "companies", firm);
  same(await linksOf(client, person), {});
}

async function associatesABatchWithOneBadRow(client) {
  const [person, firm] = [await contact(client, { email: address() }), await company(client, "Batch")];
  const api = client.crm.associations.v4.batchApi;
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: UNLABELLED }];
  const inputs = [person, "1"].map((id) => ({ _from: { id }, to: { id: firm }, types }));
  const made = await api.create("contacts", "companies", { inputs });
  same([made.results.length, made.numErrors], [1, 1]);
  const lonely = await contact(client, { email: address() });
  const read = await api.getPage("contacts", "companies", { inputs: [{ id: person }, { id: lonely }] });
  same(read.results.map((item) => item.to.map((to) => String(to.toObjectId))), [[firm]]);
  same(read.errors[0].subCategory, "crm.associations.NO_ASSOCIATIONS_FOUND");
}

async function definesALabelAndRemovesIt(client) {
  const api = client.crm.associations.v4.schema.definitionsApi;
  const made = await api.create("contacts", "companies", { label: "Sponsor", name: "sponsor" });
  const number = made.results.find((item) => item.label === "Sponsor").typeId;
  await api.update("contacts", "companies", { associationTypeId: number, label: "Executive sponsor" });
  const names = async () => {
    const { results } = await api.getAll("contacts", "companies");
    return Object.fromEntries(results.map((item) => [item.typeId, item.label]));
  };
  same((await names())[number], "Executive sponsor");
  await api.remove("contacts", "companies", number);
  same((await names())[number], undefined);
}

async function readsDefinitions(client) {
  const properties = await client.crm.properties.coreApi.getAll("deals");
  const stage = properties.results.find((item) => item.name === "dealstage");
  same([stage.type, stage.hubspotDefined], ["enumeration", true]);
  const pipeline = await client.crm.pipelines.pipelinesApi.getById("deals", "default");
  same(pipeline.stages.at(-1).metadata.isClosed, "true");
  const groups = await client.crm.properties.groupsApi.getAll("deals");
  holds(groups.results.some((item) => item.name === "dealinformation"), "no group of deal information");
}

async function createsAPropertyAndFillsIt(client) {
  const egg = { name: "outsider_score", label: "Score", type: "number", fieldType: "number" };
  const made = await client.crm.properties.coreApi.create("contacts", { ...egg, groupName: "contactinformation" });
  same([made.name, made.type], ["outsider_score", "number"]);
  const id = await contact(client, { email: address(), outsider_score: "42" });
  const read = await client.crm.contacts.basicApi.getById(id, ["outsider_score"], ["outsider_score"]);
  same([read.properties.outsider_score, read.propertiesWithHistory.outsider_score[0].value], ["42", "42"]);
  await client.crm.properties.coreApi.archive("contacts", "outsider_score");
  same((await refusal(() => client.crm.properties.coreApi.getByName("contacts", "outsider_score"))).code, 404);
}

async function makesAPipelineAndDeletesIt(client) {
  const stages = [0, 1].map((n) => ({ label: `Stage ${n}`, displayOrder: n, metadata: { probability: `0.${n + 1}` } }));
  const api = client.crm.pipelines.pipelinesApi;
  const made = await api.create("deals", { label: "From Node", displayOrder: 9, stages });
  same(made.stages.map((stage) => stage.label), ["Stage 0", "Stage 1"]);
  const changed = await api.update("deals", made.id, { label: "Still from Node" });
  same([changed.id, changed.label, changed.stages.length], [made.id, "Still from Node", 2]);
  await api.archive("deals", made.id);
  same((await refusal(() => api.getById("deals", made.id))).code, 404);
}

async function definesAnObjectAndFillsIt(client) {
  const serial = { name: "berth", label: "Berth", type: "string", fieldType: "text", hasUniqueValue: true };
  const labels = { singular: "Harbor", plural: "Harbors" };
  const lists = { requiredProperties: ["berth"], searchableProperties: ["berth"], associatedObjects: ["CONTACT"] };
  const egg = { name: "harbor", labels, properties: [serial], primaryDisplayProperty: "berth", ...lists };
  const made = await client.crm.schemas.coreApi.create(egg);
  const record = await client.crm.objects.basicApi.create(made.objectTypeId, { properties: { berth: "B-1" } });
  const read = await client.crm.objects.basicApi.getById("harbor", "B-1", ["berth"], [], [], false, "berth");
  same([read.id, read.properties.berth], [record.id, "B-1"]);
  const told = await client.crm.schemas.coreApi.getById("harbor");
  same([told.labels.singular, told.labels.plural], ["Harbor", "Harbors"]);
  holds((await client.crm.schemas.coreApi.getAll()).results.some((item) => item.name === "harbor"), "not listed");
}

async function pagesThroughOwners(client) {
  const found = [];
  let page;
  for (let after; !page || after; after = page.paging?.next?.after) {
    page = await client.crm.owners.ownersApi.getPage(undefined, after, 5);
    found.push(...page.results.map((item) => item.id));
    if (!page.paging) break;
  }
  holds(found.length > 5 && new Set(found).size === found.length, `${found.length} owners`);
  same((await client.crm.owners.ownersApi.getById(Number(found[0]))).id, found[0]);
}

async function exchangesARefreshTokenAndWorksWithIt() {
  const other = new Client({ basePath, accessToken: "none yet" });
  const secret = [process.env.HUBSPOT_CLIENT_ID, process.env.HUBSPOT_CLIENT_SECRET];
  const create = (token) => other.oauth.tokensApi.create("refresh_token", undefined, undefined, ...secret, token);
  const found = await create(process.env.HUBSPOT_REFRESH_TOKEN);
  same([found.tokenType, found.expiresIn], ["bearer", 1800]);
  other.setAccessToken(found.accessToken);
  same((await other.crm.contacts.basicApi.getPage(1)).results.length, 1);
  same((await other.oauth.accessTokensApi.get(found.accessToken)).token, found.accessToken);
  same((await refusal(() => create("nonsense"))).body.status, "BAD_REFRESH_TOKEN");
}

async function isToldWhatItMayNot() {
  const nobody = new Client({ basePath, accessToken: "nobody" });
  same((await refusal(() => nobody.crm.contacts.basicApi.getPage(1))).code, 401);
  const reader = new Client({ basePath, accessToken: "pat-na1-sandbox-reader" });
  const refused = await refusal(() => reader.crm.contacts.basicApi.create({ properties: { lastname: "No" } }));
  same([refused.code, refused.body.category], [403, "MISSING_SCOPES"]);
}

const count = async (test) => (await control("GET", "metrics")).results.reduce((n, row) => n + test(row) * row.calls, 0);

// Its limiter is off here, so that its retry has something to wait for: a second each on the search limit.
async function survivesTheSearchLimitByItsOwnRetry(client) {
  const accessToken = client.config.accessToken;
  const asked = { filterGroups: [], properties: [], limit: 1, after: "0", sorts: [] };
  const hasty = new Client({ basePath, accessToken, limiterOptions: { maxConcurrent: 50 } });
  const refused = await refusal(() => again(() => hasty.crm.contacts.searchApi.doSearch(asked), 30));
  same([refused.code, refused.body.category], [429, "RATE_LIMITS"]);
  const retrying = { basePath, accessToken, numberOfApiCallRetries: 6, limiterOptions: { maxConcurrent: 12 } };
  const limited = (row) => row.path.endsWith("/search") && row.status === 429;
  const before = await count(limited);
  const patient = new Client(retrying);
  const pages = await again(() => patient.crm.contacts.searchApi.doSearch(asked), 9);
  holds(pages.every((page) => page.total >= 700), "a search came back short");
  holds((await count(limited)) > before, "no 429 came in its way");
}

async function survivesTheRollingLimitByItsOwnRetry(client) {
  const accessToken = client.config.accessToken;
  await control("POST", "settings", { hubspot: { rate_ten_seconds: 1 } });
  const patient = new Client({ basePath, accessToken, numberOfApiCallRetries: 3 });
  const first = await patient.crm.contacts.basicApi.getPage(1);
  const second = await patient.crm.contacts.basicApi.getPage(1);
  await control("POST", "settings", { hubspot: { rate_ten_seconds: 1000 } });
  same([first.results.length, second.results.length], [1, 1]);
  holds(await count((row) => row.status === 429 && !row.path.endsWith("/search")), "no 429 came in its way");
}

async function survivesAnOutageByItsOwnRetry(client) {
  const on = { path: "/v3/objects/companies$", times: 2 };
  await control("POST", "faults", { on, do: [{ status: 502 }] });
  const patient = new Client({ basePath, accessToken: client.config.accessToken, numberOfApiCallRetries: 4 });
  same((await patient.crm.companies.basicApi.getPage(10)).results.length, 10);
}

async function asksWhatItHasNoMethodFor(client) {
  const answer = await client.apiRequest({ path: "/account-info/v3/details" });
  same([answer.status, (await answer.json()).portalId], [200, 12345678]);
}

module.exports = {
  operations: [
    associatesWithLabelsAndParts,
    associatesABatchWithOneBadRow,
    definesALabelAndRemovesIt,
    readsDefinitions,
    createsAPropertyAndFillsIt,
    makesAPipelineAndDeletesIt,
    definesAnObjectAndFillsIt,
    pagesThroughOwners,
    exchangesARefreshTokenAndWorksWithIt,
    isToldWhatItMayNot,
    survivesTheSearchLimitByItsOwnRetry,
    survivesTheRollingLimitByItsOwnRetry,
    survivesAnOutageByItsOwnRetry,
    asksWhatItHasNoMethodFor,
  ],
};
