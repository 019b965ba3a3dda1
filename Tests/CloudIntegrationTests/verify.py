"""Compares what is on a server with what load.py was told; prints each difference."""

import hashlib
import http.client
import json
import base64
import sys

port, name, password = sys.argv[1:4]
headers = {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
said = json.load(sys.stdin)
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
count = 0
for folder, files in said["files"].items():
    doubtful = said["doubtful"][folder]
    seen = {}
    for key in set(files) | set(doubtful):
        connection.request("GET", f"{folder}/{key}", headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        seen[key] = hashlib.sha256(data).hexdigest() if answer.status == 200 else None
        if answer.status not in (200, 404):
            print(f"{folder}/{key}: {answer.status}")
    # What was under way changed all of its names, or none.
    before = {key: pair[0] for key, pair in doubtful.items()}
    after = {key: pair[1] for key, pair in doubtful.items()}
    within = {key: seen[key] for key in doubtful}
    if within not in (before, after):
        print(f"{folder}: half of a change: {within}")
    for key, expected in files.items():
        count += 1
        if key not in doubtful and seen[key] != expected:
            print(f"{folder}/{key}: {seen[key]} instead of {expected}")
print(f"{count} compared")
