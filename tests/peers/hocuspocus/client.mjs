// A Hocuspocus client: its own provider, one line a client. A change counts as acknowledged when the provider has
// the server's word on it (its count of unsynced changes).

import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import * as Y from "yjs";

export async function create(url, name) {
  return open(url, name);
}

export async function open(url, name) {
  const document = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const client = new Client(document, websocketProvider);
  await new Promise((resolve) => {
    client.provider = new HocuspocusProvider({
      name,
      document,
      websocketProvider,
      onSynced: resolve,
      onUnsyncedChanges: () => client.told(),
      onDisconnect: () => client.broken?.(),
    });
    // With a websocket provider of one's own, the provider is attached by hand.
    client.provider.attach();
  });
  client.written = 0;
  document.on("update", () => client.told());
  return client;
}

class Client {
  heard = new Set();
  written = 0;
  broken = null;

  constructor(document, line) {
    this.document = document;
    this.line = line;
    this.values = document.getMap("values");
  }

  told() {
    for (const look of [...this.heard]) look();
  }

  set(id, value) {
    this.written += 1;
    this.values.set(id, value);
  }

  append(id, character) {
    this.written += 1;
    const text = this.document.getText(id);
    text.insert(text.length, character);
  }

  get(id) {
    return this.values.get(id);
  }

  length(id) {
    return this.document.getText(id).length;
  }

  made() {
    return this.written;
  }

  acked() {
    return this.written - this.provider.unsyncedChanges;
  }

  bytesUp() {
    return this.line.webSocket._socket.bytesWritten;
  }

  bytesDown() {
    return this.line.webSocket._socket.bytesRead;
  }
}
