// @hubspot/mcp-server at work on the sandbox, driven over its standard input as an MCP host does.
"use strict";
const { join } = require("node:path");
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { control, eventually, holds, perform, same } = require("tell.cjs");

const token = process.env.HUBSPOT_TOKEN;
const search = (filters) => ({ filterGroups: [{ filters }], limit: 100 });

async function started(accessToken) {
  const env = { ...process.env, BASE_URL_OVERRIDE: process.env.HUBSPOT_URL, PRIVATE_APP_ACCESS_TOKEN: accessToken };
  const command = join(process.env.BIN, "mcp-hubspot");
  const host = new Client({ name: "outsider", version: "1.0.0" });
  await host.connect(new StdioClientTransport({ command, env, stderr: "ignore" }));
  return host;
}

// What a tool says: its texts, each with the JSON document in it where there is one.
async function told(host, name, args = {}) {
  const answer = await host.callTool({ name: `hubspot-${name}`, arguments: args });
  return { failed: Boolean(answer.isError), texts: answer.content.map((part) => part.text) };
}

function document(text) {
  const start = text.search(/[[{]/);
  return JSON.parse(text.slice(start, Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1));
}

async function used(host, name, args) {
  const { failed, texts } = await told(host, name, args);
  if (failed) throw new Error(texts.join(" "));
  return document(texts[0]);
}

async function knowsWhoseTokenItHas(host) {
  const { failed, texts } = await told(host, "get-user-details");
  same([failed, document(texts[0]).hubId, document(texts[2]).portalId], [false, 12345678, 12345678]);
  holds(document(texts[0]).scopes.includes("crm.objects.contacts.write"), "the scope to write is not told");
}

async function listsEveryContactPageByPage(host) {
  const found = [];
  let page;
  for (let after; !page || after; after = page.pagination?.next?.after ?? page.paging?.next?.after) {
    page = await used(host, "list-objects", { objectType: "contacts", limit: 100, after, properties: ["email"] });
    found.push(...page.results.map((item) => item.id));
  }
  same([found.length, new Set(found).size], [700, 700]);
}

async function createsUpdatesAndReadsBatches(host) {
  const inputs = [1, 2, 3].map((n) => ({ properties: { name: `Spoken ${n}`, domain: `spoken${n}.example` } }));
  const made = await used(host, "batch-create-objects", { objectType: "companies", inputs });
  const ids = made.results.map((item) => item.id);
  const changes = ids.map((id) => ({ id, properties: { description: `said of ${id}` } }));
  await used(host, "batch-update-objects", { objectType: "companies", inputs: changes });
  const asked = { objectType: "companies", inputs: ids.map((id) => ({ id })), properties: ["description"] };
  const read = await used(host, "batch-read-objects", asked);
  same(read.results.map((item) => item.properties.description).sort(), ids.map((id) => `said of ${id}`).sort());
}

async function searchesWithFilters(host) {
  const filters = [{ propertyName: "domain", operator: "CONTAINS_TOKEN", value: "spoken*" }];
  const asked = { objectType: "companies", ...search(filters), properties: ["name"] };
  const page = await eventually(() => used(host, "search-objects", asked), (found) => found.results.length === 3);
  same(page.results.map((item) => item.properties.name).sort(), ["Spoken 1", "Spoken 2", "Spoken 3"]);
}

async function associatesAndListsAssociations(host) {
  const ends = { fromObjectType: "contacts", toObjectType: "companies" };
  const definitions = await used(host, "get-association-definitions", ends);
  holds(definitions.results.some((item) => item.typeId === 279), "no type for a contact's company");
  const inputs = [{ properties: { lastname: "Spoken of" } }];
  const person = (await used(host, "batch-create-objects", { objectType: "contacts", inputs })).results[0].id;
  const filters = [{ propertyName: "domain", operator: "EQ", value: "spoken1.example" }];
  const firm = (await used(host, "search-objects", { objectType: "companies", ...search(filters) })).results[0].id;
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 279 }];
  const pair = [{ from: { id: person }, to: { id: firm } }];
  await used(host, "batch-create-associations", { ...ends, types, inputs: pair });
  const asked = { objectType: "contacts", objectId: person, toObjectType: "companies" };
  same((await used(host, "list-associations", asked)).results.map((item) => String(item.toObjectId)), [firm]);
}

async function definesAProperty(host) {
  const shape = { type: "enumeration", fieldType: "select", groupName: "companyinformation" };
  const options = [{ label: "Loud", value: "loud" }, { label: "Low", value: "low" }];
  const egg = { objectType: "companies", name: "spoken_tone", label: "Tone", ...shape, options };
  await used(host, "create-property", egg);
  await used(host, "update-property", { objectType: "companies", propertyName: "spoken_tone", label: "Tone of voice" });
  const read = await used(host, "get-property", { objectType: "companies", propertyName: "spoken_tone" });
  same([read.label, read.options.map((item) => item.value)], ["Tone of voice", ["loud", "low"]]);
  const { texts } = await told(host, "list-properties", { objectType: "companies" });
  holds(texts.join(" ").includes("spoken_tone"), "not listed");
}

// The server has no tool that defines an object, so that the account's own way is taken.
async function readsSchemas(host) {
  const serial = { name: "voice", label: "Voice", type: "string", fieldType: "text" };
  const egg = { name: "speaker", labels: { singular: "Speaker", plural: "Speakers" }, properties: [serial] };
  const body = JSON.stringify({ ...egg, requiredProperties: ["voice"], primaryDisplayProperty: "voice" });
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const url = `${process.env.HUBSPOT_URL}/crm-object-schemas/v3/schemas`;
  const made = await (await fetch(url, { method: "POST", headers, body })).json();
  const { failed, texts } = await told(host, "get-schemas");
  same([failed, texts.join(" ").includes(made.objectTypeId)], [false, true]);
  const inputs = [{ properties: { voice: "alto" } }];
  const [record] = (await used(host, "batch-create-objects", { objectType: made.objectTypeId, inputs })).results;
  const asked = { objectType: made.objectTypeId, inputs: [{ id: record.id }], properties: ["voice"] };
  same((await used(host, "batch-read-objects", asked)).results[0].properties.voice, "alto");
}

async function saysWhatWasRefused(host) {
  const inputs = [{ properties: { email: "nobody" } }];
  const refused = await told(host, "batch-create-objects", { objectType: "contacts", inputs });
  holds(refused.failed && refused.texts.join(" ").includes("INVALID_EMAIL"), refused.texts.join(" "));
  const stranger = await started("nobody");
  const unknown = await told(stranger, "list-objects", { objectType: "contacts" });
  await stranger.close();
  holds(unknown.failed && unknown.texts.join(" ").includes("401"), unknown.texts.join(" "));
}

async function saysThatItIsLimited(host) {
  await control("POST", "settings", { hubspot: { rate_ten_seconds: 1 } });
  await told(host, "list-objects", { objectType: "contacts", limit: 1 });
  const refused = await told(host, "list-objects", { objectType: "contacts", limit: 1 });
  await control("POST", "settings", { hubspot: { rate_ten_seconds: 1000 } });
  holds(refused.failed && refused.texts.join(" ").includes("TEN_SECONDLY_ROLLING"), refused.texts.join(" "));
}

const operations = [
  knowsWhoseTokenItHas,
  listsEveryContactPageByPage,
  createsUpdatesAndReadsBatches,
  searchesWithFilters,
  associatesAndListsAssociations,
  definesAProperty,
  readsSchemas,
  saysWhatWasRefused,
  saysThatItIsLimited,
];

started(token).then((host) => perform(operations, host).then(() => host.close()));
