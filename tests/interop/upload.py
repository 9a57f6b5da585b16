"""Uploads a file by tuspy, the tus project's own client for Python.

    upload.py ENDPOINT TICKET FILE STORE

Prints a line for each piece that the hub has acknowledged. STORE remembers the upload's address, so that whoever
starts this again goes on where the last one was cut off.
"""

import sys

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

PIECE_BYTES = 256 * 1024


def main() -> None:
    endpoint, ticket, file, store = sys.argv[1:]
    client = TusClient(endpoint, headers={"Authorization": f"Huiqian-Ticket {ticket}"})
    uploader = client.uploader(
        file,
        chunk_size=PIECE_BYTES,
        metadata={"filename": "photo.jpg"},
        store_url=True,
        url_storage=FileStorage(store),
        upload_checksum=True,
    )
    print(f"at {uploader.offset}", flush=True)
    while uploader.offset < uploader.stop_at:
        uploader.upload_chunk()
        print(f"at {uploader.offset}", flush=True)


main()
