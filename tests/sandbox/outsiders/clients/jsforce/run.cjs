// jsforce at work on the sandbox over plain http: sign-in, REST, queries, and what goes wrong.
"use strict";
const jsforce = require("jsforce");
const { perform, same, holds, refusal, control } = require("tell.cjs");
const bulk = require("./bulk.cjs");
const rules = require("./rules.cjs");
const soap = require("./soap.cjs");

const BASE = process.env.SALESFORCE_URL;
const VERSION = "66.0";
const DATA = `/services/data/v${VERSION}`;
const GRANT = { grant_type: "client_credentials" };
const KEY = "HubSpot_Company_Id__c";
const OURS = "FROM Task WHERE Subject LIKE 'jsforce %'";
const APP = {
  loginUrl: BASE,
  clientId: process.env.SALESFORCE_CLIENT_ID,
  clientSecret: process.env.SALESFORCE_CLIENT_SECRET,
};
const tasks = [];
let renewals = 0;

// jsforce calls it when a session has expired.
async function refreshFn(conn, callback) {
  renewals += 1;
  const answer = await conn.oauth2.requestToken(GRANT);
  callback(null, answer.access_token, answer);
}

async function refusedWith(code, call) {
  same((await refusal(call)).errorCode, code);
}

async function signsInWithClientCredentials(conn) {
  const user = await conn.authorize(GRANT);
  holds(user.organizationId.startsWith("00D"), user.organizationId);
  same((await conn.identity()).user_id, user.id);
}

async function isRefusedWithWrongSecret() {
  const stranger = new jsforce.Connection({ loginUrl: BASE, oauth2: { ...APP, clientSecret: "no" } });
  same((await refusal(() => stranger.authorize(GRANT))).name, "invalid_client");
}

async function signsInWithSessionId(conn) {
  const other = new jsforce.Connection({ instanceUrl: BASE, accessToken: conn.accessToken, version: VERSION });
  same((await other.query("SELECT Name FROM Organization")).records[0].Name, "RevOps Demo");
}

async function readsVersionsIndexAndLimits(conn) {
  const versions = await conn.request(`${BASE}/services/data`);
  holds(versions.some(({ version }) => version === VERSION), JSON.stringify(versions));
  same((await conn.request("/")).sobjects, `${DATA}/sobjects`);
  const { DailyApiRequests: daily } = await conn.limits();
  holds(daily.Remaining < daily.Max, JSON.stringify(daily));
  same(conn.limitInfo.apiUsage.limit, daily.Max);
}

async function describesTypesAndCachesThem(conn) {
  const { sobjects } = await conn.describeGlobal();
  holds(sobjects.find(({ name }) => name === "Contact").queryable, "Contact is not queryable");
  const account = await conn.describe$("Account");
  same([account.keyPrefix, account.fields.find(({ name }) => name === "Name").length], ["001", 255]);
  holds(account.childRelationships.some(({ relationshipName }) => relationshipName === "Contacts"), "no Contacts");
  same(conn.describe$$("Account").fields.length, account.fields.length);
}

async function makesReadsChangesAndDeletesRecord(conn) {
  const Account = conn.sobject("Account");
  const made = await Account.create({ Name: "Acme Outside", Industry: "Energy", NumberOfEmployees: 7 });
  holds(made.success && /^001\w{15}$/.test(made.id), JSON.stringify(made));
  same((await Account.retrieve(made.id)).NumberOfEmployees, 7);
  await Account.update({ Id: made.id, Phone: "+1 555 0100", Industry: null });
  const read = await Account.retrieve(made.id, { fields: ["Phone", "Industry"] });
  same([read.Phone, read.Industry], ["+1 555 0100", null]);
  holds((await Account.destroy(made.id)).success, "not deleted");
  await refusedWith("ENTITY_IS_DELETED", () => Account.retrieve(made.id));
}

async function upsertsByExternalId(conn) {
  const Account = conn.sobject("Account");
  const first = await Account.upsert({ Name: "Upsert One", [KEY]: "jsf-1" }, KEY);
  const second = await Account.upsert({ Name: "Upsert Two", [KEY]: "jsf-1" }, KEY);
  same([first.created, second.created], [true, false]);
  const rows = [1, 2].map((n) => ({ Name: `Upsert many ${n}`, [KEY]: `jsf-${n}` }));
  same((await Account.upsert(rows, KEY)).map(({ created }) => created), [false, true]);
  const found = await Account.find({ [KEY]: { $like: "jsf-%" } }, "Name").sort("Name").execute();
  same(found.map(({ Name }) => Name), ["Upsert many 1", "Upsert many 2"]);
}

