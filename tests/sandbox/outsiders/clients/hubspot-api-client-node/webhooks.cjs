// Webhooks through @hubspot/api-client: subscriptions by its webhooks API, deliveries judged by its own verifier.
"use strict";
const { createServer } = require("node:http");
const { once } = require("node:events");
const { Client, Signature } = require("@hubspot/api-client");
const { control, eventually, holds, same } = require("tell.cjs");
const { address, contact } = require("./records.cjs");

const clientSecret = process.env.HUBSPOT_CLIENT_SECRET;

async function receiver() {
  const got = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      got.push({ headers: request.headers, requestBody: Buffer.concat(parts).toString() });
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}/from/hubspot?app=outsider`;
  return { url, got, close: () => server.close() };
}

async function appId(client) {
  const secret = [process.env.HUBSPOT_CLIENT_ID, clientSecret, process.env.HUBSPOT_REFRESH_TOKEN];
  const made = await client.oauth.tokensApi.create("refresh_token", undefined, undefined, ...secret);
  return (await client.oauth.accessTokensApi.get(made.accessToken)).appId;
}

// The verifier of each version, over every delivery that came.
function verified({ headers, requestBody }, url, secret) {
  const first = { signature: headers["x-hubspot-signature"], clientSecret: secret, requestBody };
  const third = { signature: headers["x-hubspot-signature-v3"], clientSecret: secret, requestBody, url };
  const timestamp = Number(headers["x-hubspot-request-timestamp"]);
  const current = { ...third, timestamp, signatureVersion: "v3", method: "POST" };
  return [Signature.isValid({ ...first, signatureVersion: "v1" }), Signature.isValid(current)];
}

async function subscribesAndIsToldInSignedDeliveries(client) {
  const developer = new Client({ basePath: process.env.HUBSPOT_URL, developerApiKey: "sandbox-developer-key" }).webhooks;
  const app = await appId(client);
  const seen = await receiver();
  await developer.settingsApi.configure(app, { targetUrl: seen.url, throttling: { maxConcurrentRequests: 5 } });
  const subscription = { eventType: "company.propertyChange", propertyName: "name", active: true };
  await developer.subscriptionsApi.create(app, { eventType: "contact.creation", active: true });
  await developer.subscriptionsApi.create(app, subscription);
  same((await developer.subscriptionsApi.getAll(app)).results.length, 2);
  const person = await contact(client, { email: address() });
  const firm = (await client.crm.companies.basicApi.create({ properties: { name: "Before" } })).id;
  await client.crm.companies.basicApi.update(firm, { properties: { name: "After" } });
  await control("POST", "webhooks");
  const events = () => seen.got.flatMap((one) => JSON.parse(one.requestBody));
  await eventually(events, (found) => found.some((event) => event.propertyValue === "After"));
  seen.close();
  holds(events().some((event) => String(event.objectId) === person), "nothing came of the contact");
  for (const one of seen.got) {
    same(verified(one, seen.url, clientSecret), [true, true]);
    same(verified(one, seen.url, "another secret"), [false, false]);
  }
  await developer.settingsApi.clear(app);
}

module.exports = { operations: [subscribesAndIsToldInSignedDeliveries] };
