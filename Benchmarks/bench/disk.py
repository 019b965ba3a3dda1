"""The file system that is measured on: a journalled ext4 in a file of its own, mounted where nobody else sees it."""

import ctypes
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .process import Failed, checked, syncfs

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MNT_DETACH = 2


def enter_private_mounts() -> None:
    """Gives this process a view of mounts of its own: whatever is mounted from here on ends with the process,
    however that ends, and configuration can be hidden without touching the machine."""
    if os.geteuid() != 0:
        raise Failed("the benchmarks mount a file system of their own: run them as root")
    if _libc.unshare(_CLONE_NEWNS) != 0:
        raise Failed(f"cannot make private mounts: {os.strerror(ctypes.get_errno())}; not possible in this container")
    _mount(None, Path("/"), _MS_REC | _MS_PRIVATE)


def hide(path: Path, empty: Path) -> None:
    """Puts something empty over a file or directory of the machine, for this process and its children."""
    if path.exists():
        _mount(empty, path, _MS_BIND)


def _mount(source: Path | None, target: Path, flags: int) -> None:
    name = os.fsencode(source) if source else b"none"
    if _libc.mount(name, os.fsencode(target), None, ctypes.c_ulong(flags), None) != 0:
        raise Failed(f"cannot mount on {target}: {os.strerror(ctypes.get_errno())}")


@contextmanager
def image(directory: Path, image_bytes: int) -> Iterator[Path]:
    """A mounted ext4 with a journal. All its blocks are written beforehand, so that no run pays for the first use
    of a part of the file below it."""
    file, target = directory / "image", directory / "mnt"
    target.mkdir()
    try:
        _fill(file, image_bytes)
        options = "lazy_itable_init=0,lazy_journal_init=0,nodiscard"
        checked(["/usr/sbin/mkfs.ext4", "-q", "-F", "-O", "has_journal", "-E", options, str(file)])
        checked(["/bin/mount", "-o", "loop,noatime", str(file), str(target)])
        try:
            yield target
        finally:
            # A program that was interrupted may still hold a file open; the mount then goes when it does.
            _libc.umount2(os.fsencode(target), _MNT_DETACH)
    finally:
        file.unlink(missing_ok=True)
        target.rmdir()


def _fill(file: Path, count: int) -> None:
    piece = b"\xa5" * (8 << 20)
    with open(file, "wb", buffering=0) as output:
        for _ in range(count // len(piece)):
            output.write(piece)
        os.fsync(output.fileno())


def remove(tree: Path) -> None:
    """Deletes what a run made, and waits until that is over: the next run must not pay for it."""
    shutil.rmtree(tree, ignore_errors=True)


def settle(mount: Path, seconds: float) -> None:
    """Lets the disk come to rest before a measurement."""
    descriptor = os.open(mount, os.O_RDONLY | os.O_DIRECTORY)
    try:
        syncfs(descriptor)
    finally:
        os.close(descriptor)
    time.sleep(seconds)


def read_into_cache(file: Path) -> None:
    """Reads a file so that a run finds it in memory."""
    with open(file, "rb", buffering=0) as stream:
        while stream.read(8 << 20):
            pass
