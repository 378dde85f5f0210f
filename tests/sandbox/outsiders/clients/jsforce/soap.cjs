// jsforce's SOAP calls: rows, merges, undelete, lead conversion.
"use strict";
const { same, holds, refusal } = require("tell.cjs");

const ids = (rows) => rows.map(({ id }) => id);

async function readsTheCallerAndTheTimeBySoap(conn) {
  holds((await conn.soap.getUserInfo()).organizationId.startsWith("00D"), "no organization");
  const { timestamp } = await conn.soap.getServerTimestamp();
  holds(!Number.isNaN(Date.parse(timestamp)), timestamp);
}

async function makesChangesAndRestoresRowsBySoap(conn) {
  const Account = conn.sobject("Account");
  const rows = [{ type: "Account", Name: "By SOAP" }, { type: "Account", Phone: "1" }];
  const [good, bad] = await conn.soap.create(rows);
  same([good.success, bad.success, bad.errors[0].statusCode], [true, false, "REQUIRED_FIELD_MISSING"]);
  holds((await conn.soap.update({ type: "Account", Id: good.id, Phone: "2" })).success, "not changed");
  same((await Account.retrieve(good.id)).Phone, "2");
  const keyed = { type: "Account", Name: "Keyed", HubSpot_Company_Id__c: "jsf-soap" };
  same((await conn.soap.upsert("HubSpot_Company_Id__c", keyed)).created, true);
  holds((await conn.soap.delete([good.id]))[0].success, "not deleted");
  holds((await conn.soap.undelete([good.id]))[0].success, "not restored");
  same((await Account.retrieve(good.id)).IsDeleted, false);
}

async function mergesThreeAccounts(conn) {
  const Account = conn.sobject("Account");
  const [master, ...losers] = ids(await Account.create(["A", "B", "C"].map((name) => ({ Name: `Merge ${name}` }))));
  const contact = await conn.sobject("Contact").create({ LastName: "Moves", AccountId: losers[0] });
  const deal = { Name: "Moves", StageName: "Prospecting", CloseDate: "2027-01-31", AccountId: losers[1] };
  const { id: dealId } = await conn.sobject("Opportunity").create(deal);
  const masterRecord = { type: "Account", Id: master, Phone: "+1 555 0199" };
  const merged = await conn.soap.merge({ masterRecord, recordToMergeIds: losers });
  same([merged.success, merged.id, [...merged.mergedRecordIds].sort()], [true, master, [...losers].sort()]);
  same((await conn.sobject("Contact").retrieve(contact.id)).AccountId, master);
  same((await conn.sobject("Opportunity").retrieve(dealId)).AccountId, master);
  same((await Account.retrieve(master)).Phone, "+1 555 0199");
  const where = `FROM Account WHERE IsDeleted = true AND MasterRecordId = '${master}'`;
  const gone = await conn.query(`SELECT Id ${where}`, { scanAll: true });
  same(ids(gone.records.map(({ Id }) => ({ id: Id }))).sort(), [...losers].sort());
  const again = await conn.soap.merge({ masterRecord, recordToMergeIds: [losers[0]] });
  same([again.success, again.errors[0].statusCode], [false, "ENTITY_IS_DELETED"]);
}

async function cannotMergeOpportunities(conn) {
  const Opportunity = conn.sobject("Opportunity");
  const row = { Name: "Unmergeable", StageName: "Prospecting", CloseDate: "2027-01-31" };
  const [first, second] = ids(await Opportunity.create([row, row]));
  const masterRecord = { type: "Opportunity", Id: first };
  const refused = await refusal(() => conn.soap.merge({ masterRecord, recordToMergeIds: [second] }));
  holds(refused.message.includes("INVALID_TYPE_FOR_OPERATION"), refused.message);
}

async function convertsLead(conn) {
  const Lead = conn.sobject("Lead");
  const { id: leadId } = await Lead.create({ LastName: "Ripe", Company: "Orchard" });
  const statuses = await conn.query("SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true");
  const convertedStatus = statuses.records[0].MasterLabel;
  const done = await conn.soap.convertLead({ leadId, convertedStatus, opportunityName: "Apples" });
  holds(done.success, JSON.stringify(done));
  const read = await Lead.retrieve(leadId);
  const found = [read.ConvertedAccountId, read.ConvertedContactId, read.ConvertedOpportunityId];
  same([read.IsConverted, ...found], [true, done.accountId, done.contactId, done.opportunityId]);
  same((await conn.sobject("Opportunity").retrieve(done.opportunityId)).Name, "Apples");
  const refused = await refusal(() => Lead.update({ Id: leadId, Title: "x" }));
  same(refused.errorCode, "CANNOT_UPDATE_CONVERTED_LEAD");
}

async function emptiesTheRecycleBin(conn) {
  const Account = conn.sobject("Account");
  const { id } = await Account.create({ Name: "Gone for good" });
  await Account.destroy(id);
  holds((await conn.soap.emptyRecycleBin([id]))[0].success, "not emptied");
  same((await conn.soap.undelete([id]))[0].success, false);
}

module.exports.operations = [
  readsTheCallerAndTheTimeBySoap, makesChangesAndRestoresRowsBySoap, mergesThreeAccounts, cannotMergeOpportunities,
  convertsLead, emptiesTheRecycleBin,
];
