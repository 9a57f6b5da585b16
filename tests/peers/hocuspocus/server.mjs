// Hocuspocus with its SQLite extension, all defaults: `node server.mjs DATA_FOLDER PORT`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const [folder, port] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = new Server({
  address: "127.0.0.1",
  port: Number(port),
  quiet: true,
  extensions: [new SQLite({ database: join(folder, "hocuspocus.sqlite") })],
});
await server.listen();
console.log(JSON.stringify({ url: `ws://127.0.0.1:${server.httpServer.address().port}` }));
