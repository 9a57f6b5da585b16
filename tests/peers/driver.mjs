// The same work for every peer that runs on Node.js: `node driver.mjs PEER COMMAND URL …`. Prints JSON, one object a
// line; times are in microseconds. A peer's module opens a client: see hocuspocus/client.mjs.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const TYPED = [..."合作区坚持开放发展推动中小企业走专精特新之路"];
const TEXT = "plan.text";
const VALUE = "basics.revenue.2023";
/** What is not acknowledged by then does not count. */
const BUDGET_US = 10_000_000;

const [peer, command, url, ...rest] = process.argv.slice(2);
const { open, create } = await import(`./${peer}/client.mjs`);
const commands = { latency, load, fill, join, write, count };
await commands[command](...rest);
process.exit(0);

function say(object) {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}

function now() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Resolves when the condition holds; asked again whenever the client has heard something. */
function until(client, condition) {
  return new Promise((resolve) => {
    const look = () => {
      if (condition()) {
        client.heard.delete(look);
        resolve();
      }
    };
    client.heard.add(look);
    look();
  });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A line on standard input: the bench is ready too. */
function told() {
  return new Promise((resolve) => createInterface({ input: process.stdin }).once("line", resolve));
}

/** A document on the server with the filled sample, each character typed by itself. */
async function filled(name, sampleFile, more = 0) {
  const sample = JSON.parse(readFileSync(sampleFile, "utf8"));
  const client = await create(url, name, sample.texts.map(([id]) => id));
  for (const [id, value] of sample.values) client.set(id, value);
  for (const [id, text] of sample.texts) for (const character of text) client.append(id, character);
  for (let number = 0; number < more; number++) {
    client.append(TEXT, TYPED[number % TYPED.length]);
    // Lets the line be written meanwhile.
    if (number % 1000 === 999) await pause(0);
  }
  await until(client, () => client.acked() >= client.made());
  return client;
}

/** Edits one after the other, each when the one before is shown at the other client. */
async function latency(sampleFile, edits, pauseMs) {
  const a = await filled("latency", sampleFile);
  const b = await open(url, "latency");
  await until(b, () => b.length(TEXT) === a.length(TEXT));
  const shown = [];
  const before = a.bytesUp();
  for (let number = 0; number < Number(edits); number++) {
    const started = now();
    if (number % 2 === 0) {
      a.append(TEXT, TYPED[number % TYPED.length]);
      await until(b, () => b.length(TEXT) === a.length(TEXT));
    } else {
      a.set(VALUE, String(number));
      await until(b, () => b.get(VALUE) === String(number));
    }
    shown.push(now() - started);
    await pause(Number(pauseMs));
  }
  say({ shown_us: shown, bytes_up: a.bytesUp() - before });
}

/** So many clients in one document write as fast as each gets its acknowledgements. */
async function load(sampleFile, clients, changes, window) {
  const name = `load-${clients}`;
  await filled(name, sampleFile);
  const count = Number(clients);
  const share = Math.floor(Number(changes) / count);
  const all = await Promise.all(Array.from({ length: count }, () => open(url, name)));
  say({ ready: true });
  await told();
  const before = all.map((client) => client.bytesUp());
  const started = now();
  const writers = all.map((client) => writer(client, share, Number(window)));
  const acked = (await Promise.all(writers)).reduce((sum, more) => sum + more, 0);
  const took = now() - started;
  const up = all.reduce((sum, client, at) => sum + client.bytesUp() - before[at], 0);
  say({ changes: acked, took_us: took, bytes_up: up });
}

/** Writes its share, as far as it comes in the time that there is; returns how much was acknowledged. */
async function writer(client, share, window) {
  let made = 0;
  const before = client.acked();
  const deadline = now() + BUDGET_US;
  setTimeout(() => client.told(), BUDGET_US / 1000);
  while (client.acked() - before < share && now() < deadline) {
    while (made < share && made - (client.acked() - before) < window) {
      client.append(TEXT, TYPED[made % TYPED.length]);
      made += 1;
    }
    const known = client.acked();
    await until(client, () => client.acked() > known || now() >= deadline);
  }
  return client.acked() - before;
}

/** Leaves a document with so many characters beside the sample on the server. */
async function fill(sampleFile, characters) {
  const client = await filled("join", sampleFile, Number(characters));
  say({ document: "join", length: client.length(TEXT) });
}

/** How long until a client that has nothing shows the whole text. */
async function join(document, length) {
  const started = now();
  const client = await open(url, document);
  await until(client, () => client.length(TEXT) === Number(length));
  say({ took_us: now() - started, bytes_down: client.bytesDown() });
}

/** Writes until the line breaks; tells how much was acknowledged. */
async function write(name, window) {
  const client = await create(url, name, [TEXT]);
  say({ document: name });
  let told = 0;
  client.heard.add(() => {
    if (client.acked() > told) {
      told = client.acked();
      say({ acked: told });
    }
  });
  client.broken = () => process.exit(0);
  for (;;) {
    while (client.made() - client.acked() < Number(window)) client.append(TEXT, "字");
    const known = client.acked();
    await until(client, () => client.acked() > known);
    await pause(0);
  }
}

/** How long the text is on the server. */
async function count(name) {
  const client = await open(url, name);
  say({ length: client.length(TEXT) });
}
