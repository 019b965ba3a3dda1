"""The signature and key vectors. minisign itself makes its part, where it is there; what it made is kept."""

import base64
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from yun import Key, signature_file

PUBLISHER, OTHER = Key("publisher"), Key("other")
TEXTS = {"hello.txt": b"Hello\n", "empty.txt": b"", "index.txt": b"ypkg-index 1\ndomain\tt.example\n", "binary.bin": bytes(range(256)) * 5}


def by_minisign(target, keys):
    """Signs with the program; its Ed25519 is deterministic, so that this gives the same bytes each time."""
    made = {}
    if shutil.which("minisign") is None:
        return {path.name: path.read_bytes() for path in target.glob("minisign-*")}
    with tempfile.TemporaryDirectory() as scratch:
        for text, data in TEXTS.items():
            (Path(scratch) / text).write_bytes(data)
            for name, options in (("", []), ("-legacy", ["-l"])):
                output = Path(scratch) / f"minisign-{text}{name}.minisig"
                subprocess.run(["minisign", "-S", "-s", keys / "publisher.key", "-m", Path(scratch) / text, "-x", output,
                                "-c", "signed by minisign", "-t", f"file {text}, 签名", *options], check=True, capture_output=True)
                made[output.name] = output.read_bytes()
        assert made["minisign-hello.txt.minisig"] == PUBLISHER.sign(TEXTS["hello.txt"], "file hello.txt, 签名", "signed by minisign")
    return made


def all_vectors(target, keys):
    vectors, files = [], dict(TEXTS)

    def vector(name, rule, why, data, result="ok", text="hello.txt", key="publisher"):
        files[name + ".minisig"] = data
        vectors.append({"text": text, "signature": name + ".minisig", "key": key, "rule": rule, "why": why, "result": result})
    kept = by_minisign(target, keys)
    for text in TEXTS:
        vector(f"minisign-{text}", "K-3", f"minisign signed {text}.", kept[f"minisign-{text}.minisig"], text=text)
        vector(f"good-{text}", "K-3", f"A right signature of {text}.", PUBLISHER.sign(TEXTS[text]), text=text)
        vector(f"minisign-{text}-legacy", "K-3", f"minisign signed {text} itself, not its hash.", kept[f"minisign-{text}-legacy.minisig"],
               "signature.malformed", text=text)
    hello = TEXTS["hello.txt"]
    right = PUBLISHER.sign(hello)
    lines = right.splitlines(True)
    vector("good-comments", "K-3", "Comments beyond ASCII, the untrusted one empty.", PUBLISHER.sign(hello, "签名 😀", ""))
    vector("good-comment-accent", "K-3", "A trusted comment that begins with an accent.", PUBLISHER.sign(hello, "\u0301comment"))
    vector("good-empty-trusted", "K-3", "An empty trusted comment.", PUBLISHER.sign(hello, ""))
    vector("good-untrusted-changed", "K-3", "Nobody signs the untrusted comment.", right.replace(b"made for a test", b"made by nobody"))
    wrong = "trust.signature-wrong"
    vector("other-text", "K-4", "The signature is over another text.", PUBLISHER.sign(b"hello\n"), wrong)
    vector("other-text-crlf", "K-4", "The text's line feed is another.", PUBLISHER.sign(b"Hello\r\n"), wrong)
    vector("other-key", "K-4", "Another key signed under the publisher's id.", OTHER.sign(hello, key_id=PUBLISHER.id), wrong)
    vector("unknown-key", "K-4", "Another key signed, under its own id.", OTHER.sign(hello), "trust.signer-unknown")
    vector("other-id", "K-4", "The publisher signed, under another id.", PUBLISHER.sign(hello, key_id=OTHER.id), "trust.signer-unknown")
    vector("comment-changed", "K-4", "The trusted comment was changed.", right.replace(b"test vector", b"best vector"), wrong)
    vector("comment-longer", "K-4", "The trusted comment was lengthened.", right.replace(b"test vector", b"test vector "), wrong)
    first = PUBLISHER.private.sign(hashlib.blake2b(hello).digest())
    vector("second-over-comment", "K-3", "The second signature is over the comment alone.", signature_file(
        first, PUBLISHER.private.sign(b"test vector"), b"ED", PUBLISHER.id, "test vector", "x"), wrong)
    vector("second-other-key", "K-4", "The second signature is another key's.", signature_file(
        first, OTHER.private.sign(first + b"test vector"), b"ED", PUBLISHER.id, "test vector", "x"), wrong)
    vector("hash-legacy-marked", "K-3", "A right signature whose algorithm says `Ed`.", signature_file(
        first, PUBLISHER.private.sign(first + b"test vector"), b"Ed", PUBLISHER.id, "test vector", "x"), "signature.malformed")
    vector("text-marked-hashed", "K-3", "A signature over the text itself whose algorithm says `ED`.", (lambda sig: signature_file(
        sig, PUBLISHER.private.sign(sig + b"test vector"), b"ED", PUBLISHER.id, "test vector", "x"))(PUBLISHER.private.sign(hello)), wrong)
    half = bytearray(base64.b64decode(lines[1]))
    order = (2 ** 252 + 27742317777372353535851937790883648493)
    half[42:74] = (int.from_bytes(half[42:74], "little") + order).to_bytes(32, "little")
    vector("not-reduced", "K-3", "S is not below the group's order: the same signature, written in another way.", signature_file(
        bytes(half[10:]), PUBLISHER.private.sign(bytes(half[10:]) + b"test vector"), b"ED", PUBLISHER.id, "test vector", "x"), wrong)
    for name, why, data in (
            ("empty", "An empty file.", b""), ("one-line", "Only the comment.", lines[0]), ("three-lines", "The last line is missing.", b"".join(lines[:3])),
            ("five-lines", "A fifth line.", right + b"more\n"), ("no-comment", "The untrusted comment is missing.", b"".join(lines[1:])),
            ("comment-name", "The first line is no untrusted comment.", right.replace(b"untrusted", b"distrusted", 1)),
            ("trusted-name", "The third line is no trusted comment.", right.replace(b"\ntrusted comment", b"\nother comment")),
            ("base64", "A character that is not of base64.", lines[0] + b"*" + b"".join(lines[1:])[1:]),
            ("base64-wide", "A character that is one of base64 in its low byte only.", right.replace(b"\nRU", "\nR\u0155".encode(), 1)),
            ("base64-padding", "Base64 without its padding.", right.replace(b"=\n", b"\n", 1)),
            ("base64-blank", "A blank inside the base64.", lines[0] + lines[1][:40] + b" " + lines[1][40:] + b"".join(lines[2:])),
            ("short", "73 bytes where 74 belong.", lines[0] + base64.b64encode(base64.b64decode(lines[1])[:-1]) + b"\n" + b"".join(lines[2:])),
            ("long", "75 bytes where 74 belong.", lines[0] + base64.b64encode(base64.b64decode(lines[1]) + b"\0") + b"\n" + b"".join(lines[2:])),
            ("second-short", "63 bytes where 64 belong.", b"".join(lines[:3]) + base64.b64encode(base64.b64decode(lines[3])[:-1]) + b"\n"),
            ("algorithm", "An unknown algorithm.", PUBLISHER.sign(hello, algorithm=b"EX")),
            ("binary", "Bytes that are no text.", bytes(range(256)))):
        vector("malformed-" + name, "K-3", why, data, "signature.malformed")
    return vectors, files


