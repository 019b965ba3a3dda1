"""The package vectors: each has the one fault that its name and `why` tell, and is rightly signed where the fault lies
behind the signature."""

import base64
import gzip
import hashlib
import io
import json
import zipfile

from yun import (Key, checksummed, digest, directory, file, header, in_order, index_text, lineage_text, members_tar,
                 padded, patched, pax, pax_record, pieces, profile_text, raw, revocation_text, signature_file, symlink,
                 tar_of, tree, zstd_command, zstd_frame)

PUBLISHER, OTHER, STORE, SYSTEM, SUCCESSOR = (
    Key(name) for name in ("publisher", "other", "store", "system", "successor"))
NETWORK = "NETWORK.permission.yunos.com"
HTML = b"<!doctype html><title>T</title>\n"
TODAY = "2026-01-15"


def manifest_of(domain="t.example", version="1", code=1, permissions=(), pages=None, **more):
    about = {"name": domain, "title": "T", "version": version, "version_code": code, "use_sdk": 1}
    if permissions:
        about["permission"] = {"use_permission": [{"name": name, "reason": "R"} for name in permissions]}
    pages = pages or [{"uri": f"page://{domain}/m", "type": "web", "content_path": "index.html", "main": True, "title": "T"}]
    return json.dumps({"domain": about, "pages": pages, "files": ["**"], **more}, ensure_ascii=False,
                      separators=(",", ":")).encode()


SMALL = [file("index.html", HTML)]
SIGNED = object()  # where a member's content is made by build()


def build(entries=None, manifest=None, domain="t.example", version="1", code=1, key=PUBLISHER, cuts=(), frame=zstd_frame,
          tar=None, frames=None, index=None, signature=None, beside=(), members=None, whole=None, only_index=False,
          **manifest_more):
    """A package. Each of `tar`, `frames`, `index`, `signature`, `members` and `whole` is a function that changes what it
    is given at that point, before what comes after it is computed."""
    entries = SMALL if entries is None else entries
    manifest = manifest_of(domain, version, code, **manifest_more) if manifest is None else manifest
    payload = tar(tar_of(entries)) if tar else tar_of(entries)
    parts = [(frame(piece), len(piece)) for piece in pieces(payload, cuts)]
    parts = frames(parts) if frames else parts
    text = index_text(domain, version, code, manifest, parts, entries)
    text = index(text) if index else text
    if only_index:
        return text
    signed = signature(text) if signature else key.sign(text)
    names = [("ypkg-version", b"1\n"), ("manifest.json", manifest), ("index", text), ("index.minisig", signed)]
    names += [(name, content(text) if callable(content) else content) for name, content in beside]
    names += [("payload.tar.zst", b"".join(data for data, _ in parts))]
    names = members(names) if members else names
    data = members_tar(names)
    return whole(data) if whole else data


def swap(old, new, count=1):
    """A change of bytes that must be there."""
    def change(data):
        assert raw(old) in data, old
        return data.replace(raw(old), raw(new), count)
    return change


def find(data, name):
    """Where the member's header begins."""
    at = 0
    while data[at:at + 100].rstrip(b"\0") != raw(name):
        at += 512 + (int(data[at + 124:at + 135], 8) + 511) // 512 * 512
    return at


def flip(name, offset, bit=1):
    """Flips a bit, counted from the member's contents (negative: in its header)."""
    def change(data):
        at = find(data, name) + 512 + offset
        return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]
    return change


def cut_at(name, offset):
    return lambda data: data[:find(data, name) + 512 + offset]


def head(name, offset, value, fix=True):
    """Another field in the header of a member."""
    def change(data):
        at = find(data, name)
        return data[:at] + patched(data[at:at + 512], offset, value, fix) + data[at + 512:]
    return change


def member(name, change):
    """Another content of a member, its header made right."""
    return lambda names: [(n, change(c) if n == name else c) for n, c, *_ in names]


def declared(name, size):
    """The package ends behind a header that announces a size."""
    return lambda data: data[:find(data, name)] + header(name, size=size)


def placed(before, *new):
    def change(names):
        at = next(i for i, pair in enumerate(names) if pair[0] == before)
        return names[:at] + list(new) + names[at:]
    return change


def without(*gone):
    return lambda names: [pair for pair in names if pair[0] not in gone]


def exchanged(a, b):
    def change(names):
        at = {pair[0]: i for i, pair in enumerate(names)}
        names[at[a]], names[at[b]] = names[at[b]], names[at[a]]
        return names
    return change


VECTORS, WRITTEN, TEXTS = [], {}, []
# Of those whose fault is in the index or a statement alone, these are kept as packages; of the others, the text only.
WHOLE = set("""index-leading-zero index-crlf index-no-end index-digest-upper index-behind-end index-mode-4755 index-mode-0600
index-not-utf8 index-frames-more index-frames-less index-code-0 index-domain-upper limit-frame-plain limit-file path-absolute path-dot-dot path-dot path-control path-bidi
path-latin1 path-component path-deep entry-fold-case entry-fold-nfc entry-fold-sharp-s entry-twice entry-parent-missing entry-parent-file
entry-parent-symlink entry-order-slash entry-target-absolute entry-target-leaving entry-target-dangling entry-target-self
entry-target-symlink entry-target-through profile-malformed-index profile-malformed-no-until profile-malformed-pattern
lineage-malformed-type lineage-malformed-hex-upper lineage-broken""".split())
DEVELOPER = ({"key": "publisher", "class": "developer"},)
SHOP = ({"key": "store", "class": "store"},)


def text_vector(kind, name, rule, why, text, result):
    """A text alone: what a parser of indexes or statements must say of it."""
    entry = {"name": name, "kind": kind, "rule": rule, "why": why, "result": result}
    try:
        entry["text"] = text.decode()
    except UnicodeDecodeError:
        entry["base64"] = base64.b64encode(text).decode()
    assert name not in {other["name"] for other in TEXTS}, name
    TEXTS.append(entry)


def vector(name, rule, why, data, result="ok", stage=None, anchors=DEVELOPER, today=None):
    filename = name + ".ypkg"
    assert data is None or WRITTEN.setdefault(filename, data) == data, name
    exit_status = 0 if result == "ok" else 77 if result.startswith("trust.") else 65
    entry = {"file": filename, "rule": rule, "why": why, "result": result, "exit": exit_status}
    if stage:
        entry["stage"] = stage
    entry["anchors"] = list(anchors)
    if today:
        entry["today"] = today
    VECTORS.append(entry)


