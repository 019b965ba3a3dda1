#!/usr/bin/env python3
"""Checks manifest.schema.json against every manifest vector that a schema can judge. Needs `jsonschema`."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

HERE = Path(__file__).resolve().parent


def main():
    schema = json.loads((HERE.parent / "manifest.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    judged = wrong = 0
    for vector in json.loads((HERE / "manifests" / "expect.json").read_text()):
        if vector["schema"] == "unreadable":
            continue
        judged += 1
        accepts = validator.is_valid(json.loads((HERE / "manifests" / vector["file"]).read_bytes()))
        if accepts != (vector["schema"] == "accepts"):
            wrong += 1
            print(f"{vector['file']}: the schema should have said: {vector['schema']} ({vector['why']})")
    print(f"{judged - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong or not judged else 0)


if __name__ == "__main__":
    main()
