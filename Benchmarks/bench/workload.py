"""The apps that are installed: real files of this machine, chosen by a seeded rule, made into an app directory."""

import bisect
import json
import os
import random
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

SEED = 20141111
SOURCES = ["/usr/share", "/usr/lib", "/usr/bin", "/usr/libexec", "/opt/swift"]
# Where the files lie in every package, below its root; the app directory that is packed is the same one.
PREFIX = "opt/yun-bench"
_BIG_BYTES = range(100 << 20, 160 << 20)
_PLAIN = re.compile(r"[A-Za-z0-9._+@/-]+")
_MB = 1_000_000


@dataclass(frozen=True)
class Shape:
    """What a workload has to look like."""

    name: str
    title: str
    files: int
    content_bytes: int
    big_files: int = 0


SHAPES = {
    shape.name: shape
    for shape in [
        Shape("W1", "300 files, 4 MB", 300, 4 * _MB),
        Shape("W2", "10,000 files, 90 MB", 10_000, 90 * _MB),
        Shape("W3", "200 files, 1 GB, some over 100 MB", 200, 1000 * _MB, big_files=3),
    ]
}


@dataclass(frozen=True)
class Workload:
    """A workload on disk. `root` holds the app directory at PREFIX, as a package manager would see it."""

    shape: Shape
    root: Path
    files: int
    directories: int
    content_bytes: int
    generated_files: int

    @property
    def app(self) -> Path:
        return self.root / PREFIX

    @property
    def domain(self) -> str:
        return f"{self.shape.name.lower()}.bench.yunos.com"


@dataclass(frozen=True, order=True)
class _File:
    path: str
    size: int


def build(shape: Shape, directory: Path) -> Workload:
    """Makes a workload below `directory`, or takes the one that an earlier run with the same rule left there."""
    facts = directory / "workload.json"
    root = directory / "root"
    if facts.exists():
        return Workload(shape, root, **json.loads(facts.read_text()))
    shutil.rmtree(directory, ignore_errors=True)
    app = root / PREFIX
    app.mkdir(parents=True)
    chosen = choose(shape, scan(SOURCES))
    for file in chosen:
        _copy(file, app / "tree" / file.path.lstrip("/"))
    generated = _generate(shape, chosen, app / "tree" / "generated")
    _describe(shape, app)
    for path in [root, *root.rglob("*")]:
        # Same times everywhere, so that packages made from this are the same too.
        os.utime(path, (1_400_000_000, 1_400_000_000))
    counted = _count(app)
    facts.write_text(json.dumps(counted | {"generated_files": generated}))
    return Workload(shape, root, generated_files=generated, **counted)


def scan(sources: list[str]) -> list[_File]:
    """All usable files below `sources`, in the order of their paths."""
    found: list[_File] = []
    for source in sources:
        for folder, folders, names in os.walk(source):
            folders.sort()
            for name in names:
                path = os.path.join(folder, name)
                try:
                    status = os.lstat(path)
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode) and status.st_size > 0 and _PLAIN.fullmatch(path):
                    found.append(_File(path, status.st_size))
    return _without_collisions(_without_copies(sorted(found)))


def _without_copies(files: list[_File]) -> list[_File]:
    """Drops large files that are as long as an earlier one: most are the same file once more, which an installer
    that stores equal files once would not write again."""
    lengths: set[int] = set()
    kept = []
    for file in files:
        if file.size < 64 << 10 or file.size not in lengths:
            kept.append(file)
        lengths.add(file.size)
    return kept


def _without_collisions(files: list[_File]) -> list[_File]:
    """Drops files whose path differs from an earlier one's only by case in any part, which no package may hold."""
    spelled: dict[str, str] = {}

    def fits(path: str) -> bool:
        if path == "/":
            return True
        return spelled.setdefault(path.lower(), path) == path and fits(os.path.dirname(path))

    return [file for file in files if fits(file.path)]


