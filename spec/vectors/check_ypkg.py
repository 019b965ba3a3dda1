#!/usr/bin/env python3
"""Puts the vectors to a ypkg: check_ypkg.py YPKG [DIRECTORY OF BUNDLES]. Prints every disagreement."""

import concurrent.futures
import datetime
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=120)


def check_bundles(ypkg, directory, scratch):
    vectors = json.loads((directory / "expect.json").read_text())
    roots = {}
    for vector in vectors:
        name = "+".join(f"{a['key']}-{a['class']}" for a in vector["anchors"]) or "none"
        if name not in roots:
            roots[name] = scratch / name
            roots[name].mkdir()
            for anchor in vector["anchors"]:
                added = run(ypkg, "trust", "add", HERE / "keys" / (anchor["key"] + ".pub"), "--class", anchor["class"], "--root", roots[name])
                assert added.returncode == 0, added
        vector["root"] = roots[name]
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()

    def one(vector):
        done = run(ypkg, "verify", directory / vector["file"], "--root", vector["root"], "--json")
        try:
            answer = json.loads(done.stdout)
            error = answer.get("error") or {}
        except ValueError:
            return "no JSON", done.returncode, done.stdout + done.stderr
        return error.get("code", "ok"), done.returncode, error.get("message", "")
    wrong = 0
    vectors = [v for v in vectors if not ("until" in v["file"] and today > v["today"]) and v.get("today", "") != "2031-02-01"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for vector, (code, status, message) in zip(vectors, pool.map(one, vectors)):
            if (code, status) != (vector["result"], vector["exit"]):
                wrong += 1
                print(f"{vector['file']}: {vector['rule']} expected {vector['result']} {vector['exit']}, got {code} {status}: {message}"
                      f"   [{vector['why']}]")
    return len(vectors), wrong


def check_manifests(ypkg, directory, scratch):
    """Packs each manifest with the files of tree.json and compares the places of the mistakes."""
    wrong = 0
    vectors = json.loads((directory / "expect.json").read_text())
    app = scratch / "app"
    for entry in json.loads((directory / "tree.json").read_text()):
        path = app / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        path.chmod(int(entry["mode"], 8))
    for vector in vectors:
        (app / "manifest.json").write_bytes((directory / vector["file"]).read_bytes())
        done = run(ypkg, "pack", app, "--output", scratch / "out.ypkg", "--level", "1")
        (scratch / "out.ypkg").unlink(missing_ok=True)
        said = [line for line in done.stderr.splitlines() if line.startswith("error:")]
        found = sorted(tuple(map(int, m.groups())) for line in said for m in [re.search(r"manifest\.json:(\d+):(\d+):", line)] if m)
        expected = sorted((place["line"], place["column"]) for place in vector["diagnostics"])
        if found != expected or done.returncode != (65 if expected else 0):
            wrong += 1
            print(f"{vector['file']}: {vector['rule']} expected {expected}, got {found} {done.returncode}   [{vector['why']}]")
            print("    " + "\n    ".join(said))
    return len(vectors), wrong


def main():
    ypkg = Path(sys.argv[1]).resolve()
    directory = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "bundles"
    with tempfile.TemporaryDirectory() as scratch:
        count, wrong = check_bundles(ypkg, directory, Path(scratch))
        manifests, wrong_manifests = check_manifests(ypkg, HERE / "manifests", Path(scratch))
    print(f"{count} packages, {wrong} disagreements; {manifests} manifests, {wrong_manifests} disagreements")
    sys.exit(1 if wrong or wrong_manifests else 0)


if __name__ == "__main__":
    main()
