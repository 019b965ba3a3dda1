"""Passes connections on to a port and cuts each after a number of bytes from its client; the last number holds for all that
follow, and 0 is never. Prints its own port; ends with its standard input.

    cutting-proxy.py PORT BYTES...
"""

import socket
import struct
import sys
import threading

target, cuts = int(sys.argv[1]), [int(text) for text in sys.argv[2:]]
lock = threading.Lock()


def copy(source, sink, limit):
    passed = 0
    try:
        while data := source.recv(16384):
            if limit and passed + len(data) >= limit:
                sink.sendall(data[: limit - passed])
                break
            sink.sendall(data)
            passed += len(data)
    except OSError:
        pass
    if limit and passed:
        # As a network that goes: half of the cuts are told to nobody but by a reset.
        for end in (source, sink):
            if limit % 2:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()


def serve(client):
    with lock:
        limit = cuts.pop(0) if len(cuts) > 1 else cuts[0]
    server = socket.create_connection(("127.0.0.1", target))
    threading.Thread(target=copy, args=(server, client, 0), daemon=True).start()
    copy(client, server, limit)


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def accept():
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
