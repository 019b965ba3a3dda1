#!/usr/bin/env python3
"""Writes all vectors beside this file. The same releases of Python, zstd and minisign give the same bytes.

    generate.py          writes the vectors that are kept
    generate.py --all D  writes all packages into the directory D (which is emptied), 10 MB, and their expect.json
"""

import json
import shutil
import sys
from pathlib import Path

import bundle_vectors
import manifest_vectors
import signature_vectors

HERE = Path(__file__).resolve().parent


# Packages that only `--all` writes, so that what is kept stays small: near relatives of others that are kept.
RELATIVES = """header-size-no-nul header-gid header-uname header-mode-short header-prefix header-device header-type-nul header-type-7
header-link-name header-behind-name header-checksum-spelling header-global-pax header-no-magic payload-skippable-behind payload-empty-frame
payload-tar-mode payload-tar-block-device payload-tar-directory payload-tar-sparse payload-tar-size-large payload-tar-uid
payload-tar-checksum payload-tar-gnu-magic payload-tar-uname payload-tar-no-end payload-tar-order payload-tar-twice payload-tar-pax-path
payload-tar-pax-header-name payload-tar-name-out payload-bomb-size payload-bomb-announced payload-size-lies payload-dictionary
payload-reserved-block payload-no-last-block payload-tar payload-zeros payload-contents-second profile-below profile-changed
profile-no-domain profile-pattern-suffix profile-legacy profile-signature-alone profile-good-pattern-deep profile-good-system
profile-malformed-pattern profile-self profile-behind-lineage lineage-legacy lineage-changed lineage-link-missing lineage-other-text
lineage-backwards lineage-good-longest lineage-malformed-type signature-three-lines signature-no-comment signature-comment-name
signature-trusted-name signature-base64 signature-short signature-algorithm signature-binary signed-no-global signed-no-anchor
signed-other-text type-lineage-as-index limit-nine-signatures limit-profile twice-index twice-index.minisig twice-signature
order-ypkg-version-manifest.json order-store-first missing-index unknown-second signature-name-empty
signature-name-long dot-slash padding-payload trailing-package trailing-record text deb zstd byte-before version-no-lf
index-leading-zero index-behind-end index-digest-upper index-domain-upper index-frames-one-missing index-frames-payload-less
entry-parent-file entry-target-dangling entry-target-self entry-fold-nfc path-dot path-control path-deep path-component
limit-signature-long payload-gzip header-mode-0755 limit-file good-longest-path good-frame-no-size truncated-ypkg-version-1
manifest-service-not-executable manifest-cut manifest-latin1 manifest-icon manifest-duplicate-key good-eight-signatures good-raw-frame
profile-good-pattern lineage-malformed-hex-upper profile-malformed-no-until type-index-2 header-gnu-long
signature-five-lines flip-version-header flip-manifest-header flip-payload-magic flip-global-signature
payload-tar-symlink manifest-empty manifest-bom
manifest-content-directory order-signatures signed-other-id index-crlf limit-frame-plain lineage-other-anchor""".split()


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def rows(path, vectors):
    """One line for each vector, so that a change is one line."""
    lines = ",\n".join("  " + json.dumps(vector, ensure_ascii=False) for vector in vectors)
    path.write_text(f"[\n{lines}\n]\n")


def written(target, vectors, files):
    fresh(target)
    for name, data in files.items():
        (target / name).write_bytes(data)
    rows(target / "expect.json", vectors)


def bundles(target, everything):
    """All packages, or those that are kept: a text says the same as a package, where the fault is in a text alone."""
    vectors, files, texts = bundle_vectors.all_vectors(everything)
    spoken = {text["name"] for text in texts if text["result"] != "ok"} - bundle_vectors.WHOLE
    known = {vector["file"][:-5] for vector in vectors}
    assert bundle_vectors.WHOLE <= known and known.issuperset(RELATIVES), (bundle_vectors.WHOLE | set(RELATIVES)) - known
    spoken.update(RELATIVES)
    if not everything:
        vectors = [vector for vector in vectors if vector["file"][:-5] not in spoken]
    fresh(target)
    for name in {vector["file"] for vector in vectors}:
        (target / name).write_bytes(files[name])
    rows(target / "expect.json", vectors)
    return vectors, texts


def main():
    if sys.argv[1:2] == ["--all"]:
        print(len(bundles(Path(sys.argv[2]), True)[0]), "packages")
        return
    key_vectors, key_files = signature_vectors.key_vectors()
    written(HERE / "keys", key_vectors, key_files)
    signatures = signature_vectors.all_vectors(HERE / "signatures", HERE / "keys")
    written(HERE / "signatures", *signatures)
    manifests = manifest_vectors.all_vectors()
    written(HERE / "manifests", *manifests)
    (HERE / "manifests" / "tree.json").write_text(json.dumps(manifest_vectors.TREE, indent=1) + "\n")
    vectors, texts = bundles(HERE / "bundles", False)
    rows(fresh(HERE / "texts") / "expect.json", texts)
    print(len(vectors), "packages,", len(texts), "texts,", len(manifests[0]), "manifests,", len(signatures[0]), "signatures,",
          len(key_vectors), "keys")


if __name__ == "__main__":
    main()
