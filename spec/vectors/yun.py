"""Writes keys, signatures, indexes and packages as spec/ says. It checks nothing: what is asked for is written, so that
faults can be made one at a time. Standard library and `cryptography` only."""

import base64
import hashlib
import subprocess
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def raw(text):
    """The bytes of a text; lone surrogates stand for bytes that are not UTF-8."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def digest(data):
    return hashlib.sha256(data).hexdigest()


# Keys and signatures (K-1 to K-4)

class Key:
    """A key made from its name, so that everybody can make it: worthless as a secret."""

    def __init__(self, name):
        self.name = name
        self.seed = hashlib.sha256(b"Yun test key, public, never trust it: " + name.encode()).digest()
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(self.public).digest()[:8]

    @property
    def line(self):
        return base64.b64encode(b"Ed" + self.id + self.public).decode()

    def public_file(self, comment=True):
        first = f"untrusted comment: TEST key {self.name}, its secret is public\n" if comment else ""
        return (first + self.line + "\n").encode()

    def secret_file(self, passphrase=None, ops=524288, memory=16 << 20):
        body = self.id + self.seed + self.public
        body += hashlib.blake2b(b"Ed" + body, digest_size=32).digest()
        kdf, salt = b"\0\0", bytes(32)
        if passphrase is None:
            ops = memory = 0
        else:
            kdf, salt = b"Sc", hashlib.sha256(b"salt of " + self.name.encode()).digest()
            stream = scrypt(passphrase.encode(), salt, ops, memory, len(body))
            body = bytes(a ^ b for a, b in zip(body, stream))
        data = b"Ed" + kdf + b"B2" + salt + ops.to_bytes(8, "little") + memory.to_bytes(8, "little") + body
        return (f"untrusted comment: TEST key {self.name}, PUBLIC SECRET, never trust it\n"
                f"{base64.b64encode(data).decode()}\n").encode()

    def sign(self, text, trusted="test vector", untrusted="signature made for a test", algorithm=b"ED", key_id=None):
        """The four lines of a signature file."""
        message = hashlib.blake2b(text).digest() if algorithm == b"ED" else text
        first = self.private.sign(message)
        second = self.private.sign(first + raw(trusted))
        return signature_file(first, second, algorithm, key_id or self.id, trusted, untrusted)


def signature_file(first, second, algorithm, key_id, trusted, untrusted):
    return b"".join((b"untrusted comment: ", raw(untrusted), b"\n", base64.b64encode(algorithm + key_id + first),
                     b"\ntrusted comment: ", raw(trusted), b"\n", base64.b64encode(second), b"\n"))


def scrypt(passphrase, salt, ops, memory, length):
    """scrypt with libsodium's reading of the two limits (crypto_pwhash_scryptsalsa208sha256), which minisign uses."""
    ops = max(ops, 32768)
    if ops < memory // 32:
        most, p = ops // 32, 1
    else:
        most, p = memory // 1024, None
    log = 1
    while log < 63 and (1 << log) <= most // 2:
        log += 1
    if p is None:
        p = min(ops // 4 // (1 << log), 0x3FFFFFFF) // 8
    return hashlib.scrypt(passphrase, salt=salt, n=1 << log, r=8, p=p, maxmem=256 << 20, dklen=length)


# Tar (P-1 to P-3)

def checksummed(block):
    """The header with its checksum made right."""
    block = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def header(name, mode=0o644, size=0, kind=b"0", link=b""):
    return checksummed(b"".join((
        raw(name)[:100].ljust(100, b"\0"), b"%07o\0" % mode, b"0000000\0" * 2, b"%011o\0" % size, b"%011o\0" % 0,
        b" " * 8, kind, raw(link)[:100].ljust(100, b"\0"), b"ustar\0" + b"00")).ljust(512, b"\0"))


def patched(block, offset, data, fix=True):
    block = block[:offset] + data + block[offset + len(data):]
    return checksummed(block) if fix else block


def padded(data):
    return data + bytes(-len(data) % 512)


def pax_record(key, value):
    body = b" " + key + b"=" + value + b"\n"
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def needs_pax(name):
    return len(name) > 100 or any(byte > 0x7F for byte in name)


def pax(records):
    return header("pax", size=len(records), kind=b"x") + padded(records)


@dataclass
class Entry:
    kind: str  # "directory", "file", "symlink"
    path: str
    mode: str = "0644"
    content: bytes = b""
    target: str = ""

    @property
    def tar_header(self):
        name, link = raw(self.path) + (b"/" if self.kind == "directory" else b""), raw(self.target)
        records = (pax_record(b"path", name) if needs_pax(name) else b"") + (
            pax_record(b"linkpath", link) if needs_pax(link) else b"")
        kind = {"directory": b"5", "file": b"0", "symlink": b"2"}[self.kind]
        return (pax(records) if records else b"") + header(name, int(self.mode, 8), len(self.content), kind, link)

    @property
    def tar(self):
        return self.tar_header + padded(self.content)

    @property
    def line(self):
        if self.kind == "directory":
            fields = ["directory", self.mode, self.path]
        elif self.kind == "file":
            fields = ["file", self.mode, str(len(self.content)), digest(self.content), self.path]
        else:
            fields = ["symlink", self.mode, self.target, self.path]
        return b"\t".join(raw(field) for field in fields) + b"\n"


def file(path, content=b"", mode="0644"):
    return Entry("file", path, mode, raw(content))


def directory(path):
    return Entry("directory", path, "0755")


def symlink(path, target):
    return Entry("symlink", path, "0777", target=target)


def in_order(entries):
    return sorted(entries, key=lambda entry: raw(entry.path).split(b"/"))


def tree(*entries):
    """The entries with the directories they lie in, in order (P-8)."""
    have = {entry.path: entry for entry in entries}
    for entry in entries:
        parts = entry.path.split("/")
        for depth in range(1, len(parts)):
            have.setdefault("/".join(parts[:depth]), directory("/".join(parts[:depth])))
    return in_order(have.values())


def tar_of(entries):
    return b"".join(entry.tar for entry in entries) + bytes(1024)


# Zstandard (RFC 8878), only what needs no entropy coding: raw and run-length blocks

def block(kind, data, size, last):
    return ((size << 3) | (kind << 1) | last).to_bytes(3, "little") + data


def blocks_of(data, limit=1 << 17):
    """Pieces (kind, bytes, size) with runs of one byte as run-length blocks."""
    out, at, start = [], 0, 0
    while at < len(data):
        end = at
        while end < len(data) and data[end] == data[at] and end - at < limit:
            end += 1
        if end - at >= 8:
            out += [(0, data[i:min(i + limit, at)], min(limit, at - i)) for i in range(start, at, limit)]
            out.append((1, data[at:at + 1], end - at))
            start = end
        at = end
    out += [(0, data[i:i + limit], len(data[i:i + limit])) for i in range(start, len(data), limit)]
    return out or [(0, b"", 0)]


def zstd_frame(data, content_size=True, window=0x38, blocks=None):
    """One frame. Without content size it names a window (0x38: 128 KiB)."""
    size = len(data) if content_size is True else content_size
    if content_size is not False:
        head = b"\xe0" + size.to_bytes(8, "little") if size > 0xFFFFFFFF else b"\xa0" + size.to_bytes(4, "little")
    else:
        head = b"\x00" + bytes([window])
    pieces = blocks or blocks_of(data)
    return b"\x28\xb5\x2f\xfd" + head + b"".join(
        block(kind, piece, length, index == len(pieces) - 1) for index, (kind, piece, length) in enumerate(pieces))


def zstd_command(data, *options):
    """A frame by the zstd program: with a checksum, and, as it reads a pipe, without content size."""
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, capture_output=True, check=True).stdout


