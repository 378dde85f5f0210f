// The CLI's bulk commands: import, upsert, update, export, delete, and results with bad rows.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { same, holds } = require("tell.cjs");
const { sf, failed } = require("./sf.cjs");

const CONTACT = ["--sobject", "Contact"];
const WAIT = ["--wait", "5"];
const OURS = "FROM Contact WHERE LastName LIKE 'cli %'";
const count = () => sf(["data", "query", "-q", `SELECT COUNT() ${OURS}`]).totalSize;
const write = (file, rows) => writeFileSync(file, rows.map((row) => `${row.join(",")}\n`).join(""));
const lines = (file) => readFileSync(file, "utf8").trim().split("\n");

function importsInBulk() {
  write("new.csv", [["LastName", "Email"], ...Array.from({ length: 2300 }, (_, n) => [`cli ${n}`, `cli${n}@example.com`])]);
  const done = sf(["data", "import", "bulk", ...CONTACT, "--file", "new.csv", ...WAIT]);
  same([done.processedRecords, done.failedRecords], [2300, 0]);
  same(count(), 2300);
}

function queriesPastTwoThousand() {
  const { records, totalSize, done } = sf(["data", "query", "-q", `SELECT Id, LastName ${OURS}`]);
  same([totalSize, done, new Set(records.map(({ Id }) => Id)).size], [2300, true, 2300]);
}

function readsWhatBecameOfBadRows() {
  write("bad.csv", [["LastName", "Email"], ["cli good", "good@example.com"], ["", "bad@example.com"]]);
  const refused = failed(["data", "import", "bulk", ...CONTACT, "--file", "bad.csv", ...WAIT]);
  same(refused.name, "FailedRecordDetailsError");
  const results = sf(["data", "bulk", "results", "--job-id", refused.data.jobId]);
  same([results.processedRecords, results.successfulRecords, results.failedRecords], [2, 1, 1]);
  const [, bad] = lines(results.failedFilePath);
  holds(bad.includes("REQUIRED_FIELD_MISSING") && bad.includes("bad@example.com"), bad);
  same(lines(results.successFilePath).length, 2);
}

function upsertsInBulkByExternalId() {
  write("keyed.csv", [["Name", "HubSpot_Company_Id__c"], ["Keyed one", "cli-1"], ["Keyed two", "cli-2"]]);
  const options = ["--sobject", "Account", "--external-id", "HubSpot_Company_Id__c", "--file", "keyed.csv"];
  for (const created of [true, false]) {
    const { jobInfo, records } = sf(["data", "upsert", "bulk", ...options, ...WAIT]);
    same([jobInfo.state, jobInfo.numberRecordsProcessed, jobInfo.numberRecordsFailed], ["JobComplete", 2, 0]);
    same(records.successfulResults.map((row) => row.sf__Created), [String(created), String(created)]);
  }
}

function exportsInBulk() {
  const options = ["--query", `SELECT Id, LastName, Email ${OURS}`, "--output-file", "all.csv", "--result-format", "csv"];
  const done = sf(["data", "export", "bulk", ...options, ...WAIT]);
  same([done.totalSize, lines("all.csv").length], [2301, 2302]);
  same(lines("all.csv")[0].replaceAll('"', ""), "Id,LastName,Email");
}

function changesInBulk() {
  const ids = lines("all.csv").slice(1, 301).map((line) => line.split(",")[0].replaceAll('"', ""));
  write("change.csv", [["Id", "Title"], ...ids.map((id) => [id, "Changed"])]);
  const done = sf(["data", "update", "bulk", ...CONTACT, "--file", "change.csv", ...WAIT]);
  same([done.processedRecords, done.failedRecords], [300, 0]);
  same(sf(["data", "query", "-q", `SELECT COUNT() ${OURS} AND Title = 'Changed'`]).totalSize, 300);
}

function deletesInBulk() {
  const ids = lines("all.csv").slice(1).map((line) => [line.split(",")[0].replaceAll('"', "")]);
  write("gone.csv", [["Id"], ...ids]);
  const { jobInfo } = sf(["data", "delete", "bulk", ...CONTACT, "--file", "gone.csv", ...WAIT]);
  same([jobInfo.state, jobInfo.numberRecordsProcessed, jobInfo.numberRecordsFailed], ["JobComplete", 2301, 0]);
  same(count(), 0);
}

module.exports.operations = [
  importsInBulk, queriesPastTwoThousand, readsWhatBecameOfBadRows, upsertsInBulkByExternalId, exportsInBulk,
  changesInBulk, deletesInBulk,
];