async function savesTheOtherRowsBesideBadOne(conn) {
  const rows = [{ LastName: "Good" }, { FirstName: "No last name" }, { LastName: "Fine" }];
  const results = await conn.sobject("Contact").create(rows, { allOrNone: false });
  same(results.map(({ success }) => success), [true, false, true]);
  const { statusCode, fields } = results[1].errors[0];
  same([statusCode, fields], ["REQUIRED_FIELD_MISSING", ["LastName"]]);
  same((await conn.sobject("Contact").retrieve([results[0].id, results[2].id])).length, 2);
}

async function savesNothingBesideBadRowWhenAllOrNone(conn) {
  const rows = [{ LastName: "Rolled back" }, { FirstName: "No last name" }];
  const results = await conn.sobject("Contact").create(rows, { allOrNone: true });
  const codes = results.map(({ errors }) => errors[0].statusCode);
  same(codes, ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]);
  same(await conn.sobject("Contact").count({ LastName: "Rolled back" }), 0);
}

async function makes2105RecordsInPartsOf200(conn) {
  const rows = Array.from({ length: 2105 }, (_, n) => ({ Subject: `jsforce ${n}`, Status: "Not Started" }));
  const made = await conn.sobject("Task").create(rows, { allowRecursive: true });
  tasks.push(...made.map(({ id }) => id));
  same(new Set(tasks).size, 2105);
}

async function fetchesPastTwoThousandByItselfAndByHand(conn) {
  const all = await conn.query(`SELECT Id ${OURS} ORDER BY Id`, { autoFetch: true, maxFetch: 10_000 });
  same(new Set(all.records.map(({ Id }) => Id)).size, 2105);
  const headers = { "Sforce-Query-Options": "batchSize=500" };
  let page = await conn.query(`SELECT Id ${OURS} ORDER BY Id`, { headers });
  const seen = [...page.records];
  while (!page.done) {
    page = await conn.queryMore(page.nextRecordsUrl);
    seen.push(...page.records);
  }
  same(seen.map(({ Id }) => Id), all.records.map(({ Id }) => Id));
  same(page.totalSize, 2105);
}

async function streamsRecords(conn) {
  const query = conn.query(`SELECT Id, Subject ${OURS}`);
  let count = 0;
  query.on("record", () => (count += 1));
  await query.run({ autoFetch: true, maxFetch: 10_000 });
  same([count, query.totalFetched], [2105, 2105]);
}

async function asksByConditionsChildrenParentsAndGroups(conn) {
  const accounts = await conn.sobject("Account").find({ Name: { $ne: null } }, "Id, Name, Owner.Name")
    .include("Contacts").select("Id, LastName").end().sort({ CreatedDate: -1 }).limit(50).execute();
  same(accounts.length, 50);
  holds(accounts.every(({ Owner }) => Owner.Name), "an account without the name of its owner");
  holds(accounts.some(({ Contacts }) => Contacts?.totalSize > 0), "no account with contacts");
  const stages = await conn.query("SELECT StageName, COUNT(Id) n FROM Opportunity GROUP BY StageName");
  same(stages.records.reduce((sum, { n }) => sum + n, 0), await conn.sobject("Opportunity").count());
}

async function searchesByWords(conn) {
  const { id } = await conn.sobject("Contact").create({ FirstName: "Jean-Luc", LastName: "Searchable" });
  const found = await conn.search("FIND {Searchab* AND Jean\\-Luc} IN NAME FIELDS RETURNING Contact(Id, LastName), Lead");
  same(found.searchRecords.map(({ Id, LastName }) => [Id, LastName]), [[id, "Searchable"]]);
  await refusedWith("MALFORMED_SEARCH", () => conn.search("FIND {Jean-Luc}"));
}

async function seesTheDeletedWithScanAll(conn) {
  const gone = tasks.splice(-5).sort();
  holds((await conn.sobject("Task").destroy(gone)).every(({ success }) => success), "not deleted");
  same((await conn.query(`SELECT Id ${OURS} AND Id IN ('${gone.join("','")}')`)).totalSize, 0);
  const seen = await conn.query(`SELECT Id, IsDeleted ${OURS} AND IsDeleted = true`, { scanAll: true });
  same(seen.records.map(({ Id }) => Id).sort(), gone);
}

async function changesAndDeletesMany(conn) {
  const Task = conn.sobject("Task");
  const changed = await Task.update(tasks.map((Id) => ({ Id, Status: "Completed" })), { allowRecursive: true });
  holds(changed.length === tasks.length && changed.every(({ success }) => success), "not all changed");
  same(await Task.count({ Subject: { $like: "jsforce %" }, Status: "Completed" }), tasks.length);
  const removed = await Task.destroy(tasks, { allowRecursive: true });
  holds(removed.length === tasks.length && removed.every(({ success }) => success), "not all deleted");
}