# The index and the package

def index_text(domain, version, code, manifest, frames, entries):
    """`frames` are pairs of the compressed bytes and the plain size."""
    lines = [b"ypkg-index 1\n", f"domain\t{domain}\nversion\t{version}\nversion-code\t{code}\n".encode(),
             f"manifest\t{len(manifest)}\t{digest(manifest)}\n".encode()]
    lines += [f"frame\t{len(data)}\t{plain}\t{digest(data)}\n".encode() for data, plain in frames]
    lines += [entry.line for entry in entries]
    return b"".join(lines) + f"end\t{len(entries)}\n".encode()


def profile_text(key, domains=(), permissions=(), until="2099-12-31"):
    return ("ypkg-profile 1\n" f"key\t{key.line}\n" + "".join(f"domain\t{d}\n" for d in domains)
            + "".join(f"permission\t{p}\n" for p in permissions) + f"until\t{until}\n").encode()


def revocation_text(number, keys=(), digests=()):
    return (f"ypkg-revocation 1\nnumber\t{number}\n" + "".join(f"key\t{key.line}\n" for key in keys)
            + "".join(f"index\t{digest}\n" for digest in digests)).encode()


def succession(key, successor):
    return f"ypkg-lineage 1\nkey\t{key.line}\nsuccessor\t{successor.line}\n".encode()


def lineage_text(*keys, signatures=None):
    text = f"ypkg-lineage 1\nkey\t{keys[0].line}\n"
    for index, (key, successor) in enumerate(zip(keys, keys[1:])):
        signature = (signatures or {}).get(index) or key.sign(succession(key, successor))
        text += f"successor\t{successor.line}\t{signature.hex()}\n"
    return text.encode()


def members_tar(members):
    """`members` are names, contents and, where it is not P-1's, the header."""
    out = b""
    for name, content, *head in members:
        out += (head[0] if head else header(name, size=len(content))) + padded(content)
    return out + bytes(1024)


def pieces(data, cuts):
    edges = [0, *cuts, len(data)]
    return [data[a:b] for a, b in zip(edges, edges[1:])]
