"""Reads the hub's public log by aics-tlog, a foreign verifier of C2SP logs.

    verify_log.py HUB_URL RECEIPT

Checks the receipt's checkpoint and its proof, the newest checkpoint, that the log only grew between them, and the receipt's
entry once more from the log's tiles. Prints the sizes of both.
"""

import base64
import hashlib
import json
import pathlib
import sys
import urllib.request

from aics_tlog import (
    HttpTileReader,
    VerifiedTileReader,
    inclusion_proof_from_tiles,
    leaf_hash,
    parse_note,
    parse_vkey,
    verify_checkpoint,
    verify_consistency,
    verify_inclusion,
    verify_leaf_inclusion,
    vkey_from_ed25519,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def leaf_of(envelope: dict) -> bytes:
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    return hashlib.sha256(signed).digest() + base64.b64decode(envelope["signatures"][0]["sig"])


def first_key(receipt: dict):
    """The log's first key, as its first entry names it; the receipt's checkpoint is of its time."""
    event = json.loads(base64.b64decode(receipt["keys"][0]["envelope"]["payload"]))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(event["act"]["key"]))
    return vkey_from_ed25519(event["log"], key)


def main() -> None:
    url, path = sys.argv[1:]
    receipt = json.loads(pathlib.Path(path).read_bytes())
    old = verify_checkpoint(parse_note(receipt["checkpoint"].encode()), first_key(receipt), [], quorum=0)
    assert old.ok, old
    leaf, proof = leaf_of(receipt["envelope"]), [bytes.fromhex(step) for step in receipt["proof"]]
    assert verify_leaf_inclusion(leaf, receipt["index"], old.size, proof, old.root)
    assert not verify_leaf_inclusion(leaf + b"\0", receipt["index"], old.size, proof, old.root)

    root = json.loads(fetch(f"{url}/v1/log/root"))
    new = verify_checkpoint(parse_note(fetch(f"{url}/v1/log/checkpoint")), parse_vkey(root["verifier_key"]), [], quorum=0)
    assert new.ok, new
    answer = json.loads(fetch(f"{url}/v1/log/consistency?from={old.size}&to={new.size}"))
    steps = [bytes.fromhex(step) for step in answer["proof"]]
    assert verify_consistency(old.size, new.size, old.root, new.root, steps)
    assert not verify_consistency(old.size, new.size, new.root, new.root, steps)

    reader = VerifiedTileReader(HttpTileReader([f"{url}/v1/log/"]), new.size, new.root)
    assert reader.entry(receipt["index"]) == leaf
    from_tiles = inclusion_proof_from_tiles(reader, receipt["index"], new.size)
    assert verify_inclusion(leaf_hash(leaf), receipt["index"], new.size, from_tiles, new.root)
    print(old.size, new.size)


main()
