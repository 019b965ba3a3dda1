"""What one syncfs saves over one fsync for each file: the files of a workload, written in both ways."""

import os
import shutil
import time
from pathlib import Path

from . import disk
from .process import syncfs
from .workload import Workload


def compare(workload: Workload, mount: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds to write the workload's files durably, the two ways in turn."""
    folders, files = _plan(workload.app)
    ways = {"one syncfs": _with_syncfs, "one fsync per file": _with_fsyncs}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            target = mount / "written"
            disk.settle(mount, 0.4)
            start = time.perf_counter()
            way(target, folders, files)
            times[name].append(time.perf_counter() - start)
            shutil.rmtree(target)
    return times


def _plan(app: Path) -> tuple[list[Path], list[tuple[Path, bytes]]]:
    folders, files = [], []
    for folder, _, names in sorted(os.walk(app)):
        relative = Path(folder).relative_to(app)
        folders.append(relative)
        files += [(relative / name, Path(folder, name).read_bytes()) for name in names]
    return folders, files


def _write(target: Path, folders: list[Path], files: list[tuple[Path, bytes]], durable: bool) -> None:
    for folder in folders:
        os.mkdir(target / folder)
    for path, contents in files:
        file = os.open(target / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(file, contents)
        if durable:
            os.fsync(file)
        os.close(file)


def _with_syncfs(target: Path, folders: list[Path], files: list[tuple[Path, bytes]]) -> None:
    _write(target, folders, files, durable=False)
    _on(target, syncfs)


def _with_fsyncs(target: Path, folders: list[Path], files: list[tuple[Path, bytes]]) -> None:
    _write(target, folders, files, durable=True)
    for folder in [*(target / folder for folder in folders), target.parent]:
        _on(folder, os.fsync)


def _on(folder: Path, call) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        call(descriptor)
    finally:
        os.close(descriptor)
