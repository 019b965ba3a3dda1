#!/usr/bin/env python3
"""Writes what the vectors hold for each surface below a directory: seeds.py DIR"""
import base64
import json
import pathlib
import sys

vectors = pathlib.Path(__file__).resolve().parent.parent / "spec" / "vectors"
target = pathlib.Path(sys.argv[1])


def write(surface, name, data):
    (target / surface).mkdir(parents=True, exist_ok=True)
    (target / surface / name).write_bytes(data)


def members(package):
    found, place = {}, 0
    while place + 512 <= len(package) and package[place]:
        name = package[place : place + 100].rstrip(b"\0")
        digits = package[place + 124 : place + 135]
        # One vector has a negative length.
        if not digits.isdigit():
            break
        size = int(digits, 8)
        found[name] = package[place + 512 : place + 512 + size]
        place += 512 + -(-size // 512) * 512
    return found


for path in sorted((vectors / "bundles").glob("*.ypkg")):
    package = path.read_bytes()
    if len(package) <= 16 << 10:
        write("package", path.stem, package)
    parts = members(package)
    index, payload = parts.get(b"index", b""), parts.get(b"payload.tar.zst", b"")
    if 0 < len(index) <= 4096 and len(payload) <= 8192:
        write("payload", path.stem + "-frames", bytes(7) + index + b"\0" + payload)
        write("payload", path.stem + "-tar", b"\1\7" + bytes(5) + index + b"\0" + b"contents" * 8)
        write("payload", path.stem + "-edited", b"\3\0" + bytes([0, 0, 3, 7, 1]) + index + b"\0" + b"contents")
    for kind in ("profile", "lineage"):
        if text := parts.get(kind.encode()):
            write(kind, path.stem, text)

for vector in json.loads((vectors / "texts" / "expect.json").read_text()):
    text = base64.b64decode(vector["base64"]) if "base64" in vector else vector["text"].encode()
    if len(text) <= 16 << 10:
        write(vector["kind"], vector["name"], text)

for folder, suffixes, surface in (
    ("manifests", [".json"], "manifest"),
    ("signatures", [".minisig"], "signature"),
    ("keys", [".pub", ".key"], "key"),
):
    for path in sorted((vectors / folder).iterdir()):
        if path.suffix in suffixes and path.name not in ("expect.json", "tree.json"):
            if path.stat().st_size <= 16 << 10:
                write(surface, path.name, path.read_bytes())
