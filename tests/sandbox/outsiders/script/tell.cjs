// What a client's program needs to say what it did: operations, comparisons and the sandbox's own endpoints.
"use strict";
const assert = require("node:assert/strict");
const { isDeepStrictEqual } = require("node:util");

class NotTried extends Error {}

// Calls each operation with the subject, in order, and says of each how it went; its name is the function's.
async function perform(operations, subject) {
  process.exitCode = 13; // Node leaves quietly, with 0, when an operation waits for what will never come
  for (const operation of operations) {
    try {
      await operation(subject);
      say(operation.name, true);
    } catch (wrong) {
      if (wrong instanceof NotTried) say(operation.name, null, wrong.message);
      else say(operation.name, false, described(wrong));
    }
  }
  process.exitCode = 0;
}

// camelCase and snake_case alike become words.
function say(name, ok, why = "") {
  const words = name.replace(/[A-Z]/g, " $&").replace(/_/g, " ").toLowerCase();
  process.stdout.write(JSON.stringify({ op: words, ok, why }) + "\n");
}

function described(wrong) {
  const text = wrong && wrong.message ? wrong.message : String(wrong);
  return `${(wrong && wrong.name) || "Error"}: ${text.replace(/\s+/g, " ").slice(0, 600)}`;
}

function same(found, wanted) {
  if (!isDeepStrictEqual(found, wanted)) {
    const shown = [found, wanted].map((value) => String(JSON.stringify(value)).slice(0, 300));
    throw new assert.AssertionError({ message: `${shown[0]} is not ${shown[1]}` });
  }
}

function holds(fact, text) {
  if (!fact) throw new assert.AssertionError({ message: text });
}

// The error that a call (a function, sync or async) is refused with; fails where it is not.
async function refusal(call) {
  let answer;
  try {
    answer = await call();
  } catch (refused) {
    return refused;
  }
  const shown = String(JSON.stringify(answer)).slice(0, 200);
  throw new assert.AssertionError({ message: `nothing was refused; the answer was ${shown}` });
}

// Calls one of the sandbox's own endpoints, `path` being what follows `/_sandbox/`.
async function control(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) options.body = JSON.stringify(body);
  const answer = await fetch(`${process.env.SANDBOX_URL}/_sandbox/${path}`, options);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// The first answer that is wanted, asking again every half second.
async function eventually(call, wanted, tries = 20) {
  for (let left = tries; ; left -= 1) {
    const answer = await call();
    if (wanted(answer)) return answer;
    if (left === 0) throw new Error(`not seen in time: ${String(JSON.stringify(answer)).slice(0, 200)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

module.exports = { NotTried, perform, say, same, holds, refusal, control, eventually };