def key_vectors():
    """Public and secret key files, good and bad: (name, contents), and what must become of each."""
    vectors, files = [], {}

    def vector(name, rule, why, data, result="ok", **more):
        files[name] = data
        vectors.append({"file": name, "rule": rule, "why": why, "result": result, **more})
    for name in ("publisher", "other", "store", "system", "successor"):
        vector(f"{name}.pub", "K-1", "A public key.", Key(name).public_file(), id=Key(name).id.hex())
        vector(f"{name}.key", "K-2", "Its secret key in the clear. PUBLIC, for tests only.", Key(name).secret_file())
    key = PUBLISHER
    vector("no-comment.pub", "K-1", "A public key without comment.", key.public_file(comment=False), id=key.id.hex())
    vector("encrypted.key", "K-2", "The publisher's secret key, encrypted; few rounds, 16 MiB.", key.secret_file("correct horse"), passphrase="correct horse")
    vector("encrypted.key", "K-2", "Another passphrase.", key.secret_file("correct horse"), "key.passphrase-wrong", passphrase="wrong horse")
    first, line = key.secret_file().split(b"\n")[:2]
    clear = base64.b64decode(line)

    def secret(data):
        return first + b"\n" + base64.b64encode(data) + b"\n"
    vector("by-minisign.key", "K-2", "A secret key as `minisign -G -W` writes it: the checksum is zeros.", secret(clear[:-32] + bytes(32)))
    bad = "key.malformed"
    vector("checksum.key", "K-2", "A secret key in the clear whose checksum is wrong.", secret(clear[:-1] + bytes([clear[-1] ^ 1])), bad)
    vector("memory.key", "K-2", "A secret key that asks for 2 GiB of memory.", secret(
        b"EdScB2" + clear[6:38] + (1 << 25).to_bytes(8, "little") + (2 << 30).to_bytes(8, "little") + clear[54:]), bad, passphrase="correct horse")
    vector("memory-huge.key", "K-2", "A secret key that asks for 2^64 - 1 bytes of memory.", secret(
        b"EdScB2" + clear[6:38] + b"\xff" * 16 + clear[54:]), bad, passphrase="correct horse")
    vector("short.key", "K-2", "A secret key that lacks its last byte.", secret(clear[:-1]), bad)
    vector("algorithm.key", "K-2", "A secret key of an unknown derivation.", secret(b"EdXXB2" + clear[6:]), bad)
    vector("hash.key", "K-2", "A secret key of an unknown checksum.", secret(b"Ed\0\0XX" + clear[6:]), bad)
    vector("public-as-secret.key", "K-2", "A public key in the place of a secret one.", key.public_file(), bad)
    vector("secret-as-public.pub", "K-1", "A secret key in the place of a public one.", key.secret_file(), bad)
    vector("short.pub", "K-1", "A public key that is too short.", key.public_file().replace(key.line.encode(), base64.b64encode(base64.b64decode(key.line)[:-1])), bad)
    vector("algorithm.pub", "K-1", "A public key of an unknown algorithm.", key.public_file().replace(b"\nRWQ", b"\nRXQ"), bad)
    vector("base64.pub", "K-1", "A public key that is not base64.", key.public_file().replace(b"\nRW", b"\n*W"), bad)
    vector("empty.pub", "K-1", "An empty file.", b"", bad)
    vector("line-ends.pub", "K-1", "Lines that end with CR and LF.", key.public_file().replace(b"\n", b"\r\n"), id=key.id.hex())
    vector("line-before.pub", "K-1", "The line before the key is no comment.", b"another line\n" + key.public_file(comment=False), bad)
    vector("two.pub", "K-1", "Two public keys in one file.", key.public_file() + OTHER.public_file(), bad)
    return vectors, files
