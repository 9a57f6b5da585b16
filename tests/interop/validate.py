"""Holds documents of a package against docs/schema by fastjsonschema, a foreign validator.

    validate.py SCHEMA_FOLDER PACKAGE [KEYS]

KEYS are changes of a hub's keys, as `/v1/log/keys` answers them. Every document has to be valid; and with a member left out, added or of another kind, anywhere in it, it must not be. Prints how
many documents and how many such changes there were.
"""

import base64
import copy
import json
import pathlib
import sys

import fastjsonschema

# May be absent.
OPTIONAL = {"previous", "after"}
# Maps with as many members as there are: answers, agencies, devices.
MAPS = {"answers", "agencies", "devices"}


def payload(envelope: dict) -> dict:
    return json.loads(base64.b64decode(envelope["payload"]))


def spoilt(document: dict):
    """The document, with each of its members left out, of another kind, or with one too many."""

    def within(node, path: list):
        if isinstance(node, dict):
            yield path, node
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(inner, (dict, list)):
                yield from within(inner, [*path, key])

    for path, node in within(document, []):
        for key in [*node, "one too many"]:
            for change in ("left out", "another kind"):
                if change == "left out" and (key in OPTIONAL or key not in node or path and path[-1] in MAPS):
                    continue
                other = copy.deepcopy(document)
                place = other
                for step in path:
                    place = place[step]
                if change == "left out":
                    del place[key]
                else:
                    place[key] = 1.5
                yield f"{path}: {key} {change}", other


def main() -> None:
    schemas, package, *keys = map(pathlib.Path, sys.argv[1:])
    check = {path.stem: fastjsonschema.compile(json.loads(path.read_text())) for path in schemas.glob("*.json")}
    receipt, manifest = (json.loads((package / f"{name}.json").read_bytes()) for name in ("receipt", "manifest"))
    documents = [("receipt", receipt), ("manifest", manifest)]
    events = receipt["keys"] + [event for path in keys for event in json.loads(path.read_bytes())]
    documents += [("key-event", payload(event["envelope"])) for event in events]
    documents += [("sign-off", payload(statement)) for statement in manifest["statements"]]
    assert {kind for kind, _ in documents} == set(check), "a schema for which there is no document"
    changes = 0
    for kind, document in documents:
        check[kind](document)
        for what, other in spoilt(document):
            changes += 1
            try:
                check[kind](other)
            except fastjsonschema.JsonSchemaException:
                continue
            raise SystemExit(f"{kind}: the schema takes {what}")
    print(len(documents), changes)


main()
