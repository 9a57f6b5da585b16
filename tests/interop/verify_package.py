"""Verifies a submission package (a folder) with Python's own modules and `cryptography`, and nothing of ours.

    verify_package.py FOLDER ROOT_KEY

ROOT_KEY is the root key of the hub's log, 64 hexadecimal digits. Exits with 1 and a reason when something does not hold.
"""

import base64
import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MANIFEST = "application/vnd.huiqian.manifest.v1+json"
SIGN_OFF = "application/vnd.huiqian.sign-off.v1+json"
HUB_KEY = "application/vnd.huiqian.hub-key.v1+json"


class Refused(Exception):
    """Something does not hold."""


def need(holds: bool, reason: str) -> None:
    if not holds:
        raise Refused(reason)


def canonical(value) -> bytes:
    """RFC 8785 for what occurs here: texts, whole numbers, true and false."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(text: bytes):
    value = json.loads(text)
    need(canonical(value) == text, "JSON in another spelling than RFC 8785")
    return value


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def pae(kind: str, payload: bytes) -> bytes:
    """What DSSE signs."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def signed_by(key: str, message: bytes, signature: bytes, what: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except InvalidSignature:
        raise Refused(f"{what}: the signature does not fit") from None


def opened(envelope: dict, kind: str, key: str, what: str) -> tuple[bytes, bytes]:
    """The payload of an envelope and a key's signature of it, checked."""
    need(envelope["payloadType"] == kind, f"{what}: it is about something else")
    payload = base64.b64decode(envelope["payload"], validate=True)
    signatures = {one["keyid"]: base64.b64decode(one["sig"], validate=True) for one in envelope["signatures"]}
    need(key in signatures, f"{what}: it has no signature of {key}")
    signed_by(key, pae(kind, payload), signatures[key], what)
    return payload, signatures[key]


def included(leaf: bytes, index: int, size: int, proof: list[str], root: bytes, what: str) -> None:
    """RFC 9162, section 2.1.3.2."""
    need(index < size, f"{what}: the log is shorter")
    node, at, last = sha256(b"\0" + leaf), index, size - 1
    for step in map(bytes.fromhex, proof):
        need(last > 0, f"{what}: the proof is too long")
        if at & 1 or at == last:
            node = sha256(b"\1" + step + node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + step)
        at, last = at >> 1, last >> 1
    need(last == 0 and node == root, f"{what}: the proof does not lead to the log's root")


def checkpoint(note: str) -> tuple[str, int, bytes, str, list[str]]:
    text, lines = note.split("\n\n", 1)
    origin, size, root = text.split("\n")
    return origin, int(size), base64.b64decode(root, validate=True), text + "\n", lines.strip("\n").split("\n")


def check_note(key: str, origin: str, text: str, lines: list[str]) -> None:
    """C2SP signed-note."""
    typed = b"\1" + bytes.fromhex(key)
    key_id = sha256(origin.encode() + b"\n" + typed)[:4]
    for line in lines:
        name, signature = line.removeprefix("\u2014 ").split(" ")
        data = base64.b64decode(signature, validate=True)
        if name == origin and data[:4] == key_id:
            return signed_by(key, text.encode(), data[4:], "checkpoint")
    raise Refused(f"checkpoint: it has no signature of {key}")


