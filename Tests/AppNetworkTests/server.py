"""A web server that is as bad as its path says. Prints its port; ends with its standard input.

    server.py [--tls CERTIFICATE KEY] [--old] [--greeting] [--address ADDRESS]
"""

import argparse
import gzip
import json
import socket
import ssl
import sys
import threading
import zlib
from urllib.parse import parse_qs, unquote, urlsplit

CHUNK = b"x" * 65536
lock = threading.Lock()
connections = 0


class Gone(Exception):
    pass


class Connection:
    def __init__(self, stream, serial):
        self.stream, self.serial, self.rest = stream, serial, b""

    def more(self):
        data = self.stream.recv(65536)
        if not data:
            raise Gone
        self.rest += data

    def until(self, mark):
        while mark not in self.rest:
            self.more()
        part, self.rest = self.rest.split(mark, 1)
        return part

    def exactly(self, count):
        parts, left = [], count
        while left:
            if not self.rest:
                self.more()
            part, self.rest = self.rest[:left], self.rest[left:]
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def request(self):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        return method, target, [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines[1:]]

    def body(self, headers):
        names = {name.lower(): value for name, value in headers}
        if names.get("transfer-encoding") == "chunked":
            parts = []
            while count := int(self.until(b"\r\n"), 16):
                parts.append(self.exactly(count))
                self.exactly(2)
            self.until(b"\r\n")
            return b"".join(parts)
        return self.exactly(int(names.get("content-length", 0)))

    def send(self, data):
        self.stream.sendall(data)

    def answer(self, body, status="200 OK", head="", length=True):
        size = f"Content-Length: {len(body)}\r\n" if length else ""
        self.send(f"HTTP/1.1 {status}\r\nX-Connection: {self.serial}\r\n{head}{size}\r\n".encode("latin-1") + body)

    def forever(self, part):
        while True:
            self.send(part)

    def silence(self):
        """Until the client goes away."""
        while True:
            self.more()

    def chunk(self, data):
        self.send(b"%x\r\n" % len(data) + data + b"\r\n")


def serve(c):
    method, target, headers = c.request()
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    name, _, argument = path[1:].partition("/")
    chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    if name == "early":
        return c.answer(b"no", "413 Too Large", "Connection: close\r\n")
    if name == "cut-while-sending":
        c.more()
        raise Gone
    body = c.body(headers)
    if name == "ok":
        c.answer(b"" if method == "HEAD" else b"hello", head="Content-Type: text/plain\r\n")
    elif name == "echo":
        c.answer(json.dumps({"method": method, "target": target, "headers": headers, "length": len(body),
                             "crc": zlib.crc32(body)}).encode())
    elif name == "cookie":
        c.answer(b"", head="Set-Cookie: a=b; Path=/\r\nStrict-Transport-Security: max-age=1000\r\nAlt-Svc: h2=\":1\"\r\n")
    elif name == "mirror":
        c.answer(body)
    elif name == "bytes":
        left = int(argument)
        c.send(f"HTTP/1.1 200 OK\r\nX-Connection: {c.serial}\r\nContent-Length: {left}\r\n\r\n".encode())
        while left:
            c.send(CHUNK[:left])
            left -= min(left, len(CHUNK))
    elif name == "chunks":
        c.send(f"{chunked}\r\n".encode())
        for _ in range(int(argument)):
            c.chunk(CHUNK)
        c.send(b"0\r\nX-Trailer: behind\r\n\r\n")
    elif name == "endless":
        c.send(f"{chunked}\r\n".encode())
        while True:
            c.chunk(CHUNK)
    elif name == "gzip":
        packed = gzip.compress(b"x" * int(argument))
        c.answer(packed, head="Content-Encoding: gzip\r\n")
    elif name == "gzip-endless":
        c.send(f"{chunked}Content-Encoding: gzip\r\n\r\n".encode())
        packer, zeros = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1 << 20)
        while True:
            packed = packer.compress(zeros)
            if packed:
                c.chunk(packed)
    elif name == "coded":
        c.answer(gzip.compress(b"hello"), head=f"Content-Encoding: {query['as'][0]}\r\n")
    elif name == "transfer-coded":
        c.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {query['as'][0]}\r\n\r\n".encode())
        c.chunk(gzip.compress(b"hello"))
        c.send(b"0\r\n\r\n")
    elif name == "redirect":
        c.answer(b"moved", f"{argument} Moved", f"Location: {query['to'][0]}\r\n")
    elif name == "redirect-endless":
        c.send(f"HTTP/1.1 302 Found\r\nLocation: /ok\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        while True:
            c.chunk(CHUNK)
    elif name == "nowhere":
        c.answer(b"moved", "302 Found")
    elif name == "loop":
        c.answer(b"", "302 Found", "Location: /loop\r\n")
    elif name == "cut":
        c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello")
        raise Gone
    elif name == "cut-chunk":
        c.send(f"{chunked}\r\n".encode() + b"400\r\nhello")
        raise Gone
    elif name == "cut-head":
        c.send(b"HTTP/1.1 200 OK\r\nContent-Le")
        raise Gone
    elif name == "close":
        raise Gone
    elif name == "silent":
        c.silence()
    elif name == "stall":
        c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhello")
        c.silence()
    elif name == "endless-headers":
        c.send(b"HTTP/1.1 200 OK\r\n")
        c.forever(b"X-More: " + b"y" * 1000 + b"\r\n")
    elif name == "endless-header":
        c.send(b"HTTP/1.1 200 OK\r\nX-More: ")
        c.forever(b"y" * 1000)
    elif name == "many-headers":
        c.send(b"HTTP/1.1 200 OK\r\n")
        c.forever(b"a: b\r\n")
    elif name == "endless-interim":
        c.forever(b"HTTP/1.1 103 Early Hints\r\nX-Hint: a\r\n\r\n")
    elif name == "endless-trailers":
        c.send(f"{chunked}\r\n".encode() + b"5\r\nhello\r\n0\r\n")
        c.forever(b"X-More: " + b"y" * 1000 + b"\r\n")
    elif name == "interim":
        c.send(b"HTTP/1.1 103 Early Hints\r\nX-Hint: early\r\n\r\n")
        c.answer(b"hello", head="X-Final: late\r\nX-Folded: one\r\n two\r\n")
    elif name == "switch":
        c.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\nhello")
        c.silence()
    elif name == "raw":
        c.send(query["bytes"][0].encode("latin-1"))
        raise Gone
    elif name == "status":
        c.answer(b"hello", unquote(argument))
    else:
        c.answer(b"", "404 Not Found")


def handle(stream, serial, context):
    try:
        if context:
            stream = context.wrap_socket(stream, server_side=True)
        connection = Connection(stream, serial)
        while True:
            serve(connection)
    except (Gone, OSError, ValueError):
        pass
    finally:
        stream.close()


def accept(listener, context, greeting):
    global connections
    while True:
        stream, _ = listener.accept()
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections += 1
        if greeting:
            stream.sendall(b"220 mail.example.com\r\n")
        threading.Thread(target=handle, args=(stream, connections, context), daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--greeting", action="store_true", help="speak first, and no HTTP")
    parser.add_argument("--old", action="store_true", help="at most TLS 1.1")
    parser.add_argument("--address", default="127.0.0.1")
    arguments = parser.parse_args()
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
        if arguments.old:
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
    listener = socket.create_server((arguments.address, 0), backlog=128,
                                    family=socket.AF_INET6 if ":" in arguments.address else socket.AF_INET)
    threading.Thread(target=accept, args=(listener, context, arguments.greeting), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.buffer.read()


main()