def choose(shape: Shape, candidates: list[_File]) -> list[_File]:
    """Picks stretches of neighbouring files at random, so that directories hold as much as they really do, until
    there are enough; then trades single files until the bytes are right as well."""
    rng = random.Random(f"{SEED} {shape.name}")
    big = [file for file in candidates if file.size in _BIG_BYTES]
    rng.shuffle(big)
    big = big[: shape.big_files]
    count = shape.files - len(big)
    wanted = shape.content_bytes - sum(file.size for file in big)
    pool = _pool(shape, candidates, wanted / count)
    stretch = max(50, count // 10)
    starts = list(range(0, len(pool), stretch))
    rng.shuffle(starts)
    small = [file for start in starts for file in pool[start : start + stretch]][:count]
    return sorted(big + _trade(small, pool, wanted))


def _pool(shape: Shape, candidates: list[_File], mean: float) -> list[_File]:
    """Files of such sizes that their mean is the wanted one: small ones for many files, large ones for few."""
    files = sorted((file for file in candidates if file.size < _BIG_BYTES.start), key=lambda file: (file.size, file.path))
    total = sum(file.size for file in files)
    if shape.big_files:
        start = 0
        while start < len(files) - 1 and total / (len(files) - start) < mean:
            total -= files[start].size
            start += 1
        return sorted(files[start:])
    while len(files) > 1 and total / len(files) > mean:
        total -= files.pop().size
    return sorted(files)


def _trade(chosen: list[_File], pool: list[_File], wanted: int) -> list[_File]:
    """Replaces chosen files by others until their sum is within half a percent of `wanted`, or no trade helps."""
    taken = set(chosen)
    spare = sorted((file.size, file.path) for file in pool if file not in taken)
    chosen = list(chosen)
    gap = wanted - sum(file.size for file in chosen)
    for number, file in enumerate(chosen):
        if abs(gap) <= wanted // 200 or not spare:
            break
        place = min(bisect.bisect(spare, (max(1, file.size + gap), "")), len(spare) - 1)
        size, path = spare[place]
        if abs(gap - (size - file.size)) < abs(gap):
            spare.pop(place)
            chosen[number] = _File(path, size)
            gap -= size - file.size
    return chosen


def _copy(file: _File, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file.path, target)
    target.chmod(0o755 if os.access(file.path, os.X_OK) and os.stat(file.path).st_mode & 0o111 else 0o644)


def _generate(shape: Shape, chosen: list[_File], folder: Path) -> int:
    """Makes up what the machine has too little of: bytes that compress to about a half."""
    count = shape.files - len(chosen)
    missing = shape.content_bytes - sum(file.size for file in chosen)
    if count <= 0 and missing < shape.content_bytes // 20:
        return 0
    count = max(count, 1)
    rng = random.Random(f"{SEED} {shape.name} generated")
    big = max(0, shape.big_files - sum(file.size in _BIG_BYTES for file in chosen))
    sizes = [_BIG_BYTES.start + _MB] * big
    rest = max(1, count - big)
    sizes += [max(1, (missing - sum(sizes)) // rest)] * rest
    for number, size in enumerate(sizes):
        path = folder / f"{number // 50:03}" / f"{number:05}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as output:
            for start in range(0, size, 64 << 10):
                piece = rng.randbytes(32 << 10) + b"Made up, because this machine has too few files. " * 669
                output.write(piece[: min(64 << 10, size - start)])
    return len(sizes)


def _describe(shape: Shape, app: Path) -> None:
    """What makes a directory an app."""
    write_app(app, f"{shape.name.lower()}.bench.yunos.com", f"Workload {shape.name}", ["tree/**"])


def write_app(app: Path, domain: str, title: str, more_files: list[str]) -> None:
    """Writes manifest, page and icon of an app with one page."""
    manifest = {
        "domain": {"name": domain, "title": title, "version": "1.0.0", "version_code": 1, "use_sdk": 1},
        "pages": [
            {
                "uri": f"page://{domain}/home",
                "type": "web",
                "content_path": "index.html",
                "main": True,
                "title": title,
                "icon": "icon.svg",
            }
        ],
        "files": ["index.html", "icon.svg", *more_files],
    }
    app.mkdir(parents=True, exist_ok=True)
    (app / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (app / "index.html").write_text(f"<!doctype html><title>{title}</title><p>{title}</p>\n")
    (app / "icon.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><circle cx="24" cy="24" r="20" fill="#e8590c"/></svg>\n'
    )


def _count(app: Path) -> dict[str, int]:
    files = directories = content_bytes = 0
    for folder, _, names in os.walk(app):
        directories += 1
        files += len(names)
        content_bytes += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    return {"files": files, "directories": directories, "content_bytes": content_bytes}