class Keys:
    """Which key signed when: each change is signed by the root key, or by the key before."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.names: list[tuple[int, str]] = []
        self.known: list[tuple[int, str]] = []
        self.revoked: list[tuple[str, int]] = []

    def at(self, index: int) -> str:
        keys = [key for since, key in self.known if since <= index]
        need(bool(keys), "the log had no key yet")
        taken = any(key == keys[-1] and since <= index for key, since in self.revoked)
        need(not taken, "the key was taken back")
        return keys[-1]

    def name(self, index: int) -> str:
        return [name for since, name in self.names if since <= index][-1]

    def take(self, event: dict, size: int, tree: bytes) -> None:
        index, envelope = event["index"], event["envelope"]
        author = envelope["signatures"][0]["keyid"]
        payload, signature = opened(envelope, HUB_KEY, author, "change of keys")
        said = read(payload)
        act = said["act"]
        if not self.names:
            self.names.append((index, said["log"]))
        need(said["log"] == self.names[-1][1], "change of keys: it is about another log")
        if act["type"] == "rotate":
            need(author == act["from"] == self.at(index), "change of keys: not by the key before")
            self.known.append((index, act["to"]))
        else:
            need(author == self.root, "change of keys: not by the root key")
            if act["type"] == "begin_anew":
                need(act["size"] == index, "change of keys: the log begins anew elsewhere")
                self.names.append((index, act["name"]))
            elif act["type"] == "revoke":
                self.revoked.append((act["key"], act["position"]))
                self.known.append((index, act["next"]))
            else:
                self.known.append((index, act["key"]))
        leaf = sha256(pae(HUB_KEY, payload)) + signature
        included(leaf, index, size, event["proof"], tree, "change of keys")


def check_statements(manifest: dict) -> None:
    """Each sign-off is by a device that took part, and about what the manifest holds; the lead has declared the whole."""
    about = {"application": manifest["application"], "package": manifest["form"]["package"]}
    whole = {**about, "answers": manifest["answers"], "evidence": manifest["evidence"]}
    declared = False
    for envelope in manifest["statements"]:
        device = envelope["signatures"][0]["keyid"]
        said = read(opened(envelope, SIGN_OFF, device, "sign-off")[0])
        known = manifest["roster"]["devices"].get(device)
        need(known is not None and known["agency"] == said["agency"], "sign-off: by somebody who took no part")
        need(said["application"] == manifest["application"], "sign-off: of another application")
        word = said["word"]
        if word["type"] == "declare":
            declared, content = True, whole
        else:
            section = word["section"]
            mine = {name: value for name, value in manifest["answers"].items() if name.split(".")[0] == section}
            files = [file for file in manifest["evidence"] if file["field"].split(".")[0] == section]
            content = {**about, "section": section, "answers": mine, "evidence": files}
        need(word["content"] == sha256(canonical(content)).hex(), "sign-off: of other content")
    need(declared, "the lead has not declared the content true")


def check_files(folder: pathlib.Path, manifest: dict) -> None:
    signed = {file["sha256"]: file["size"] for file in manifest["evidence"]}
    there = {path.name: path for path in folder.glob("evidence/*")}
    need(set(there) == set(signed), f"evidence: missing or extra files {set(there) ^ set(signed)}")
    for name, path in there.items():
        data = path.read_bytes()
        need(len(data) == signed[name] and sha256(data).hex() == name, f"evidence/{name}: it is another file")
    extra = {path.name for path in folder.iterdir()}
    extra -= {"receipt.json", "manifest.json", "evidence", "form", "README.txt"}
    need(not extra, f"extra files {extra}")


def verify(folder: pathlib.Path, root_key: str) -> dict:
    receipt = read((folder / "receipt.json").read_bytes())
    origin, size, tree, text, lines = checkpoint(receipt["checkpoint"])
    keys = Keys(root_key)
    for event in receipt["keys"]:
        keys.take(event, size, tree)
    need(keys.name(size - 1) == origin, "checkpoint: it is of another log")
    check_note(keys.at(size - 1), origin, text, lines)
    envelope, index = receipt["envelope"], receipt["index"]
    lead = envelope["signatures"][0]["keyid"]
    payload, signature = opened(envelope, MANIFEST, lead, "lead")
    opened(envelope, MANIFEST, keys.at(index), "hub")
    included(sha256(pae(MANIFEST, payload)) + signature, index, size, receipt["proof"], tree, "submission")
    manifest = read(payload)
    agency = manifest["roster"]["devices"][lead]["agency"]
    need(manifest["roster"]["agencies"][agency]["role"] == "lead", "it is signed by no lead")
    check_statements(manifest)
    need((folder / "manifest.json").read_bytes() == payload, "manifest.json is not what was signed")
    check_files(folder, manifest)
    return manifest


def main() -> int:
    folder, root_key = sys.argv[1:]
    try:
        manifest = verify(pathlib.Path(folder), root_key)
    except Refused as reason:
        print(f"not good: {reason}")
        return 1
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        print(f"not good: it cannot be read: {error!r}")
        return 1
    print(f"good: {manifest['application']} revision {manifest['revision']}")
    return 0


sys.exit(main())
