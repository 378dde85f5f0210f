// What the organization's own rules make of jsforce's writes: duplicates, validation, locks, permissions.
"use strict";
const jsforce = require("jsforce");
const { same, holds, refusal, control } = require("tell.cjs");

const set = (settings) => control("POST", "settings", { salesforce: settings });
const DUPLICATES = {
  name: "Same_Email", object: "Contact", on_insert: "alert", message: "You're creating a duplicate record.",
  match: [{ rule: "Email_Rule", fields: ["Email"] }],
};
const VALIDATION = {
  object: "Opportunity", field: "Amount", message: "An amount is needed.",
  when: { field: "Amount", op: "blank" },
};

async function meetsDuplicateRule(conn) {
  const Contact = conn.sobject("Contact");
  const { id } = await Contact.create({ LastName: "First", Email: "jsf@example.com" });
  await set({ duplicate_rules: [DUPLICATES] });
  const twin = { LastName: "Second", Email: "jsf@example.com" };
  const refused = await refusal(() => Contact.create(twin));
  const saved = await Contact.create(twin, { headers: { "Sforce-Duplicate-Rule-Header": "allowSave=true" } });
  await set({ duplicate_rules: [] });
  same([refused.errorCode, saved.success], ["DUPLICATES_DETECTED", true]);
  holds(JSON.stringify(refused.data).includes(id), JSON.stringify(refused.data));
}

async function meetsValidationRule(conn) {
  await set({ validation_rules: [VALIDATION] });
  const deal = { Name: "D", StageName: "Prospecting", CloseDate: "2027-01-31" };
  const [bad, good] = await conn.sobject("Opportunity").create([deal, { ...deal, Amount: 5 }]);
  await set({ validation_rules: [] });
  same([bad.success, good.success], [false, true]);
  const { statusCode, message, fields } = bad.errors[0];
  same([statusCode, message, fields], ["FIELD_CUSTOM_VALIDATION_EXCEPTION", "An amount is needed.", ["Amount"]]);
}

async function meetsLockedRow(conn) {
  const { id } = await conn.sobject("Account").create({ Name: "Held" });
  await set({ locked_rows: { [id]: 1 } });
  const refused = await refusal(() => conn.sobject("Account").update({ Id: id, Phone: "1" }));
  same(refused.errorCode, "UNABLE_TO_LOCK_ROW");
  holds((await conn.sobject("Account").update({ Id: id, Phone: "1" })).success, "still held");
}

async function seesLessAsLimitedUser(conn) {
  const oauth2 = { loginUrl: conn.instanceUrl, clientId: "sandbox-limited", clientSecret: "sandbox-limited-secret" };
  const limited = new jsforce.Connection({ instanceUrl: conn.instanceUrl, version: conn.version, oauth2 });
  await limited.authorize({ grant_type: "client_credentials" });
  const names = (await limited.sobject("Account").describe()).fields.map(({ name }) => name);
  holds(names.includes("Rating") && !names.includes("AnnualRevenue"), names.join());
  const hidden = await refusal(() => limited.query("SELECT AnnualRevenue FROM Account"));
  same(hidden.errorCode, "INVALID_FIELD");
  const fixed = await refusal(() => limited.sobject("Account").create({ Name: "L", Rating: "Hot" }));
  same(fixed.errorCode, "INVALID_FIELD_FOR_INSERT_UPDATE");
  same((await refusal(() => limited.query("SELECT Id FROM Event"))).errorCode, "INVALID_TYPE");
}

async function renewsWithRefreshToken(conn) {
  const [{ Username: username }] = (await conn.query("SELECT Username FROM User WHERE IsActive = true LIMIT 1")).records;
  await set({ refresh_tokens: { "jsf-refresh": username } });
  const oauth2 = { loginUrl: conn.instanceUrl, clientId: conn.oauth2.clientId, clientSecret: conn.oauth2.clientSecret };
  const stale = { instanceUrl: conn.instanceUrl, accessToken: "00D000000000001!stale", version: conn.version, oauth2 };
  const renewed = new jsforce.Connection({ ...stale, refreshToken: "jsf-refresh" });
  same((await renewed.query("SELECT Id FROM Organization")).totalSize, 1);
  const refused = await refusal(() => new jsforce.Connection({ ...stale, refreshToken: "no" }).query("SELECT Id FROM User"));
  holds(refused.message.includes("expired access/refresh token"), refused.message);
}

async function logsInBySoapAtOldVersionsOnly(conn) {
  const login = (version) => {
    const other = new jsforce.Connection({ loginUrl: conn.instanceUrl, version });
    return other.login("writer@sandbox.example", "sandbox-password").then((user) => ({ other, user }));
  };
  const { other, user } = await login("62.0");
  holds(user.organizationId.startsWith("00D") && other.accessToken, JSON.stringify(user));
  same((await other.query("SELECT Id FROM Organization")).totalSize, 1);
  await other.logout();
  holds((await refusal(() => login("66.0"))).message.includes("UNSUPPORTED_API_VERSION"), "logged in at 66");
}

module.exports.operations = [
  meetsDuplicateRule, meetsValidationRule, meetsLockedRow, seesLessAsLimitedUser, renewsWithRefreshToken,
  logsInBySoapAtOldVersionsOnly,
];
