"""What ypkg needs and what bounds it: peak memory, verification beside reading and hashing, the size of the program."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import disk
from .peers import Ypkg
from .process import Failed, checked, json_output, peak_memory, timed
from .workload import Workload

# zstd frames begin with this, little-endian.
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def memory(ypkg: Ypkg, workload: Workload, package: Path, mount: Path, levels: list[int | None]) -> dict[str, int]:
    """Peak bytes of pack, verify and install. A level of `None` is the tool's own default."""
    peaks = {}
    scratch = mount / "packed.ypkg"
    for level in levels:
        options = [] if level is None else ["--level", str(level)]
        name = "pack" if level is None else f"pack --level {level}"
        command = [ypkg.path, "pack", str(workload.app), *options, "--output", str(scratch)]
        peaks[name] = peak_memory(command, ypkg.env)
        scratch.unlink()
    peaks["verify"] = peak_memory(verify_command(ypkg, package), ypkg.env)
    root = mount / "root"
    try:
        ypkg.prepare(root, package)
        peaks["install"] = peak_memory(ypkg.command(root, package), ypkg.env)
    finally:
        disk.remove(root)
    return peaks


def verify_command(ypkg: Ypkg, package: Path) -> list[str]:
    return [ypkg.path, "verify", str(package), "--key", str(ypkg.key)]


class Verification:
    """`ypkg verify` beside what it cannot do without: reading the package, and hashing the package and its contents
    on all cores. Decompressing is timed too, to show where the rest of the time goes."""

    def __init__(self, ypkg: Ypkg, workload: Workload, package: Path, directory: Path):
        self.ypkg = ypkg
        self.package = package
        self.directory = directory
        self.cores = os.cpu_count() or 1
        self.contents = _parts([path for path in sorted(workload.app.rglob("*")) if path.is_file()], self.cores)

    def run(self, rounds: int) -> dict[str, list[float]]:
        """Seconds of each, in turn."""
        steps = self._steps()
        times: dict[str, list[float]] = {name: [] for name in steps}
        for number in range(rounds + 1):
            for name, step in steps.items():
                seconds = step()
                if number > 0:
                    times[name].append(seconds)
        return times

    def _steps(self):
        log, env = self.directory / "log", self.ypkg.env
        package = _cut(self.package, self.directory / "parts", self.cores)
        hashing = [_hasher() + [str(path)] for path in package]
        hashing_contents = [_hasher() + [str(path)] for path in self._joined()]
        steps = {
            "verify": lambda: timed(verify_command(self.ypkg, self.package), env, log).seconds,
            "read": lambda: timed(["/bin/cat", str(self.package)], env, Path("/dev/null")).seconds,
            "hash package": lambda: self._together(hashing),
            "hash contents": lambda: self._together(hashing_contents),
        }
        if zstd := shutil.which("zstd"):
            frames = _cut_frames(self.ypkg, self.package, self.directory / "frames", self.cores)
            decoding = [[zstd, "-d", "-q", "-f", "-o", "/dev/null", str(path)] for path in frames]
            steps["decompress"] = lambda: self._together(decoding)
        return steps

    def _joined(self) -> list[Path]:
        """The contents as one file a core, so that opening 10,000 files is not part of hashing."""
        folder = self.directory / "contents"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number, files in enumerate(self.contents):
            with open(folder / str(number), "wb") as output:
                for file in files:
                    with open(file, "rb") as source:
                        shutil.copyfileobj(source, output, 1 << 20)
        return sorted(folder.iterdir())

    def _together(self, commands: list[list[str]]) -> float:
        """Seconds until all of the commands, started at once, have ended."""
        start = time.perf_counter()
        with ThreadPoolExecutor(len(commands)) as pool:
            env = self.ypkg.env
            logs = [self.directory / f"log{number}" for number in range(len(commands))]
            list(pool.map(lambda command, log: timed(command, env, log), commands, logs))
        return time.perf_counter() - start


def _hasher() -> list[str]:
    """The machine's fastest SHA-256: OpenSSL uses the processor's instructions where coreutils may not."""
    openssl = shutil.which("openssl")
    return [openssl, "dgst", "-sha256"] if openssl else ["/usr/bin/sha256sum"]


def hasher_name() -> str:
    return Path(_hasher()[0]).name


def _parts(files: list[Path], count: int) -> list[list[Path]]:
    """Shares files out so that each share has about the same bytes."""
    shares: list[list[Path]] = [[] for _ in range(count)]
    totals = [0] * count
    for size, file in sorted(((file.stat().st_size, file) for file in files), reverse=True):
        least = totals.index(min(totals))
        shares[least].append(file)
        totals[least] += size
    return shares


def _cut(file: Path, folder: Path, count: int) -> list[Path]:
    """Equal parts of a file."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    size = file.stat().st_size
    bounds = [size * number // count for number in range(count + 1)]
    with open(file, "rb") as source:
        for number in range(count):
            _copy(source, folder / str(number), bounds[number + 1] - bounds[number])
    return sorted(folder.iterdir())


def _cut_frames(ypkg: Ypkg, package: Path, folder: Path, count: int) -> list[Path]:
    """The payload's frames in `count` files of about the same size. The package is a tar; its index, which lists
    the frames' lengths, and its payload are taken out by their headers."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with open(package, "rb") as source:
        lengths: list[int] = []
        while True:
            header = source.read(512)
            name = header[:100].rstrip(b"\0").decode()
            size = int(header[124:135], 8)
            if name == "payload.tar.zst":
                break
            contents = source.read(-(-size // 512) * 512)[:size]
            if name == "index":
                lines = [line.split("\t") for line in contents.decode().splitlines()]
                lengths = [int(line[1]) for line in lines if line[0] == "frame"]
        total, done, number, group = sum(lengths), 0, 0, 0
        for length in lengths:
            done, group = done + length, group + length
            if done >= total * (number + 1) // count:
                _copy(source, folder / str(number), group)
                number, group = number + 1, 0
    parts = sorted(folder.iterdir())
    for part in parts:
        with open(part, "rb") as stream:
            if stream.read(4) != _ZSTD_MAGIC:
                raise Failed("the frames of the package are not where its index says")
    return parts


def _copy(source, target: Path, count: int) -> None:
    with open(target, "wb") as output:
        while count > 0:
            piece = source.read(min(count, 8 << 20))
            output.write(piece)
            count -= len(piece)


def program_bytes(ypkg: Ypkg, directory: Path) -> dict[str, int]:
    """Length of the program as it is, and without its symbols."""
    strip = shutil.which("strip") or shutil.which("llvm-strip")
    if not strip:
        raise Failed("strip is not installed")
    stripped = directory / "stripped"
    checked([strip, "-o", str(stripped), ypkg.path])
    sizes = {"as built": ypkg.tool.stat().st_size, "stripped": stripped.stat().st_size}
    stripped.unlink()
    return sizes


def pages(program: Path) -> dict[str, float]:
    """What the program for running apps prints: `{"name": value}`."""
    values = json_output([str(program)])
    if not isinstance(values, dict):
        raise Failed(f"{program} printed no JSON object")
    return {str(name): float(value) for name, value in values.items() if isinstance(value, (int, float))}

