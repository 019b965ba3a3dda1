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

ADDRESSES = """https://b.example/ https://B.Example:443/a?b#c https://x.c.example:8443/ https://c.example/ http://127.0.0.1:80/
http://0x7f.1/ http://2130706433/ https://[::1]/ https://me@b.example/ https://b.example@evil.example/ https://b.example./ file:///etc/passwd
https://b%2eexample/ https:b.example https:///b.example https://b.example:99999/ https://evil.example#.c.example https://evil.example?.c.example
https://evil.example/.c.example https://xn--fiq228c.c.example/ https://a_b.c.example/ //b.example/ https://b.example/%00 https://.c.example/""".split()
for number, address in enumerate(ADDRESSES):
    write("address", f"{number}", address.encode())
    write("address", f"{number}-redirected", b"https://b.example/x\n" + address.encode())
for number, location in enumerate((b"/y", b"?q", b"../z", b"//x.c.example/", b"\\\\evil.example", b"/a b", "/路".encode(), b"javascript:0", b"")):
    write("address", f"location-{number}", b"https://b.example/x/y\n" + location)
for number, head in enumerate((b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", b"HTTP/2 204 \r\n\r\n", b"HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\nTrailer: a\r\n",
                               b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n",
                               b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: /a\r\n b\r\n\r\n", b"HTTP/1.1 101 Switch\r\n\r\n",
                               b"HTTP/1.1 2x0\r\n\r\n", b"HTTP/1.1 200 OK\r\n: a\r\na\r\n\x80: b\r\nc:\t d \t\r\n\r\n")):
    write("head", f"{number}", b"1" + head)
    write("head", f"{number}-unpacked", b"0" + head)

for folder, suffixes, surface in (
    ("manifests", [".json"], "manifest"),
    ("signatures", [".minisig"], "signature"),
    ("keys", [".pub", ".key"], "key"),
):
    for path in sorted((vectors / folder).iterdir()):
        if path.suffix in suffixes and path.name not in ("expect.json", "tree.json"):
            if path.stat().st_size <= 16 << 10:
                write(surface, path.name, path.read_bytes())

for path in sorted((vectors.parent / "varlink").glob("*.varlink")):
    write("interface", path.stem, path.read_bytes())
for name, text in {
    "small": "interface a.b\ntype C (d, e)\nmethod F(g: ?[]C, h: [string]int) -> (i: (j: bool))\nerror K ()\n",
    "comment": "# a\ninterface com.example-1.x\n# b\n#c\nmethod D() -> () # e\n",
    "wrong": "interface a.b\ntype C (d: E)\n",
    "deep": "interface a.b\ntype C (d: [][][][](e: [string](f: ?int)))\n",
}.items():
    write("interface", name, text.encode())

echo = "com.example.echo"
calls = [
    {"method": f"{echo}.Say", "parameters": {"text": "a"}},
    {"method": f"{echo}.Twice", "parameters": {"text": "\u8336"}, "more": True},
    {"method": f"{echo}.Say", "parameters": {"text": "a"}, "oneway": True},
    {"method": f"{echo}.Refuse"},
    {"method": f"{echo}.Say", "parameters": {"text": 5}},
    {"method": f"{echo}.Nothing", "parameters": {}},
    {"method": "org.varlink.service.GetInfo"},
    {"method": "org.varlink.service.GetInterfaceDescription", "parameters": {"interface": echo}},
    {"method": f"{echo}.Say", "upgrade": True},
]
messages = [json.dumps(call).encode() + b"\0" for call in calls]
for number, message in enumerate(messages):
    write("varlink", f"call-{number}", bytes([number * 7 + 1, number]) + message)
write("varlink", "all", b"\x40\3" + b"".join(messages))
write("varlink", "nonsense", b"\1\1nonsense\0\0{}\0")

event = {"number": 1, "instance": 2, "event": "link", "link": {"uri": "page://a.b/c", "data": "\u8336\n"}, "level": "low"}
head = {"status": 200, "url": "https://a.b/", "headers": [{"name": "a", "value": "b"}], "redirected": False}
value = {"key": "a", "value": "\U0001f375", "version": 3}
replies = [event, head, {"values": [value, value], "complete": True}, {"value": value}, {}]
for number, parameters in enumerate(replies):
    reply = json.dumps({"parameters": parameters, "continues": True}).encode() + b"\0"
    plain = json.dumps({"parameters": parameters}, ensure_ascii=False).encode() + b"\0"
    write("reply", f"reply-{number}", bytes([number]) + reply)
    write("reply", f"replies-{number}", bytes([number]) + reply + plain)
    write("json", f"reply-{number}", reply[:-1])
    write("json", f"plain-{number}", plain[:-1])
failure = {"error": "com.yunos.page.Failed", "parameters": {"code": "page.busy", "message": "m", "hint": "h"}}
write("reply", "failure", b"\4" + json.dumps(failure).encode() + b"\0")
for number, text in enumerate(["1e5", "-0", "9223372036854775807", "[[[]]]", '"\\ud83c\\udf75"', '{"a":null}', "nul", "[1,]"]):
    write("json", f"text-{number}", text.encode())