def good():
    vector("good-smallest", "P-4", "One page, one file, one frame.", build())
    app = tree(file("index.html", "<!doctype html><link rel=stylesheet href=css/app.css><script src=js/app.js></script>\n"),
               file("css/app.css", "body { margin: 0 }\n" * 40), file("icon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>\n"),
               file("js/app.js", "window.yun && console.log('hello')\n" * 30), file("js/lib/util.js", "export const one = 1\n"))
    manifest = (json.dumps({
        "domain": {"name": "notes.example.com", "title": {"en": "Notes", "zh": "笔记"}, "version": "1.2.0-beta+7",
                   "version_code": 10200, "use_sdk": 1,
                   "permission": {"use_permission": [{"name": NETWORK, "reason": {"en": "To fetch pictures", "zh": "用于下载图片"}}]},
                   "network": {"hosts": ["img.example.com", "*.cdn.example.com"]}},
        "pages": [{"uri": "page://notes.example.com/home", "type": "web", "content_path": "index.html", "main": True,
                   "title": "Notes", "icon": "icon.svg", "display": {"orientation": "portrait"}, "events": ["link"]}],
        "files": ["index.html", "icon.svg", "css/**", "js/**"]}, ensure_ascii=False, indent=2) + "\n").encode()
    web = dict(domain="notes.example.com", version="1.2.0-beta+7", code=10200, manifest=manifest)
    vector("good-web", "P-14", "A typical web app, compressed by the zstd program (checksum, no content size).",
           build(app, frame=lambda data: zstd_command(data, "-17"), **web))
    long = tree(*SMALL, directory("d" * 99), directory("e" * 100), directory("é"), file("f" * 100, "1"), file("g" * 101, "2"),
                file("笔记/图片.svg", "<svg/>"), file("笔记/" + "长" * 60 + ".txt", "x"), symlink("h" * 101, "é"),
                symlink("i", "笔记/图片.svg"), symlink("j" * 100, "f" * 100), symlink("k", "g" * 101), file("with space.txt", "s"), file("wide\u3000space\u00a0.txt"),
                file("\U0001F600.txt", "beyond the basic plane"), file("\uff5e.txt", "a later code unit, an earlier byte"))
    vector("good-names", "P-2", "Names and targets of 100 and more bytes and beyond ASCII, with pax records where needed.", build(long))
    vector("good-longest-path", "P-10", "A path of exactly 1024 bytes in 32 components, and a component of 255 bytes.",
           build(tree(*SMALL, file("/".join(["c" * 31] * 31 + ["c" * 32])), file("x" * 255))))
    links = tree(*SMALL, file("a/b/c", "1"), symlink("a/b/d", "c"), symlink("a/up", "../index.html"), symlink("a/x", "b"),
                 symlink("latest", "a/b/c"), symlink("a/b/loop", "../../a"), symlink("a/\u0301l", "b/c"))
    vector("good-symlinks", "P-12", "Symlinks to a file, up and to a file, to directories, to one they lie in, and one whose name begins with an accent.", build(links))
    vector("good-empty-files", "P-1", "Files without contents, executable too, and an empty directory.",
           build(tree(*SMALL, file("a"), file("b", mode="0755"), directory("c"))))
    native = [{"uri": "page://t.example/m", "type": "native", "content_path": "bin/app", "main": True, "title": "T"},
              {"uri": "page://t.example/s", "type": "service", "content_path": "bin/service", "title": "S"}]
    programs = tree(file("bin/app", "#!/bin/sh\n", "0755"), file("bin/service", "#!/bin/sh\n", "0755"))
    vector("good-native", "M-6", "A native page and a service, whose programs are executable.", build(programs, pages=native))
    vector("good-order", "P-8", "`a` stands before `a/b` and that before `a-b`, though `-` is a lower byte than `/`.",
           build(tree(*SMALL, file("a/b"), file("a-b"), file("a.b"), file("B"))))
    vector("good-dotless", "P-11", "A dotless i, which is no other letter's fold, beside the dotted one.",
           build(tree(*SMALL, file("i"), file("ı"))))
    many = tree(*SMALL, *(file(f"f{n}", f"{n}" * 700) for n in range(5)))
    total = len(tar_of(many))
    vector("good-frames", "P-14", "Frames that end on entry boundaries.",
           build(many, cuts=[512 + 1024, 2 * 1536, 2 * 1536 + 1024]))
    vector("good-frames-odd", "P-14", "Frames cut inside a header, a content, a padding and the end marker.",
           build(many, cuts=[1, 300, 511, 600, 2000, total - 1500, total - 700, total - 1]))
    vector("good-frame-no-size", "P-14", "A frame whose header does not tell its plain size.",
           build(frame=lambda data: zstd_frame(data, False)))
    big = tree(*SMALL, file("zeros", bytes((9 << 20) + 5)))
    first = len(tar_of(SMALL)) - 1024
    vector("good-big-file", "P-14", "A file larger than a frame, over frames of exactly 4 MiB.",
           build(big, cuts=[first, first + (4 << 20), first + (8 << 20)]))
    vector("good-raw-frame", "C-6", "A compressed frame that is longer than its plain bytes.",
           build(frame=lambda data: zstd_frame(data, blocks=[(0, data[i:i + 100], len(data[i:i + 100])) for i in range(0, len(data), 100)])))
    vector("good-store-signature", "P-4", "A store's and a maker's signature beside the publisher's.",
           build(beside=[("index.a-maker.minisig", SYSTEM.sign), ("index.store.minisig", STORE.sign)]))
    vector("good-eight-signatures", "C-6", "Eight signatures beside the publisher's.",
           build(beside=[(f"index.{n}.minisig", STORE.sign) for n in range(8)]))
    vector("good-trusted-comment", "K-3", "A trusted comment beyond ASCII, an empty untrusted one.",
           build(signature=lambda text: PUBLISHER.sign(text, trusted="发布 2026", untrusted="")))
    for name in ("smallest", "web"):
        vector(f"good-{name}", "K-7", "The publisher's key is an anchor of class store.", None,
               anchors=[{"key": "publisher", "class": "store"}])


