// The Salesforce CLI at work on the sandbox over plain http: each operation is one or more `sf` commands.
"use strict";
const { execFileSync } = require("node:child_process");
const { writeFileSync } = require("node:fs");
const { perform, same, holds, refusal, control } = require("tell.cjs");
const bulk = require("./bulk.cjs");
const { BASE, sf, failed, token } = require("./sf.cjs");

const DATA = "/services/data/v66.0";
const ACCOUNT = ["--sobject", "Account"];

function signsInWithAccessToken() {
  const options = ["--instance-url", BASE, "--no-prompt", "--alias", "emu", "--set-default"];
  const found = sf(["org", "login", "access-token", ...options], { SF_ACCESS_TOKEN: token() });
  same([found.name, found.isSandbox, found.orgId.slice(0, 3)], ["RevOps Demo", true, "00D"]);
  same(sf(["org", "display"]).connectedStatus, "Connected");
}

// A user of its own, so that both sign-ins stand beside each other.
async function signsInWithSignedAssertion() {
  const users = sf(["data", "query", "-q", "SELECT Username FROM User WHERE IsActive = true ORDER BY Id"]).records;
  for (const name of ["own", "other"]) execFileSync("openssl", ["genrsa", "-out", `${name}.pem`, "2048"], { stdio: "pipe" });
  const key = execFileSync("openssl", ["rsa", "-in", "own.pem", "-pubout"], { stdio: "pipe" }).toString();
  const { clients } = (await control("GET", "settings")).salesforce;
  clients[process.env.SALESFORCE_CLIENT_ID].public_key = key;
  await control("POST", "settings", { salesforce: { clients } });
  const login = (file) => sf([
    "org", "login", "jwt", "--client-id", process.env.SALESFORCE_CLIENT_ID, "--jwt-key-file", file,
    "--username", users[2].Username, "--instance-url", BASE, "--alias", "jwt",
  ]);
  same((await refusal(() => login("other.pem"))).code, "JwtGrantError");
  same(login("own.pem").username, users[2].Username);
}

async function renewsExpiredSession() {
  await control("POST", "faults", { on: { crm: "salesforce", path: "/query" }, do: ["expire_token"] });
  const found = sf(["data", "query", "-q", "SELECT Name FROM Organization", "--target-org", "jwt"]);
  same(found.records[0].Name, "RevOps Demo");
}

function readsLimitsAndCounts() {
  const limits = sf(["org", "list", "limits"]);
  const daily = limits.find(({ name }) => name === "DailyApiRequests");
  holds(daily.remaining < daily.max, JSON.stringify(daily));
  same(sf(["org", "list", "sobject", "record-counts", "--sobject", "Opportunity"]), [{ count: 200, name: "Opportunity" }]);
}

function listsAndDescribesTypes() {
  holds(sf(["sobject", "list"]).includes("Opportunity"), "Opportunity is not listed");
  const account = sf(["sobject", "describe", ...ACCOUNT]);
  same([account.mergeable, account.fields.find(({ name }) => name === "Name").length], [true, 255]);
}

function makesReadsChangesAndDeletesRecord() {
  const { id } = sf(["data", "create", "record", ...ACCOUNT, "--values", "Name='CLI one' Industry=Energy"]);
  sf(["data", "update", "record", ...ACCOUNT, "--where", "Name='CLI one'", "--values", "Phone='+1 555'"]);
  const read = sf(["data", "get", "record", ...ACCOUNT, "--record-id", id]);
  same([read.Name, read.Industry, read.Phone], ["CLI one", "Energy", "+1 555"]);
  sf(["data", "delete", "record", ...ACCOUNT, "--record-id", id]);
  const gone = failed(["data", "get", "record", ...ACCOUNT, "--record-id", id]);
  holds(/entity is deleted|NOT_FOUND|provided external ID/i.test(JSON.stringify(gone)), JSON.stringify(gone));
}

