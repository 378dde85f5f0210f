// jsforce's Bulk API 2.0: loads with bad rows, upserts, queries as a stream, refusals.
"use strict";
const { same, holds, refusal } = require("tell.cjs");

const TEXT = 'said "bulk", then\na second line';
const WAIT = { pollInterval: 200, pollTimeout: 30_000 };
const OURS = "FROM Contact WHERE LastName LIKE 'jsbulk %'";

async function loadsRowsInBulkBesideBadOne(conn) {
  const input = Array.from({ length: 300 }, (_, n) => ({ LastName: n === 7 ? "" : `jsbulk ${n}`, Description: TEXT }));
  const loaded = await conn.bulk2.loadAndWaitForResults({ object: "Contact", operation: "insert", input, ...WAIT });
  same([loaded.successfulResults.length, loaded.failedResults.length], [299, 1]);
  holds(/^REQUIRED_FIELD_MISSING:/.test(loaded.failedResults[0].sf__Error), loaded.failedResults[0].sf__Error);
  holds(loaded.successfulResults.every(({ sf__Id: id }) => /^003\w{15}$/.test(id)), "a row without its id");
  same(loaded.unprocessedRecords.length, 0);
}

async function streamsBulkQuery(conn) {
  const stream = await conn.bulk2.query(`SELECT Id, LastName, Description ${OURS}`, WAIT);
  const records = await stream.toArray();
  same(records.length, 299);
  holds(records.every(({ Description }) => Description === TEXT), JSON.stringify(records[0]));
}

async function upsertsInBulkStepByStep(conn) {
  const job = conn.bulk2.createJob({
    object: "Account", operation: "upsert", externalIdFieldName: "HubSpot_Company_Id__c", columnDelimiter: "SEMICOLON",
  });
  await job.open();
  await job.uploadData("Name;HubSpot_Company_Id__c;Industry\nBulk one;jsb-1;#N/A\nBulk two;jsb-2;Energy\n");
  await job.close();
  await job.poll(WAIT.pollInterval, WAIT.pollTimeout);
  same((await job.check()).numberRecordsProcessed, 2);
  const { successfulResults: made } = await job.getAllResults();
  same(made.map(({ sf__Created: created }) => created), ["true", "true"]);
  same((await conn.sobject("Account").retrieve(made[1].sf__Id)).Industry, "Energy");
}

async function deletesInBulk(conn) {
  const { records } = await conn.query(`SELECT Id ${OURS}`, { autoFetch: true });
  const input = records.map(({ Id }) => ({ Id }));
  const removed = await conn.bulk2.loadAndWaitForResults({ object: "Contact", operation: "delete", input, ...WAIT });
  same(removed.successfulResults.length, 299);
  same((await conn.query(`SELECT Id ${OURS}`)).totalSize, 0);
}

async function abortsBulkJob(conn) {
  const job = conn.bulk2.createJob({ object: "Account", operation: "insert" });
  await job.open();
  await job.abort();
  same((await job.check()).state, "Aborted");
  await job.delete();
  same((await refusal(() => job.check())).errorCode, "NOT_FOUND");
}

async function isRefusedGroupedBulkQuery(conn) {
  const grouped = "SELECT Name, COUNT(Id) FROM Account GROUP BY Name";
  const refused = await refusal(() => conn.bulk2.query(grouped, WAIT));
  holds(/^(INVALIDJOB|FUNCTIONALITY_NOT_ENABLED|API_ERROR)$/.test(refused.errorCode), String(refused));
}

module.exports.operations = [
  loadsRowsInBulkBesideBadOne, streamsBulkQuery, upsertsInBulkStepByStep, deletesInBulk, abortsBulkJob,
  isRefusedGroupedBulkQuery,
];
