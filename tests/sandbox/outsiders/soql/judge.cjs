"use strict";
// Reads texts as JSON, one a line, and answers each with the verdict of every judge.
const readline = require("node:readline");
const { isQueryValid } = require("@jetstreamapp/soql-parser-js");
const { SOQLParser } = require("@salesforce/soql-common/lib/soql-parser");

console.error = () => {}; // the generated lexer reports there what the verdict says already
const vendor = SOQLParser({ isApex: false, isMultiCurrencyEnabled: true, apiVersion: 66.0 });
const judges = {
  vendor: (text) => vendor.parseQuery(text).getSuccess(),
  jetstream: (text) => isQueryValid(text),
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const text = JSON.parse(line);
  const verdicts = Object.entries(judges).map(([name, judge]) => [name, judge(text)]);
  process.stdout.write(JSON.stringify(Object.fromEntries(verdicts)) + "\n");
});