async function listsWhatWasChangedAndDeleted(conn) {
  const Lead = conn.sobject("Lead");
  const kept = await Lead.create({ LastName: "Seen", Company: "Replica" });
  const lost = await Lead.create({ LastName: "Lost", Company: "Replica" });
  await Lead.destroy(lost.id);
  const { now_ms: now } = await control("POST", "clock", { advance_seconds: 120 });
  const span = [new Date(now - 3_600_000), new Date(now)];
  holds((await Lead.updated(...span)).ids.includes(kept.id), "the new lead is not listed");
  const { deletedRecords } = await Lead.deleted(...span);
  holds(deletedRecords.some(({ id }) => id === lost.id), "the deleted lead is not listed");
}

async function composesCallsThatReferToEachOther(conn) {
  const compositeRequest = [
    { method: "POST", url: `${DATA}/sobjects/Account`, referenceId: "parent", body: { Name: "Composed" } },
    {
      method: "POST", url: `${DATA}/sobjects/Contact`, referenceId: "child",
      body: { LastName: "C", AccountId: "@{parent.id}" },
    },
    { method: "GET", url: `${DATA}/sobjects/Contact/@{child.id}?fields=AccountId`, referenceId: "read" },
  ];
  const { compositeResponse: parts } = await conn.requestPost(`${DATA}/composite`, { allOrNone: true, compositeRequest });
  same(parts.map(({ httpStatusCode }) => httpStatusCode), [201, 201, 200]);
  same(parts[2].body.AccountId, parts[0].body.id);
}

async function seesRefusalsByTheirCode(conn) {
  const Account = conn.sobject("Account");
  await refusedWith("INVALID_FIELD", () => conn.query("SELECT Nope FROM Account"));
  await refusedWith("MALFORMED_QUERY", () => conn.query("SELECT FROM"));
  await refusedWith("NOT_FOUND", () => conn.sobject("Nothing").describe());
  await refusedWith("NOT_FOUND", () => Account.retrieve("001SB00000zzzzzAAA"));
  await refusedWith("DUPLICATE_VALUE", () => Account.create({ Name: "Twice", [KEY]: "jsf-1" }));
  await refusedWith("INVALID_FIELD", () => Account.create({ Nope: 1 }));
}

async function renewsExpiredSession(conn) {
  const before = conn.accessToken;
  await control("POST", "faults", { on: { crm: "salesforce", path: "/query" }, do: ["expire_token"] });
  same((await conn.query("SELECT Id FROM Organization")).totalSize, 1);
  holds(renewals === 1 && conn.accessToken !== before, `renewed ${renewals} times`);
}

async function survivesPassingOutage(conn) {
  await control("POST", "faults", { on: { crm: "salesforce", path: "/query", times: 2 }, do: [{ status: 503 }] });
  same((await conn.query("SELECT Id FROM Organization")).totalSize, 1);
}

async function isRefusedPastTheDailyLimit(conn) {
  const { salesforce: before } = await control("GET", "settings");
  await control("POST", "settings", { salesforce: { daily_limit: 1 } });
  await refusedWith("REQUEST_LIMIT_EXCEEDED", () => conn.query("SELECT Id FROM Account LIMIT 1"));
  await control("POST", "settings", { salesforce: { daily_limit: before.daily_limit } });
  same((await conn.query("SELECT Id FROM Account LIMIT 1")).records.length, 1);
}

const operations = [
  signsInWithClientCredentials, isRefusedWithWrongSecret, signsInWithSessionId, readsVersionsIndexAndLimits,
  describesTypesAndCachesThem, makesReadsChangesAndDeletesRecord, upsertsByExternalId, savesTheOtherRowsBesideBadOne,
  savesNothingBesideBadRowWhenAllOrNone, makes2105RecordsInPartsOf200, fetchesPastTwoThousandByItselfAndByHand,
  streamsRecords, asksByConditionsChildrenParentsAndGroups, searchesByWords, seesTheDeletedWithScanAll, changesAndDeletesMany,
  listsWhatWasChangedAndDeleted, composesCallsThatReferToEachOther, seesRefusalsByTheirCode,
  ...soap.operations, ...bulk.operations, ...rules.operations,
  renewsExpiredSession, survivesPassingOutage, isRefusedPastTheDailyLimit,
];
perform(operations, new jsforce.Connection({ instanceUrl: BASE, loginUrl: BASE, version: VERSION, oauth2: APP, refreshFn }));
