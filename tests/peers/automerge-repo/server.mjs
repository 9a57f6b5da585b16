// automerge-repo with its WebSocket server and nodefs storage, all defaults: `node server.mjs DATA_FOLDER PORT`.

import { mkdirSync } from "node:fs";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";
import { WebSocketServer } from "ws";

const [folder, port] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const sockets = new WebSocketServer({ host: "127.0.0.1", port: Number(port) });
new Repo({
  network: [new WebSocketServerAdapter(sockets)],
  storage: new NodeFSStorageAdapter(folder),
  // A sync server: it hands out what it is asked for, and announces nothing.
  sharePolicy: async () => false,
});
sockets.on("listening", () => {
  console.log(JSON.stringify({ url: `ws://127.0.0.1:${sockets.address().port}` }));
});
