// @hubspot/api-client at work on the sandbox, with the limiter that it has by default.
"use strict";
const { Client } = require("@hubspot/api-client");
const { perform } = require("tell.cjs");
const account = require("./account.cjs");
const records = require("./records.cjs");
const webhooks = require("./webhooks.cjs");

const client = new Client({
  accessToken: process.env.HUBSPOT_TOKEN,
  basePath: process.env.HUBSPOT_URL,
  numberOfApiCallRetries: 2,
});
perform([...records.operations, ...account.operations, ...webhooks.operations], client);