def container():
    def fmt(name, why, data, result="bundle.format", rule="P-4"):
        vector(name, rule, why, data, result, "head")
    smallest = build()
    fmt("empty", "No bytes at all.", b"")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo("manifest.json"), "{}")
    fmt("zip", "A zip archive.", archive.getvalue().ljust(600, b"\0"))
    fmt("deb", "A Debian package.", (b"!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n").ljust(600, b"\n"))
    fmt("gzip", "The package compressed with gzip.", gzip.compress(smallest, mtime=0))
    fmt("zstd", "The package compressed with zstd.", zstd_frame(smallest))
    fmt("elf", "A program.", (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00").ljust(1024, b"\0"))
    fmt("zeros", "Nothing but zeros, as an interrupted copy leaves.", bytes(2048))
    fmt("text", "A web page in the place of the package.", b"<!doctype html><title>404</title>\n" * 40)
    fmt("version-2", "A later format.", build(members=member("ypkg-version", lambda _: b"2\n")))
    fmt("version-no-lf", "The version without its line feed.", build(members=member("ypkg-version", lambda _: b"1")))
    fmt("version-01", "The version with a leading zero.", build(members=member("ypkg-version", lambda _: b"01\n")))
    fmt("bytes-before", "A block of zeros before the first member.", bytes(512) + smallest)
    fmt("byte-before", "One byte before the first member.", b"y" + smallest)

    for at, name, where in (("ypkg-version", -412, "in the first header"), ("ypkg-version", 1, "in the version"),
                            ("ypkg-version", 512, "behind the first member"), ("manifest.json", -1, "in a header"),
                            ("manifest.json", 100, "in the manifest"), ("index", 60, "in the index"),
                            ("index.minisig", 0, "behind the signature's header"), ("payload.tar.zst", -512, "before the payload")):
        vector(f"truncated-{at.split('.')[0]}-{name if name >= 0 else 'h'}", "P-4", f"The package ends {where}.",
               cut_at(at, name)(smallest), "bundle.format" if name == -412 else "bundle.truncated", "head")
    size = len(smallest)
    for name, length, where in (("payload", size - 1500, "in the payload"), ("end", size - 1024, "before the end marker"),
                                ("half-end", size - 512, "after half of the end marker"), ("last", size - 1, "one byte early")):
        vector(f"truncated-{name}", "P-3", f"The package ends {where}.", smallest[:length], "bundle.truncated", "payload")

    def trailing(name, why, data, result="bundle.trailing", stage="payload", rule="P-3"):
        vector(name, rule, why, data, result, stage)
    trailing("trailing-byte", "A byte behind the end marker.", smallest + b"x")
    trailing("trailing-zero", "A zero behind the end marker.", smallest + b"\0")
    trailing("trailing-record", "Padded to a record of 10240 bytes, as GNU tar does.", smallest.ljust(10240, b"\0"))
    trailing("trailing-package", "A second package behind the first.", smallest + build(version="2", code=2))
    trailing("end-not-zero", "The last byte of the end marker is not zero.", smallest[:-1] + b"\1")


def member_faults():
    def bad(name, why, data, result="bundle.member", stage="head", rule="P-4"):
        vector(name, rule, why, data, result, stage)
    for pair in (("manifest.json", "index"), ("index", "index.minisig"), ("ypkg-version", "manifest.json"),
                 ("index.minisig", "payload.tar.zst")):
        result = {"ypkg-version": "bundle.format", "index.minisig": "bundle.trailing"}.get(pair[0], "bundle.member")
        bad(f"order-{pair[0]}-{pair[1]}", f"`{pair[0]}` and `{pair[1]}` are exchanged.", build(members=lambda names: exchanged(*pair)(names)), result)
    two = [("index.a.minisig", STORE.sign), ("index.b.minisig", STORE.sign)]
    bad("order-signatures", "The signatures beside the publisher's are not in the order of their names.", build(beside=two[::-1]))
    bad("order-store-first", "A store's signature stands before the publisher's.",
        build(beside=two[:1], members=exchanged("index.minisig", "index.a.minisig")))
    for name in ("manifest.json", "index", "index.minisig"):
        again = lambda names: placed(name, next(pair for pair in names if pair[0] == name))(names)
        bad(f"twice-{name}", f"`{name}` stands twice.", build(members=again))
    bad("twice-signature", "A store's signature stands twice.", build(beside=two[:1] * 2))
    bad("twice-payload", "The payload stands twice.", build(members=lambda names: names + names[-1:]), result="bundle.trailing", stage="payload")
    bad("unknown", "A member that this version does not know, before the payload.", build(members=placed("payload.tar.zst", ("readme", b"x"))))
    bad("unknown-second", "An unknown member behind the version.", build(members=placed("manifest.json", ("readme", b"x"))))
    bad("unknown-last", "An unknown member behind the payload.", build(members=lambda names: names + [("readme", b"x")]), "bundle.trailing", "payload")
    bad("signature-name-upper", "A signature's NAME has an upper-case letter.", build(beside=[("index.Store.minisig", STORE.sign)]))
    bad("signature-name-empty", "A signature's NAME is empty.", build(beside=[("index..minisig", STORE.sign)]))
    bad("signature-name-long", "A signature's NAME has 33 bytes.", build(beside=[(f"index.{'a' * 33}.minisig", STORE.sign)]))
    for name in ("manifest.json", "index", "payload.tar.zst"):
        bad(f"missing-{name}", f"`{name}` is missing.", build(members=without(name)))
    bad("missing-version", "`ypkg-version` is missing.", build(members=without("ypkg-version")), "bundle.format")
    bad("dot-slash", "Members are named `./...`, as `tar c .` does.",
        members_tar([("./" + n, c) for n, c in (("ypkg-version", b"1\n"), ("manifest.json", manifest_of()))]), "bundle.format")
    bad("between", "A block of zeros between two members.", build(members=placed("index", ("", b"", bytes(512)))))
    bad("padding", "The padding behind the manifest is not zero.", build(whole=lambda data: (
        lambda at: data[:at - 1] + b"\1" + data[at:])(find(data, "index"))), rule="P-3")
    bad("padding-payload", "The padding behind the payload is not zero.", build(whole=lambda data: data[:-1025] + b"\1" + data[-1024:]),
        "bundle.trailing", "payload", rule="P-3")
    for name, offset, value, why in (
            ("checksum", 148, b"000000\0 ", "The checksum is wrong"), ("checksum-spelling", None, None, "The checksum ends in blank and NUL"),
            ("size-spaces", 124, None, "The size is padded with blanks, not zeros"), ("size-base256", 124, None, "The size is a base-256 number"),
            ("size-no-nul", 135, b" ", "The size ends in a blank"), ("size-minus", 124, b"-7777777777\0", "The size is negative"), ("mtime", 136, b"14000000000\0", "The time is not zero"),
            ("uid", 108, b"0001750\0", "The user is not zero"), ("gid", 116, b"0001750\0", "The group is not zero"),
            ("uname", 265, b"root\0", "An owner is named"), ("mode-0755", 100, b"0000755\0", "The mode is 0755"),
            ("mode-short", 100, b"000644 \0", "The mode is spelled in another way"), ("gnu-magic", 257, b"ustar  \0", "The magic is GNU tar's"),
            ("no-magic", 257, bytes(8), "The header is a V7 tar's"), ("prefix", 345, b"x", "The prefix field is used"),
            ("device", 329, b"0000000\0", "The device field holds zeros as digits"), ("type-nul", 156, b"\0", "The type is NUL, an old file"),
            ("type-7", 156, b"7", "The type is a contiguous file"), ("type-2", 156, b"2", "The member is a symlink"),
            ("link-name", 157, b"x", "A link target is given"), ("behind-name", 50, b"x", "Bytes lie behind the name's NUL"),
            ("reserved", 511, b"\1", "The last byte of the block is not zero")):
        def change(data):
            at = find(data, "index")
            block, size = data[at:at + 512], int(data[at + 124:at + 135], 8)
            if name == "checksum":
                new = patched(block, offset, value, fix=False)
            elif name == "checksum-spelling":
                new = block[:154] + b" \0" + block[156:]
            elif name == "size-spaces":
                new = patched(block, offset, b"%11o\0" % size)
            elif name == "size-base256":
                new = patched(block, offset, b"\x80" + size.to_bytes(11, "big"))
            else:
                new = patched(block, offset, value)
            return data[:at] + new + data[at + 512:]
        bad(f"header-{name}", f"{why} in the header of `index`.", build(whole=change), rule="P-1")
    bad("header-pax", "A pax record names a member that needs none.",
        build(members=placed("index", ("", b"", pax(pax_record(b"path", b"index"))))), rule="P-1")
    bad("header-gnu-long", "A GNU long-name header stands before a member.",
        build(members=placed("index", ("", b"", header("././@LongLink", size=6, kind=b"L") + padded(b"index\0")))), rule="P-1")
    bad("header-global-pax", "A global pax header stands before a member.",
        build(members=placed("index", ("", b"", header("pax", size=14, kind=b"g") + padded(b"14 comment=hi\n")))), rule="P-1")

    def limit(name, why, data, stage="head"):
        vector(name, "C-6", why, data, "bundle.limit", stage)
    limit("limit-manifest", "The manifest's header announces 1 MiB and a byte.", declared("manifest.json", (1 << 20) + 1)(build()))
    limit("limit-index", "The index's header announces 16 MiB and a byte.", declared("index", (16 << 20) + 1)(build()))
    limit("limit-signature", "The signature's header announces 4097 bytes.", declared("index.minisig", 4097)(build()))
    limit("limit-signature-long", "A right signature, with 4097 bytes because of its comment.",
          build(signature=lambda text: PUBLISHER.sign(text, untrusted="x" * (4097 - len(PUBLISHER.sign(text, untrusted=""))))))
    limit("limit-nine-signatures", "Nine signatures beside the publisher's.",
          build(beside=[(f"index.{n}.minisig", STORE.sign) for n in range(9)]))
    full = dict(beside=[("profile", profile_text(PUBLISHER)), ("profile.minisig", STORE.sign(profile_text(PUBLISHER))),
                        ("lineage", lineage_text(PUBLISHER, SUCCESSOR))])
    for name in ("profile", "lineage"):
        limit(f"limit-{name}", f"The {name}'s header announces 64 KiB and a byte.", declared(name, (64 << 10) + 1)(build(**full)))

    def flipped(name, member_name, offset, result, stage, rule, **more):
        vector(f"flip-{name}", rule, f"One bit is flipped in {name.replace('-', ' ')}.",
               build(whole=flip(member_name, offset), **more), result, stage)
    flipped("version", "ypkg-version", 0, "bundle.format", "head", "P-4")
    flipped("version-header", "ypkg-version", -512, "bundle.format", "head", "P-4")
    flipped("manifest", "manifest.json", 30, "bundle.index", "index", "P-5")
    flipped("manifest-header", "manifest.json", -400, "bundle.member", "head", "P-1")
    flipped("index", "index", 25, "trust.signature-wrong", "signature", "K-4")
    flipped("index-type-line", "index", 12, "trust.signature-wrong", "signature", "P-5")
    flipped("index-header", "index", -364, "bundle.member", "head", "P-1")
    lines = PUBLISHER.sign(b"").split(b"\n")
    start = len(lines[0]) + 1
    flipped("signature", "index.minisig", start + 40, "trust.signature-wrong", "signature", "K-4")
    flipped("signature-key-id", "index.minisig", start + 6, "trust.signer-unknown", "signature", "K-4")
    flipped("trusted-comment", "index.minisig", start + len(lines[1]) + 22, "trust.signature-wrong", "signature", "K-4")
    flipped("global-signature", "index.minisig", start + len(lines[1]) + len(lines[2]) + 30, "trust.signature-wrong", "signature", "K-4")
    flipped("payload", "payload.tar.zst", 40, "bundle.payload", "payload", "P-5")
    flipped("payload-magic", "payload.tar.zst", 0, "bundle.payload", "payload", "P-5")


def signature_faults():
    def bad(name, why, result, rule="K-3", anchors=DEVELOPER, stage="signature", **more):
        vector(name, rule, why, build(**more), result, stage, anchors)
    bad("unsigned", "There is no signature.", "trust.unsigned", "K-7", members=without("index.minisig"))
    bad("unsigned-store", "Only a store signed, no publisher.", "trust.unsigned", "K-7", members=without("index.minisig"),
        beside=[("index.store.minisig", STORE.sign)])
    bad("signed-other-text", "The signature is one over another index.", "trust.signature-wrong", "K-4",
        signature=lambda text: PUBLISHER.sign(swap("\t1\n", "\t2\n")(text)))
    bad("signed-other-key", "Signed by another key under the publisher's key id.", "trust.signature-wrong", "K-4",
        signature=lambda text: OTHER.sign(text, key_id=PUBLISHER.id))
    bad("signed-unknown-key", "Signed by a key that nobody vouches for.", "trust.signer-unknown", "K-7", key=OTHER)
    bad("signed-no-anchor", "The device trusts no key at all.", "trust.signer-unknown", "K-7", anchors=())
    bad("signed-other-id", "The publisher's signature under another key id.", "trust.signer-unknown", "K-4",
        signature=lambda text: PUBLISHER.sign(text, key_id=OTHER.id))
    bad("signed-store-only", "A trusted store signed beside a publisher whom nobody vouches for.", "trust.signer-unknown", "K-7",
        anchors=SHOP, beside=[("index.store.minisig", STORE.sign)])
    bad("signed-legacy", "A signature over the text itself (`Ed`).", "signature.malformed",
        signature=lambda text: PUBLISHER.sign(text, algorithm=b"Ed"))

    def broken(change):
        return lambda text: change(PUBLISHER.sign(text))

    def comment(text):
        return PUBLISHER.sign(text).replace(b"trusted comment: test vector", b"trusted comment: best vector")
    bad("signed-comment-changed", "The trusted comment is another than the one signed.", "trust.signature-wrong", "K-4", signature=comment)
    bad("signed-no-global", "The second signature is only over the comment.", "trust.signature-wrong", "K-4",
        signature=lambda text: signature_file(PUBLISHER.private.sign(hashlib.blake2b(text).digest()),
                                              PUBLISHER.private.sign(b"test vector"), b"ED", PUBLISHER.id, "test vector", "x"))
    for name, why, change in (
            ("empty", "The signature is an empty file", lambda _: b""),
            ("three-lines", "The last line is missing", lambda sig: b"".join(sig.splitlines(True)[:3])),
            ("five-lines", "A fifth line follows", lambda sig: sig + b"more\n"),
            ("no-comment", "The untrusted comment is missing", lambda sig: b"".join(sig.splitlines(True)[1:])),
            ("comment-name", "The first line is no comment", swap("untrusted", "distrusted")),
            ("trusted-name", "The third line is no trusted comment", swap("\ntrusted comment", "\nother comment")),
            ("base64", "A character is not of base64", lambda sig: sig[:60] + b"*" + sig[61:]),
            ("short", "The second line is too short", lambda sig: b"\n".join(
                line[:-4] if i == 1 else line for i, line in enumerate(sig.split(b"\n")))),
            ("algorithm", "The algorithm is unknown", lambda _: PUBLISHER.sign(b"", algorithm=b"EX")),
            ("binary", "Bytes that are no text", lambda _: bytes(range(256)))):
        bad(f"signature-{name}", f"{why}.", "signature.malformed", signature=broken(change))
    text = profile_text(PUBLISHER, ["t.example"])
    bad("type-profile-as-index", "A rightly signed profile stands in the place of the index.", "bundle.index", "K-6", stage="index",
        index=lambda _: text)
    bad("type-lineage-as-index", "A text of type lineage, rightly signed, stands in the place of the index.", "bundle.index", "K-6",
        stage="index", index=lambda _: lineage_text(PUBLISHER, SUCCESSOR))
    bad("type-index-2", "An index of a later version, rightly signed.", "bundle.index", "K-6", stage="index",
        index=swap("ypkg-index 1", "ypkg-index 2"))


def index_faults():
    def bad(name, why, change=None, rule="P-6", result="bundle.index", **more):
        vector(f"index-{name}", rule, why, build(index=change, **more), result, "index")
        if "members" not in more:
            text_vector("index", f"index-{name}", rule, why, build(index=change, only_index=True, **more), result)
    entry = SMALL[0].line
    size, plain = len(manifest_of()), len(tar_of(SMALL))
    bad("leading-zero", "A number with a leading zero.", swap(f"manifest\t{size}", f"manifest\t0{size}"))
    bad("leading-zero-code", "The version code with a leading zero.", swap("version-code\t1", "version-code\t01"))
    bad("plus", "A number with a sign.", swap(f"manifest\t{size}", f"manifest\t+{size}"))
    bad("minus", "A negative size.", swap(f"file\t0644\t{len(HTML)}", f"file\t0644\t-{len(HTML)}"))
    bad("hex", "A hexadecimal number.", swap(f"manifest\t{size}", f"manifest\t{size:#x}"))
    bad("no-number", "An empty field in the place of a number.", swap(f"manifest\t{size}", "manifest\t"))
    bad("digits-other", "Digits that are not ASCII's.", swap("version-code\t1\n", "version-code\t１\n"))
    bad("crlf", "Lines end with CR and LF.", swap("\n", "\r\n", -1))
    bad("cr-one", "One line ends with CR and LF.", swap("\nversion-code", "\r\nversion-code"))
    bad("blank-end", "A blank at a line's end.", swap("domain\tt.example\n", "domain\tt.example \n"))
    bad("blank-for-tab", "A blank in the place of a TAB.", swap("domain\t", "domain "))
    bad("two-tabs", "Two TABs between fields.", swap("domain\t", "domain\t\t"))
    bad("field-more", "A field too many.", swap("version-code\t1\n", "version-code\t1\t1\n"))
    bad("field-less", "A field too few.", swap(f"manifest\t{size}\t", "manifest\t"))
    bad("empty-line", "An empty line.", swap("\nversion\t", "\n\nversion\t"))
    bad("comment", "A line that looks like a comment.", swap("\nversion\t", "\n# hello\nversion\t"))
    bad("no-end", "The line `end` is missing.", swap("end\t1\n", ""))
    bad("no-last-lf", "The last line feed is missing.", swap("end\t1\n", "end\t1"))
    bad("behind-end", "A line behind `end`.", swap("end\t1\n", "end\t1\nend\t1\n"))
    bad("blank-behind", "An empty line behind `end`.", swap("end\t1\n", "end\t1\n\n"))
    bad("nul-behind", "A NUL behind the last line.", swap("end\t1\n", "end\t1\n\0"))
    bad("count", "`end` tells one entry more.", swap("end\t1\n", "end\t2\n"))
    bad("digest-upper", "A digest in upper case.", lambda text: text.replace(*(lambda d: (d, d.upper()))(entry.split(b"\t")[3])), rule="C-4")
    bad("digest-short", "A digest of 63 digits.", lambda text: text.replace(*(lambda d: (d, d[:-1]))(entry.split(b"\t")[3])), rule="C-4")
    bad("bom", "A byte order mark.", lambda text: b"\xef\xbb\xbf" + text)
    bad("order-lines", "Version and version code are exchanged.", swap("version\t1\nversion-code\t1\n", "version-code\t1\nversion\t1\n"))
    bad("twice", "The domain stands twice.", swap("domain\tt.example\n", "domain\tt.example\ndomain\tt.example\n"))
    bad("no-domain", "The domain is missing.", swap("domain\tt.example\n", ""))
    bad("unknown-kind", "An entry of an unknown kind.", swap("file\t0644", "fifo\t0644"))
    bad("entry-before-frame", "An entry stands before the frame.", lambda text: (
        lambda lines: b"".join(lines[:5] + [lines[6], lines[5]] + lines[7:]))(text.splitlines(True)))
    bad("empty", "The index is empty.", lambda _: b"")
    bad("type-line-only", "Only the type line.", lambda _: b"ypkg-index 1\n")
    bad("not-utf8", "The version is not UTF-8.", swap("\nversion\t1", b"\nversion\t\xff"))
    bad("domain-upper", "A domain that C-1 forbids.", swap("domain\tt.example", "domain\tT.example"), "C-1")
    bad("code-0", "Version code 0.", swap("version-code\t1\n", "version-code\t0\n"), "C-3")
    bad("code-large", "Version code 2147483648.", swap("version-code\t1\n", "version-code\t2147483648\n"), "C-3")
    bad("number-huge", "A number that fits in no machine word.", swap("version-code\t1\n", "version-code\t18446744073709551617\n"), "C-3")
    for mode in ("4755", "2755", "1755", "0777", "0600", "644", "00644"):
        bad(f"mode-{mode}", f"A file of mode {mode}.", swap("file\t0644", f"file\t{mode}"), "P-13" if mode[0] in "421" else "P-6")
    bad("mode-directory", "A directory of mode 0700.", swap("directory\t0755", "directory\t0700"), entries=tree(*SMALL, directory("d")))
    bad("mode-symlink", "A symlink of mode 0755.", swap("symlink\t0777", "symlink\t0755"), entries=tree(*SMALL, symlink("s", "index.html")))

    other = manifest_of(domain="u.example")
    bad("manifest-digest", "The manifest has another digest.", swap("manifest\t", "manifest\t"), "P-7",
        members=member("manifest.json", swap('"title":"T"', '"title":"U"')))
    bad("manifest-size", "The manifest has a byte more.", None, "P-7", members=member("manifest.json", lambda data: data + b"\n"))
    for name, why, change in (("domain", "Another domain than the manifest's.", swap("domain\tt.example", "domain\tu.example")),
                              ("version", "Another version than the manifest's.", swap("\nversion\t1", "\nversion\t2")),
                              ("code", "Another version code than the manifest's.", swap("version-code\t1", "version-code\t2"))):
        vector(f"manifest-{name}", "P-7", why, build(index=change), "bundle.index", "manifest")

    bad("frames-more", "The frames' plain sizes add up to a block more than the tar.", swap(f"\t{plain}\t", f"\t{plain + 512}\t"), "P-9")
    bad("frames-less", "The frames' plain sizes add up to less than the tar.", swap(f"\t{plain}\t", f"\t{plain - 512}\t"), "P-9")
    bad("frames-none", "No frame is named.", lambda text: b"".join(l for l in text.splitlines(True) if not l.startswith(b"frame")), "P-9")
    bad("frames-payload", "The payload has a byte more than the frames.", None, "P-9", members=member("payload.tar.zst", lambda data: data + b"\0"))
    bad("frames-payload-less", "The payload has a byte less than the frames.", None, "P-9", members=member("payload.tar.zst", lambda data: data[:-1]))
    bad("frames-one-missing", "One of three frames is not named.", lambda text: b"".join(
        l for i, l in enumerate(text.splitlines(True)) if i != 6), "P-9", cuts=[512, 600])

    def limit(name, why, change, **more):
        vector(f"limit-{name}", "C-6", why, build(index=change, **more), "bundle.limit", "index")
        text_vector("index", f"limit-{name}", "C-6", why, build(index=change, only_index=True, **more), "bundle.limit")
    def sized(compressed, plain_size):
        return lambda text: b"".join(
            f"frame\t{compressed}\t{plain_size}\t{'0' * 64}\n".encode() if l.startswith(b"frame") else l for l in text.splitlines(True))
    limit("frame-plain", "A frame of 4 MiB and a byte.", sized(100, (4 << 20) + 1))
    text_vector("index", "limit-frame-compressed", "C-6", "A frame of 4 MiB, 64 KiB and a byte compressed.",
                build(index=sized((4 << 20) + (64 << 10) + 1, plain), only_index=True), "bundle.limit")
    bad("frame-empty", "A frame of 0 plain bytes.", sized(9, 0), "P-9")
    bad("frame-empty-compressed", "A frame of 0 compressed bytes.", sized(0, plain), "P-9")
    limit("file", "A file of 8 GiB.", swap(f"file\t0644\t{len(HTML)}\t", f"file\t0644\t{8 << 30}\t"))


def paths():
    def bad(name, why, rule, *entries, kind="entry", result="bundle.entry", sort=True):
        entries = in_order([*SMALL, *entries]) if sort else [*SMALL, *entries]
        name = f"{kind}-{name}"
        result = "bundle.index" if any(0xDC80 <= ord(c) <= 0xDCFF for e in entries for c in e.path + e.target) else result
        vector(name, rule, why, build(entries), result, "index")
        text_vector("index", name, rule, why, build(entries, only_index=True), result)
    for name, why, path in (
            ("absolute", "An absolute path.", "/etc/passwd"), ("dot-dot", "A path that leaves.", "../x"),
            ("dot-dot-inside", "`..` inside a path.", "d/../x"), ("dot-dot-last", "A path that is `..`.", ".."),
            ("dot", "A path that is `.`.", "."), ("dot-first", "A path that begins with `./`.", "./x"),
            ("empty-component", "An empty component.", "d//x"), ("slash-end", "A file's path that ends with a slash.", "d/"),
            ("empty", "An empty path.", ""), ("control", "A control character.", "a\x01b"), ("delete", "The DELETE character.", "a\x7fb"),
            ("c1", "A C1 control character.", "a\x85b"), ("nul", "A NUL.", "a\0b"), ("cr", "A carriage return.", "a\rb"),
            ("bidi", "A bidi override, which shows `cod.exe` as `exe.doc`.", "\u202ecod.exe"), ("bidi-isolate", "A bidi isolate.", "a\u2066b"),
            ("zero-width", "A zero-width space.", "a\u200bb"), ("bom", "A byte order mark in a path.", "\ufeffa"),
            ("line-separator", "A line separator.", "a\u2028b"), ("paragraph-separator", "A paragraph separator.", "a\u2029b"),
            ("tag", "A tag character.", "a\U000e0041b"), ("private", "A private-use character.", "a\ue000"),
            ("private-plane", "A private-use character of plane 16.", "a\U00100000"), ("unassigned", "An unassigned character.", "a\u0378"),
            ("noncharacter", "A noncharacter.", "a\ufdd0"),
            ("latin1", "Bytes that are not UTF-8.", "caf\udce9"), ("overlong", "An overlong slash.", "a\udcc0\udcafb"),
            ("surrogate", "A surrogate in UTF-8.", "a\udced\udca0\udc80"), ("beyond", "Beyond U+10FFFF.", "a\udcf4\udc90\udc80\udc80"),
            ("cut", "A UTF-8 sequence that is cut off.", "a\udce7\udcac")):
        parent = [directory("d")] if path.startswith("d/") else []
        bad(name, why, "P-10", *parent, file(path, "x"), kind="path")
    deep = "/".join(["d"] * 33)
    bad("deep", "A path of 33 components.", "C-6", *tree(file(deep)), kind="path")
    bad("long", "A path of 1025 bytes.", "C-6", *tree(file("/".join(["c" * 31] * 31 + ["c" * 33]))), kind="path")
    bad("component", "A component of 256 bytes.", "C-6", file("x" * 256), kind="path")
    bad("component-utf8", "A component of 86 characters and 258 bytes.", "C-6", file("长" * 86), kind="path")

    for name, why, first, second in (
            ("case", "Paths that differ in case.", file("README"), file("readme")),
            ("nfc", "The same letter, composed and decomposed.", file("caf\u00e9"), file("cafe\u0301")),
            ("sharp-s", "ß and SS.", file("STRASSE"), file("straße")), ("capital-sharp-s", "ẞ and ß.", file("a\u1e9e"), file("a\u00df")),
            ("kelvin", "The Kelvin sign and k.", file("\u212a"), file("k")), ("sigma", "Both small sigmas.", file("ος"), file("οσ")),
            ("ligature", "A ligature, which folds to two letters.", file("ﬁle"), file("file")),
            ("hangul", "A Hangul syllable and its letters.", file("\uac00"), file("\u1100\u1161")),
            ("case-composed", "Case and composition at once.", file("\u00c9"), file("e\u0301")),
            ("iota", "An iota below, which folds to a letter, before and behind an accent.", file("x\u0345\u0301"), file("x\u0301\u0345")),
            ("cyrillic", "Cyrillic letters that differ in case.", file("Д"), file("д"))):
        bad(f"fold-{name}", why, "P-11", first, second)
    bad("fold-directory", "Two directories that differ in case.", "P-11", directory("D"), file("D/a"), directory("d"), file("d/b"))
    bad("fold-kind", "A file and a directory that differ in case.", "P-11", file("D"), directory("d"))
    bad("twice", "A path twice.", "P-8", file("a"), file("a"), sort=False)
    bad("twice-kind", "A path as directory and as symlink.", "P-8", directory("a"), symlink("a", "index.html"), sort=False)
    bad("parent-missing", "The directory of a path is no entry.", "P-8", file("a/b"))
    bad("parent-file", "A file in the place of a directory.", "P-8", file("a"), file("a/b"))
    bad("parent-symlink", "A path below a symlink, the classic way out.", "P-8", directory("d"), symlink("a", "d"), file("a/b"))
    bad("parent-later", "A directory stands behind what lies in it.", "P-8", file("z/b"), directory("z"), sort=False)
    bad("order", "Entries are not in order.", "P-8", file("b"), file("a"), sort=False)
    bad("order-slash", "Entries in the order of whole paths as bytes, not of components.", "P-8",
        directory("j"), file("j-b"), file("j/b"), sort=False)
    for name, why, target in (
            ("absolute", "An absolute target.", "/etc/passwd"), ("leaving", "A target that leaves.", "../../etc/passwd"),
            ("leaving-back", "A target that leaves and comes back.", "../../d/f"), ("dangling", "A target that is no entry.", "nothing"),
            ("self", "A target that is the symlink itself.", "l"), ("symlink", "A target that is a symlink.", "m"),
            ("below-symlink", "A target below a symlink.", "n/f"), ("root", "A target that is the top directory, which is no entry.", ".."),
            ("empty", "An empty target.", ""), ("dot", "A target that is `.`.", "."), ("dot-first", "A target that begins with `./`.", "./f"),
            ("empty-component", "An empty component in a target.", "..//d/f"), ("slash-end", "A target that ends with a slash.", "../e/"),
            ("below-file", "A target below a file.", "f/../f"), ("control", "A control character in a target.", "f\x01"),
            ("case", "A target that differs from an entry in case.", "F"), ("nfd", "A target that is not composed as the entry is.", "e\u0301"),
            ("through", "`..` behind a name, which another symlink could bend.", "o/../../e/g"), ("not-utf8", "A target that is not UTF-8.", "\udcff")):
        more = {"symlink": [symlink("d/m", "f")], "below-symlink": [symlink("d/n", "../e")], "nfd": [file("d/é")],
                "through": [symlink("d/o", "../e")]}.get(name, [])
        bad(f"target-{name}", why, "P-12", directory("d"), file("d/f"), directory("e"), file("e/g"), *more, symlink("d/l", target))


def payload():
    def bad(name, why, rule="P-15", **more):
        vector(f"payload-{name}", rule, why, build(**more), "bundle.payload", "payload")

    def framed(change):
        return lambda parts: [(change(data), plain) for data, plain in parts]
    plain = len(tar_of(SMALL))
    bad("digest", "The index names another digest of the frame.", "P-5", members=None,
        index=lambda text: b"".join(l[:-65] + (b"0" if l[-65:-64] != b"0" else b"1") + l[-64:] if l.startswith(b"frame") else l
                                    for l in text.splitlines(True)))
    bad("exchanged", "Two frames of the same sizes are exchanged.", "P-5", entries=tree(*SMALL, file("a", b"1" * 1024), file("b", b"2" * 1024)),
        cuts=[1536, 3072], members=member("payload.tar.zst", lambda data: (
            lambda a: data[a:2 * a] + data[:a] + data[2 * a:])(len(zstd_frame(file("a", b"1" * 1024).tar)))))
    bad("two-frames", "Two zstd frames where one is announced.", "P-14", frame=lambda data: zstd_frame(data[:100]) + zstd_frame(data[100:]))
    bad("empty-frame", "An empty zstd frame behind the announced one.", "P-14", frames=framed(lambda data: data + zstd_frame(b"")))
    bad("skippable", "A skippable frame before the announced one.", "P-14",
        frames=framed(lambda data: b"\x50\x2a\x4d\x18\x04\0\0\0skip" + data))
    bad("skippable-behind", "A skippable frame behind the announced one.", "P-14",
        frames=framed(lambda data: data + b"\x5f\x2a\x4d\x18\0\0\0\0"))
    bad("garbage", "Bytes behind the zstd frame.", "P-14", frames=framed(lambda data: data + b"garbage"))
    bad("frame-cut", "The zstd frame is cut off.", "P-14", frames=framed(lambda data: data[:-3]))
    bad("no-last-block", "The zstd frame has no last block.", "P-14", frame=lambda data: zstd_frame(data, blocks=[(0, data, len(data)), (0, b"", 0)])[:-3])
    bad("more", "A frame that gives a block more than announced.", "P-14", frames=lambda parts: [(zstd_frame(tar_of(SMALL) + bytes(512)), plain)])
    bad("less", "A frame that gives a block less than announced.", "P-14", frames=lambda parts: [(zstd_frame(tar_of(SMALL)[:-512]), plain)])
    zeros = lambda count: [(1, b"\0", 1 << 17)] * count
    bad("bomb", "A frame that gives 256 MiB, without content size.", "P-14",
        frames=lambda parts: [(zstd_frame(b"", False, blocks=zeros(2048)), plain)])
    bad("bomb-size", "A frame that says and gives 256 MiB.", "P-14",
        frames=lambda parts: [(zstd_frame(b"", 256 << 20, blocks=zeros(2048)), plain)])
    bad("bomb-behind", "A frame that gives the right bytes, then 128 MiB more.", "P-14",
        frames=lambda parts: [(zstd_frame(b"", False, blocks=[(0, tar_of(SMALL), plain)] + zeros(1024)), plain)])
    bad("bomb-announced", "A frame that says 10 GiB.", "P-14",
        frames=lambda parts: [(zstd_frame(b"", 10 << 30, blocks=[(0, tar_of(SMALL), plain)]), plain)])
    bad("size-lies", "A frame that says fewer plain bytes than it gives.", "P-14", frames=lambda parts: [(zstd_frame(tar_of(SMALL), plain - 512), plain)])
    bad("checksum", "The frame's own checksum is wrong.", "P-14", frame=lambda data: (lambda f: f[:-1] + bytes([f[-1] ^ 1]))(zstd_command(data)))
    bad("dictionary", "A frame that needs a dictionary.", "P-14", frame=lambda data: (
        lambda f: f[:4] + bytes([f[4] | 1]) + b"\x07" + f[5:])(zstd_frame(data)))
    bad("old-format", "A frame of zstd 0.7's format, which libzstd can be built to read.", "P-14", frame=lambda data: (
        b"\x27\xb5\x2f\xfd\x60" + (len(data) - 256).to_bytes(2, "little") + (0x400000 | len(data)).to_bytes(3, "big") + data + b"\xc0\0\0"))
    bad("reserved-block", "A block of the reserved type.", "P-14", frame=lambda data: zstd_frame(data, blocks=[(3, data, len(data))]))
    bad("gzip", "A gzip stream in the place of a zstd frame.", "P-14", frame=lambda data: gzip.compress(data, mtime=0))
    bad("tar", "The tar is not compressed.", "P-14", frame=lambda data: data)
    bad("zeros", "Zeros in the place of a zstd frame.", "P-14", frames=lambda parts: [(bytes(64), plain)])

    def at(position, value, fix=True):
        return lambda data: patched(data[:512], position, value, fix) + data[512:]
    for name, why, change in (
            ("name", "The tar names another path", at(0, b"jndex.html")), ("name-out", "The tar names a path that leaves", at(0, b"../../x\0\0\0")),
            ("mode", "The tar has another mode", at(100, b"0000755\0")), ("setuid", "The tar has a setuid bit", at(100, b"0004644\0")),
            ("hard-link", "The tar has a hard link", lambda data: at(156, b"1index.html")(data)), ("symlink", "The tar has a symlink", at(156, b"2/etc/passwd")),
            ("device", "The tar has a device", at(156, b"3")), ("block-device", "The tar has a block device", at(156, b"4")),
            ("directory", "The tar has a directory", at(156, b"5")), ("fifo", "The tar has a FIFO", at(156, b"6")),
            ("sparse", "The tar has a sparse file of GNU's", at(156, b"S")), ("size", "The tar has another size", at(124, b"00000000041\0")),
            ("size-large", "The tar has a size beyond its end", at(124, b"77777777777\0")), ("mtime", "The tar has a time", at(136, b"14000000000\0")),
            ("uid", "The tar has an owner", at(108, b"0001750\0")), ("checksum", "The tar has a wrong checksum", at(148, b"000000\0 ", False)),
            ("gnu-magic", "The tar has GNU's magic", at(257, b"ustar  \0")), ("uname", "The tar names an owner", at(265, b"root")),
            ("padding", "The padding behind the contents is not zero", lambda data: data[:1023] + b"\1" + data[1024:]),
            ("no-end", "The end marker is missing, bytes stand there", lambda data: data[:-1024] + b"x" * 1024),
            ("end-last", "The last byte of the end marker is not zero", lambda data: data[:-1] + b"\1"),
            ("contents", "The contents have another digest", swap("doctype", "docTYPE"))):
        bad(f"tar-{name}", f"{why}.", tar=change)
    spoken = [file("index.html", HTML), file("z", bytes(1024))]
    small = header("z", size=0)
    bad("tar-xattr", "A pax record gives a file an extended attribute.", entries=spoken, tar=lambda data: data[:1024] + pax(
        pax_record(b"SCHILY.xattr.user.x", b"1")) + small + data[2560:])
    bad("tar-pax-path", "A pax record gives a file another path.", entries=spoken, tar=lambda data: data[:1024] + pax(
        pax_record(b"path", b"../../x")) + small + data[2560:])
    bad("tar-order", "The tar has its entries in another order.", entries=[file("a", HTML), file("index.html", HTML)],
        tar=lambda data: data[1024:2048] + data[:1024] + data[2048:])
    bad("tar-twice", "The tar has an entry twice and lacks another.", entries=[file("a", HTML), file("index.html", HTML)],
        tar=lambda data: data[1024:2048] + data[1024:])
    bad("tar-not-listed", "The tar ends early and hides a file behind its end marker.", entries=spoken,
        tar=lambda data: data[:1024] + bytes(1024) + header("x") + data[2560:])
    named = [file("index.html", HTML), file("é", "1")]
    bad("tar-no-pax", "A name beyond ASCII has a pax record of another key.", "P-2", entries=named, tar=swap(b"path=", b"Path="))
    bad("tar-pax-header-name", "The extended header has another name.", "P-2", entries=named,
        tar=lambda data: data[:1024] + patched(data[1024:1536], 0, b"PaxHeaders/e") + data[1536:])
    bad("contents-second", "The contents of a file in the second frame have another digest.", entries=[*SMALL, file("z", b"1" * 600)],
        cuts=[1024], tar=swap(b"1111", b"1112"))
    bad("contents-split", "A file over three frames has another digest.", entries=[*SMALL, file("z", b"1" * 2048)],
        cuts=[2000, 2800], tar=lambda data: data[:3000] + b"2" + data[3001:])


def profiles():
    def vouched(text, signature=None, today=TODAY, anchors=SHOP, beside=(), **more):
        def make(name, rule, why, result="ok", stage="signature"):
            if result == "ok":
                stage = None
            elif rule == "K-9" and result == "trust.not-allowed":
                stage = "manifest"
            vector(name, rule, why, build(beside=[("profile", text), ("profile.minisig", signature or STORE.sign(text)), *beside], **more),
                   result, stage, anchors, today)
        return make
    text = profile_text(PUBLISHER, ["t.example", "*.shop.example"], ["NETWORK"])
    maker = [{"key": "system", "class": "system"}]
    vouched(text)("profile-good", "K-8", "A store vouches for the publisher.")
    vouched(text, SYSTEM.sign(text), anchors=maker)("profile-good-system", "K-8", "A maker vouches for the publisher.")
    vouched(text, permissions=[NETWORK])("profile-good-permission", "K-9", "The profile has the permission that the app asks for.")
    vouched(text, domain="a.shop.example")("profile-good-pattern", "K-9", "A pattern covers the domain.")
    vouched(text, domain="a.b.shop.example")("profile-good-pattern-deep", "K-9", "A pattern covers a domain two labels below.")
    day = profile_text(PUBLISHER, ["t.example"], until="2031-01-31")
    vouched(day, today="2031-01-31")("profile-until", "K-8", "It is the profile's last day.")
    vector("profile-until", "K-8", "It is the day behind the profile's last.", None, "trust.not-allowed", "signature", SHOP, "2031-02-01")
    vouched(profile_text(PUBLISHER, ["t.example"], until="2020-01-31"))("profile-expired", "K-8", "The profile's last day is over.", "trust.not-allowed")
    vouched(text, domain="u.example")("profile-domain", "K-9", "The domain is not in the profile.", "trust.not-allowed")
    vouched(text, domain="shop.example")("profile-pattern-self", "K-9", "`*.NAME` covers what is below NAME, not NAME.", "trust.not-allowed")
    vouched(text, domain="a.myshop.example")("profile-pattern-suffix", "K-9", "`*.NAME` ends at a label's edge.", "trust.not-allowed")
    vouched(text, domain="a.t.example")("profile-below", "K-9", "A name covers nothing below it.", "trust.not-allowed")
    vouched(profile_text(PUBLISHER))("profile-no-domain", "K-9", "The profile has no domain.", "trust.not-allowed")
    vouched(profile_text(PUBLISHER, ["t.example"]), permissions=[NETWORK])(
        "profile-permission", "K-9", "The app asks for a permission that the profile has not.", "trust.not-allowed")
    vouched(text, anchors=[{"key": "store", "class": "developer"}])("profile-developer", "K-8", "The profile is signed by an anchor of class developer.", "trust.signer-unknown")
    vouched(text, anchors=[{"key": "system", "class": "system"}])("profile-signer-unknown", "K-8", "The profile is signed by a key that is no anchor.", "trust.signer-unknown")
    vouched(text, PUBLISHER.sign(text), anchors=SHOP)("profile-self", "K-8", "The publisher vouches for itself.", "trust.signer-unknown")
    vouched(profile_text(OTHER, ["t.example"]))("profile-other-key", "K-7", "The profile is about another key.", "trust.signer-unknown")
    vouched(text, STORE.sign(text + b" "))("profile-signature-wrong", "K-4", "The profile's signature is over another text.", "trust.signature-wrong")
    vouched(text.replace(b"until\t2099", b"until\t2199"), STORE.sign(text))("profile-changed", "K-4", "The profile was prolonged by somebody.", "trust.signature-wrong")
    vouched(text, STORE.sign(text, algorithm=b"Ed"))("profile-legacy", "K-3", "The profile's signature is over the text itself.", "signature.malformed")
    vector("profile-no-signature", "P-4", "The profile has no signature.", build(beside=[("profile", text)]), "bundle.member", "head", SHOP, TODAY)
    vector("profile-signature-alone", "P-4", "There is a profile's signature, and no profile.",
           build(beside=[("profile.minisig", STORE.sign(text))]), "bundle.member", "head", SHOP, TODAY)
    vector("profile-behind-lineage", "P-4", "The profile stands behind the lineage.", build(beside=[
        ("lineage", lineage_text(OTHER, PUBLISHER)), ("profile", text), ("profile.minisig", STORE.sign(text))]), "bundle.member", "head", SHOP, TODAY)
    index = index_text("t.example", "1", 1, manifest_of(), [(zstd_frame(tar_of(SMALL)), len(tar_of(SMALL)))], SMALL)
    for name, why, rule, change in (
            ("index", "A rightly signed index stands in the place of the profile.", "K-6", lambda _: index),
            ("type", "The type line is a lineage's.", "K-6", swap("ypkg-profile", "ypkg-lineage")),
            ("no-until", "The last day is missing.", "K-8", swap("until\t2099-12-31\n", "")),
            ("day", "A day that no calendar has.", "K-8", swap("2099-12-31", "2099-02-30")),
            ("day-short", "A day without its zeros.", "K-8", swap("2099-12-31", "2099-1-1")),
            ("order", "A permission stands before a domain.", "K-8", lambda t: b"".join((lambda l: l[:2] + [l[4], l[2], l[3]] + l[5:])(t.splitlines(True)))),
            ("crlf", "Lines end with CR and LF.", "K-8", swap("\n", "\r\n", -1)), ("more", "A line follows the last.", "K-8", lambda t: t + b"x\n"),
            ("no-last-lf", "The last line feed is missing.", "K-8", lambda t: t[:-1]),
            ("key-short", "The key is too short.", "K-8", swap(PUBLISHER.line, PUBLISHER.line[:-4])),
            ("key-twice", "Two keys.", "K-8", swap("key\t", f"key\t{OTHER.line}\nkey\t")),
            ("pattern", "A `*` inside a pattern.", "K-9", swap("*.shop", "a*.shop")), ("pattern-all", "A pattern for everything.", "K-9", swap("*.shop.example", "*")),
            ("permission", "A permission with its ending.", "K-9", swap("NETWORK", NETWORK))):
        vouched(change(text))(f"profile-malformed-{name}", rule, why, "statement.malformed")
        text_vector("profile", f"profile-malformed-{name}", rule, why, change(text), "statement.malformed")
    text_vector("profile", "profile-text", "K-8", "Two domains and a permission.", text, "ok")
    text_vector("profile", "profile-text-bare", "K-8", "No domain, no permission.", profile_text(PUBLISHER), "ok")


def revocations():
    text = revocation_text(7, [PUBLISHER, OTHER], [digest(b"a"), digest(b"b")])
    text_vector("revocation", "revocation-text", "K-12", "Two keys and two releases.", text, "ok")
    text_vector("revocation", "revocation-text-bare", "K-12", "Nothing is revoked any more.", revocation_text(1), "ok")
    text_vector("revocation", "revocation-text-last", "K-12", "The highest number.", revocation_text(2**31 - 1, [OTHER]), "ok")
    for name, why, rule, change in (
            ("type", "The type line is a profile's.", "K-6", swap("ypkg-revocation", "ypkg-profile")),
            ("type-2", "The type line is of a format to come.", "K-6", swap("revocation 1", "revocation 2")),
            ("no-number", "There is no number.", "K-12", swap("number\t7\n", "")),
            ("number-0", "The number is 0.", "K-12", swap("number\t7", "number\t0")),
            ("number-zero", "The number begins with a 0.", "K-12", swap("number\t7", "number\t07")),
            ("number-plus", "The number has a sign.", "K-12", swap("number\t7", "number\t+7")),
            ("number-large", "The number is the one after the highest.", "K-12", swap("number\t7", f"number\t{2**31}")),
            ("order", "A release stands before a key.", "K-12", lambda t: b"".join((lambda l: l[:2] + l[4:] + l[2:4])(t.splitlines(True)))),
            ("key-short", "The key is too short.", "K-12", swap(OTHER.line, OTHER.line[:-4])),
            ("digest-upper", "A digest in upper case.", "K-12", lambda t: t[:-65] + t[-65:].upper()),
            ("digest-short", "A digest without its last digit.", "K-12", lambda t: t[:-2] + b"\n"),
            ("crlf", "Lines end with CR and LF.", "K-12", swap("\n", "\r\n", -1)), ("more", "A line follows the last.", "K-12", lambda t: t + b"x\n"),
            ("empty-line", "An empty line follows the last.", "K-12", lambda t: t + b"\n"),
            ("no-last-lf", "The last line feed is missing.", "K-12", lambda t: t[:-1]),
            ("not-utf8", "A byte that is not UTF-8.", "K-12", lambda t: t + b"\xff\n")):
        text_vector("revocation", f"revocation-malformed-{name}", rule, why, change(text), "statement.malformed")


def lineages():
    chain = [OTHER, PUBLISHER, SUCCESSOR]

    def make(name, rule, why, text, result="ok", key=SUCCESSOR, anchor="other", stage="signature", anchors=None, beside=(), today=None, **more):
        if rule == "K-10":
            text_vector("lineage", f"lineage-{name}", rule, why, text, result)
        vector(f"lineage-{name}", rule, why, build(key=key, beside=[*beside, ("lineage", text)], **more), result,
               None if result == "ok" else stage, anchors or [{"key": anchor, "class": "developer"}], today)
    three = lineage_text(*chain)
    make("good", "K-10", "Three keys; the oldest is the anchor, the newest signs.", three)
    make("good-middle", "K-10", "Three keys; the middle one is the anchor.", three, anchor="publisher")
    make("good-two", "K-10", "Two keys.", lineage_text(PUBLISHER, SUCCESSOR), anchor="publisher")
    chain17 = [Key(f"chain {n}") for n in range(16)] + [SUCCESSOR]
    make("good-longest", "K-10", "Sixteen successors.", lineage_text(OTHER, *chain17[1:]))
    vouch = profile_text(OTHER, ["t.example"])
    make("good-profile", "K-7", "The profile names the oldest key, the newest signs.", three, anchors=SHOP, today=TODAY,
         beside=[("profile", vouch), ("profile.minisig", STORE.sign(vouch))])
    make("too-long", "K-10", "Seventeen successors.", lineage_text(OTHER, *chain17), "statement.malformed")
    make("none", "K-10", "No successor.", f"ypkg-lineage 1\nkey\t{SUCCESSOR.line}\n".encode(), "statement.malformed")
    make("broken", "K-10", "The second succession is signed by the newer key.", lineage_text(
        *chain, signatures={1: SUCCESSOR.sign(b"ypkg-lineage 1\nkey\t%s\nsuccessor\t%s\n" % (PUBLISHER.line.encode(), SUCCESSOR.line.encode()),
                                              key_id=PUBLISHER.id)}), "trust.signature-wrong")
    make("link-missing", "K-10", "The middle key was taken out.", f"ypkg-lineage 1\nkey\t{OTHER.line}\n".encode() + three.splitlines(True)[3],
         "trust.signature-wrong")
    make("other-text", "K-10", "A succession is signed for another successor.", lineage_text(
        *chain, signatures={1: PUBLISHER.sign(b"ypkg-lineage 1\nkey\t%s\nsuccessor\t%s\n" % (PUBLISHER.line.encode(), STORE.line.encode()))}),
         "trust.signature-wrong")
    make("other-key", "K-7", "A right lineage that does not lead to the signing key.", lineage_text(OTHER, SYSTEM), "trust.signer-unknown", key=PUBLISHER)
    make("other-anchor", "K-7", "A right lineage that begins with a key nobody trusts.", three, "trust.signer-unknown", anchor="store")
    make("backwards", "K-7", "The anchor is the newest key; the oldest signs.", three, "trust.signer-unknown", key=OTHER, anchor="successor")
    make("legacy", "K-10", "A succession is signed over the text itself.", lineage_text(*chain, signatures={
        0: OTHER.sign(f"ypkg-lineage 1\nkey\t{OTHER.line}\nsuccessor\t{PUBLISHER.line}\n".encode(), algorithm=b"Ed")}), "signature.malformed")
    make("changed", "K-10", "A bit of a succession's signature is flipped.", (lambda t: t[:600] + (b"0" if t[600:601] != b"0" else b"1") + t[601:])(three),
         "trust.signature-wrong")
    for name, why, change in (("type", "The type line is another.", swap("ypkg-lineage 1", "ypkg-lineage 2")),
                              ("hex-upper", "A signature in upper-case digits.", lambda t: t[:-5] + t[-5:].upper() if t[-5:] != t[-5:].upper()
                               else t.replace(b"a", b"A", 1)),
                              ("hex-odd", "A signature of an odd number of digits.", lambda t: t[:-2] + b"\n"),
                              ("no-last-lf", "The last line feed is missing.", lambda t: t[:-1]), ("more", "A line follows.", lambda t: t + b"\n"),
                              ("empty", "An empty lineage.", lambda t: b"")):
        make(f"malformed-{name}", "K-10", why, change(three), "statement.malformed")


def manifests():
    def bad(name, rule, why, manifest=None, entries=None, **more):
        vector(f"manifest-{name}", rule, why, build(entries, manifest, **more), "manifest.invalid", "manifest")
    text = manifest_of()
    bad("not-json", "M-1", "The manifest is not JSON.", b"not json\n")
    bad("empty", "M-1", "The manifest is empty.", b"")
    bad("cut", "M-1", "The manifest lacks its last brace.", text[:-1])
    bad("bom", "M-1", "The manifest begins with a byte order mark.", b"\xef\xbb\xbf" + text)
    bad("latin1", "M-1", "The manifest is not UTF-8.", swap('"title":"T"', b'"title":"\xe9"')(text))
    bad("duplicate-key", "M-1", "A key stands twice.", swap('"use_sdk":1', '"use_sdk":1,"use_sdk":1')(text))
    bad("unknown-key", "M-2", "An unknown key.", swap('"use_sdk":1', '"use_sdk":1,"colour":1')(text))
    bad("content-path", "M-6", "`content_path` is not in the package.", swap('"index.html"', '"main.html"')(text))
    bad("content-directory", "M-6", "`content_path` is a directory.", swap('"index.html"', '"d"')(text), tree(*SMALL, directory("d")))
    bad("icon", "M-6", "`icon` is not in the package.", swap('"main":true', '"main":true,"icon":"icon.svg"')(text))
    native = swap('"web"', '"native"')(text)
    bad("not-executable", "M-6", "The program is not executable.", native)
    bad("service-not-executable", "M-6", "The service's program is not executable.", swap('"main":true,', "")(swap('"web"', '"service"')(text)))
    bad("deep", "C-6", "Seventeen levels of nesting.", swap('"use_sdk":1', '"use_sdk":1,"x-deep":' + "[" * 15 + "]" * 15)(text))


def large():
    """At the limits and one beyond: only made by `--all`, too large to be kept."""
    for count in (100_000, 100_001):
        entries = [directory(f"d{n:06}") for n in range(count - 1)] + SMALL
        plain = len(entries) * 512 + 512 + 1024
        data = build(entries, cuts=range(4 << 20, plain, 4 << 20), frame=zstd_command)
        if count == 100_000:
            vector("large-entries", "C-6", "100,000 entries.", data)
        else:
            vector("large-entries-more", "C-6", "100,001 entries.", data, "bundle.limit", "index")
    filled = [*SMALL, file("z", bytes(8192))]
    for count in (8192, 8193):
        data = build(filled, cuts=range(1, count))
        if count == 8192:
            vector("large-frames", "C-6", "8192 frames.", data)
        else:
            vector("large-frames-more", "C-6", "8193 frames.", data, "bundle.limit", "index")


def all_vectors(everything):
    for part in (good, container, member_faults, signature_faults, index_faults, paths, payload, profiles, lineages, revocations, manifests,
                 *([large] if everything else [])):
        part()
    good_texts = {"index-good": "good-smallest", "index-good-names": "good-names", "index-good-symlinks": "good-symlinks",
                  "index-good-frames": "good-frames-odd"}
    for name, package in good_texts.items():
        data = WRITTEN[package + ".ypkg"]
        at = find(data, "index")
        text = data[at + 512:at + 512 + int(data[at + 124:at + 135], 8)]
        text_vector("index", name, "P-6", f"The index of {package}.", text, "ok")
    return VECTORS, WRITTEN, TEXTS
