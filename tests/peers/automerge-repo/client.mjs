// An automerge-repo client: its own Repo and WebSocket adapter. A change counts as acknowledged when a sync message of
// the server names it, or all that is here, among the server's heads.

import { createHash } from "node:crypto";
import * as A from "@automerge/automerge";
import { interpretAsDocumentId, Repo, stringifyAutomergeUrl } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";

export async function create(url, name, texts) {
  const client = new Client(url, name);
  const content = A.from({ values: {}, texts: Object.fromEntries(texts.map((id) => [id, ""])) });
  client.take(client.repo.import(A.save(content), { docId: client.id }));
  await new Promise((resolve) => client.adapter.once("peer-candidate", resolve));
  return client;
}

export async function open(url, name) {
  const client = new Client(url, name);
  client.take(await client.repo.find(stringifyAutomergeUrl({ documentId: client.id })));
  return client;
}

/** A document's id by its name: the start of a hash as a UUID (version 4, RFC 9562), as the library reads one. */
function documentId(name) {
  const hex = createHash("sha256").update(name).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return interpretAsDocumentId([...parts, hex.slice(20, 32)].join("-"));
}

class Client {
  heard = new Set();
  broken = null;
  written = 0;
  known = 0;
  /** Own changes that are not acknowledged, by hash: their numbers. */
  waiting = new Map();

  constructor(url, name) {
    this.id = documentId(name);
    this.adapter = new WebSocketClientAdapter(url);
    this.adapter.on("message", (message) => this.receive(message));
    this.adapter.on("peer-disconnected", () => this.broken?.());
    this.repo = new Repo({ network: [this.adapter] });
  }

  take(handle) {
    this.handle = handle;
    handle.on("change", () => this.told());
  }

  told() {
    for (const look of [...this.heard]) look();
  }

  receive(message) {
    if (message.type !== "sync" || !this.handle) return;
    const { heads } = A.decodeSyncMessage(message.data);
    for (const head of heads) this.acknowledge(this.waiting.get(head));
    const own = A.getHeads(this.handle.doc());
    if (own.length === heads.length && own.every((head) => heads.includes(head))) this.acknowledge(this.written);
    // The repo looks at the message after this.
    setImmediate(() => this.told());
  }

  acknowledge(number) {
    if (number === undefined || number <= this.known) return;
    this.known = number;
    for (const [hash, other] of this.waiting) if (other <= number) this.waiting.delete(hash);
  }

  change(edit) {
    this.handle.change(edit);
    this.written += 1;
    const change = A.getLastLocalChange(this.handle.doc());
    this.waiting.set(A.decodeChange(change).hash, this.written);
  }

  set(id, value) {
    this.change((doc) => {
      doc.values[id] = value;
    });
  }

  append(id, character) {
    const end = this.length(id);
    this.change((doc) => A.splice(doc, ["texts", id], end, 0, character));
  }

  get(id) {
    return this.handle.doc().values[id];
  }

  length(id) {
    return this.handle.doc()?.texts?.[id]?.length ?? 0;
  }

  made() {
    return this.written;
  }

  acked() {
    return this.known;
  }

  bytesUp() {
    return this.adapter.socket._socket.bytesWritten;
  }

  bytesDown() {
    return this.adapter.socket._socket.bytesRead;
  }
}
