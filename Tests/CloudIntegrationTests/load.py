"""Writers that remember what they were told: each works on its own folder until the server goes away, and then prints what must be
there: for every name the digest of its bytes, or null; with what was under way when it ended, either is right."""

import hashlib
import http.client
import json
import base64
import random
import sys
import threading

port, name, password, writers, seed, limit = sys.argv[1:7]
headers = {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
acknowledged = 0
counting = threading.Lock()


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Writer(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.folder = f"/dav/w{number}"
        self.random = random.Random(f"{seed}-{number}")
        self.files = {}
        self.doubtful = {}

    def ask(self, method, path, body=None, more=None):
        self.connection.request(method, path, body, headers | (more or {}))
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def change(self, expected, after, *request):
        """`after` is what holds when the answer is one of `expected`."""
        self.doubtful = {key: [self.files.get(key), value] for key, value in after.items()}
        status = self.ask(*request)
        assert status in expected, (request[:2], status)
        self.files.update(after)
        self.doubtful = {}
        global acknowledged
        with counting:
            acknowledged += 1
            if acknowledged == int(limit):
                print("now", flush=True)

    def step(self):
        key = f"f{self.random.randrange(20)}"
        other = f"f{self.random.randrange(20)}"
        path, otherPath = f"{self.folder}/{key}", f"{self.folder}/{other}"
        there = [k for k, v in self.files.items() if v]
        kind = self.random.random()
        if kind < 0.6 or key not in there or key == other:
            size = self.random.choice([0, 10, 10_000, 65_536, 65_537, 1_500_000])
            data = self.random.randbytes(size)
            self.change({201, 204}, {key: digest(data)}, "PUT", path, data)
        elif kind < 0.75:
            self.change({201, 204}, {key: None, other: self.files[key]}, "MOVE", path, None, {"Destination": otherPath})
        elif kind < 0.9:
            self.change({201, 204}, {other: self.files[key]}, "COPY", path, None, {"Destination": otherPath})
        else:
            self.change({204}, {key: None}, "DELETE", path)

    def run(self):
        try:
            self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
            assert self.ask("MKCOL", self.folder + "/") == 201
            while True:
                self.step()
        except (OSError, http.client.HTTPException):
            pass


threads = [Writer(number) for number in range(int(writers))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"files": {t.folder: t.files for t in threads}, "doubtful": {t.folder: t.doubtful for t in threads}}))