function queriesParentsChildrenAndGroups() {
  const soql = "SELECT Name, Owner.Name, (SELECT LastName FROM Contacts) FROM Account ORDER BY Name LIMIT 20";
  const { records, totalSize } = sf(["data", "query", "-q", soql]);
  same([totalSize, records.length], [20, 20]);
  holds(records.every(({ Owner }) => Owner.Name) && records.some(({ Contacts }) => Contacts), "no parents or children");
  const groups = sf(["data", "query", "-q", "SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName"]);
  same(groups.records.reduce((sum, { n }) => sum + n, 0), 200);
}

// For its table and its CSV the command asks for the columns of a query before it asks for the records.
function printsCsvByTheColumnsOfQuery() {
  const soql = "SELECT Id, Name, Owner.Name FROM Account ORDER BY Id LIMIT 3";
  const lines = sf(["data", "query", "-q", soql, "--result-format", "csv"], {}, false).trim().split("\n");
  same([lines.length, lines[0]], [4, "Id,Name,Owner.Name"]);
}

function importsAndExportsTrees() {
  const contact = { attributes: { type: "Contact", referenceId: "C1" }, LastName: "Tree child" };
  const account = { attributes: { type: "Account", referenceId: "A1" }, Name: "Tree", Contacts: { records: [contact] } };
  writeFileSync("tree.json", JSON.stringify({ records: [account] }));
  const made = sf(["data", "import", "tree", "--files", "tree.json"]);
  same(made.map(({ type }) => type).sort(), ["Account", "Contact"]);
  const soql = "SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Tree'";
  const { records: [{ Name, Contacts }] } = sf(["data", "export", "tree", "--query", soql]);
  same([Name, Contacts.records[0].LastName], ["Tree", "Tree child"]);
}

function callsRestDirectly() {
  const rest = (...args) => JSON.parse(sf(["api", "request", "rest", ...args], {}, false));
  same(rest(`${DATA}/sobjects/Account/describe`).keyPrefix, "001");
  const records = [{ attributes: { type: "Account" }, Name: "Direct" }, { attributes: { type: "Account" } }];
  const body = JSON.stringify({ allOrNone: false, records });
  const results = rest(`${DATA}/composite/sobjects`, "--method", "POST", "--body", body);
  same(results.map(({ success }) => success), [true, false]);
  same(results[1].errors[0].statusCode, "REQUIRED_FIELD_MISSING");
}

function searchesByWords() {
  const { id } = sf(["data", "create", "record", ...ACCOUNT, "--values", "Name='Needle Haystack'"]);
  const found = sf(["data", "search", "--query", "FIND {needle} IN Name Fields RETURNING Account (Id, Name)"]);
  same(found.searchRecords.map(({ Id, Name }) => [Id, Name]), [[id, "Needle Haystack"]]);
}

function seesRefusalsByTheirName() {
  same(failed(["data", "query", "-q", "SELECT Nope FROM Account"]).name, "INVALID_FIELD");
  same(failed(["data", "query", "-q", "SELECT FROM"]).name, "MALFORMED_QUERY");
  same(failed(["sobject", "describe", "--sobject", "Nothing"]).name, "NOT_FOUND");
  const missing = failed(["data", "create", "record", ...ACCOUNT, "--values", "Phone=1"]);
  same(missing.name, "REQUIRED_FIELD_MISSING");
}

async function isRefusedPastTheDailyLimit() {
  const { daily_limit: limit } = (await control("GET", "settings")).salesforce;
  await control("POST", "settings", { salesforce: { daily_limit: 1 } });
  const refused = failed(["data", "query", "-q", "SELECT Id FROM Account LIMIT 1"]);
  await control("POST", "settings", { salesforce: { daily_limit: limit } });
  same(refused.name, "REQUEST_LIMIT_EXCEEDED");
}

perform([
  signsInWithAccessToken, signsInWithSignedAssertion, readsLimitsAndCounts, listsAndDescribesTypes,
  makesReadsChangesAndDeletesRecord, queriesParentsChildrenAndGroups, printsCsvByTheColumnsOfQuery,
  importsAndExportsTrees, callsRestDirectly, searchesByWords, seesRefusalsByTheirName, ...bulk.operations, renewsExpiredSession,
  isRefusedPastTheDailyLimit,
]);
