// Uploads a file by tus-js-client, the tus project's own client for JavaScript.
//
//     node upload.mjs ENDPOINT TICKET FILE STORE
//
// Prints a line for each piece that the hub has acknowledged. STORE remembers the upload's address, so that whoever
// starts this again goes on where the last one was cut off.

import fs from "node:fs";
import * as tus from "tus-js-client";
import { FileUrlStorage } from "tus-js-client";

const PIECE_BYTES = 256 * 1024;

const [endpoint, ticket, file, store] = process.argv.slice(2);
const upload = new tus.Upload(fs.createReadStream(file), {
  endpoint,
  headers: { Authorization: `Huiqian-Ticket ${ticket}` },
  chunkSize: PIECE_BYTES,
  uploadSize: fs.statSync(file).size,
  metadata: { filename: "photo.jpg" },
  retryDelays: null,
  storeFingerprintForResuming: true,
  fingerprint: async () => file,
  urlStorage: new FileUrlStorage(store),
  onChunkComplete: (_, accepted) => console.log(`at ${accepted}`),
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
});
const [previous] = await upload.findPreviousUploads();
if (previous) {
  upload.resumeFromPreviousUpload(previous);
}
upload.start();
