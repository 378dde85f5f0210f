// Runs `sf` and reads what it says.
"use strict";
const { spawnSync } = require("node:child_process");

const BASE = process.env.SALESFORCE_URL;
const SETTINGS = {
  SF_USE_GENERIC_UNIX_KEYCHAIN: "true",
  SFDX_DISABLE_DNS_CHECK: "true",
  SF_DISABLE_TELEMETRY: "true",
  SF_AUTOUPDATE_DISABLE: "true",
  SF_DISABLE_AUTOUPDATE: "true",
  SF_SKIP_NEW_VERSION_CHECK: "true",
  SF_DISABLE_LOG_FILE: "true",
};

// The result of a command that succeeds; its plain output where `json` is false.
function sf(args, more = {}, json = true) {
  const done = run(args, more, json);
  if (done.status !== 0) throw Object.assign(new Error(`sf ${args.join(" ")}: ${done.stdout || done.stderr}`), answer(done));
  return json ? answer(done).result : done.stdout;
}

// What a command answers that fails.
function failed(args) {
  const done = run(args, {}, true);
  if (done.status === 0) throw new Error(`sf ${args.join(" ")} did not fail: ${done.stdout.slice(0, 300)}`);
  return answer(done);
}

function run(args, more, json) {
  const env = { ...process.env, ...SETTINGS, ...more };
  return spawnSync("sf", json ? [...args, "--json"] : args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
}

function answer(done) {
  try {
    return JSON.parse(done.stdout);
  } catch {
    return { name: "NotJson", message: done.stdout || done.stderr };
  }
}

// An access token, got as any program would.
function token() {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: process.env.SALESFORCE_CLIENT_ID,
    client_secret: process.env.SALESFORCE_CLIENT_SECRET,
  });
  const asked = `fetch("${BASE}/services/oauth2/token", { method: "POST", body: new URLSearchParams("${form}") })`;
  const script = `${asked}.then((answer) => answer.json()).then((found) => console.log(found.access_token))`;
  return spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim();
}

module.exports = { BASE, sf, failed, token };
