"""Starting programs: timed ones, ones that only have to work, and ones whose memory is of interest."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """A program or a step of a benchmark did not do what it must; the text says which and how."""


@dataclass(frozen=True)
class Run:
    """One timed run: wall-clock seconds, and processor seconds of the program and its children."""

    seconds: float
    cpu_seconds: float


def environment(home: Path, **more: str) -> dict[str, str]:
    """What every measured program sees: nothing of the person who runs the benchmark, and no configuration."""
    return {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(home),
        **more,
    }


def syncfs(descriptor: int) -> None:
    """Makes everything on the descriptor's file system durable."""
    if _libc.syncfs(descriptor) != 0:
        raise OSError(ctypes.get_errno(), "syncfs")


def timed(argv: list[str], env: dict[str, str], log: Path, durable_on: Path | None = None) -> Run:
    """Runs a program once. Where `durable_on` is given, the time ends when its file system is on disk."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    disk = os.open(durable_on, os.O_RDONLY | os.O_DIRECTORY) if durable_on else None
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, output, 1),
        (os.POSIX_SPAWN_DUP2, output, 2),
    ]
    try:
        start = time.perf_counter()
        child = os.posix_spawn(argv[0], argv, env, file_actions=streams)
        _, status, usage = _wait(child)
        if disk is not None:
            syncfs(disk)
        seconds = time.perf_counter() - start
    finally:
        os.close(output)
        if disk is not None:
            os.close(disk)
    if status != 0:
        raise Failed(f"{_words(argv)} ended with {os.waitstatus_to_exitcode(status)}: {_tail(log)}")
    return Run(seconds, usage.ru_utime + usage.ru_stime)


def _wait(child: int):
    """Waits for a child, and leaves none behind when interrupted."""
    try:
        return os.wait4(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def checked(argv: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> str:
    """Runs a program that only has to work and returns what it printed."""
    done = subprocess.run(argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Failed(f"{_words(argv)} ended with {done.returncode}: {_last(done.stderr or done.stdout)}")
    return done.stdout


# A child's peak counts from before its exec, so a program started by this process would seem to need what Python
# needs. A second, bare interpreter starts it instead: what it needs itself is the floor under every figure.
_PEAK = """
import json, os, sys
null = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=null)
_, status, usage = os.wait4(child, 0)
os.write(1, b"%d %d" % (os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024))
"""


def peak_memory(argv: list[str], env: dict[str, str]) -> int:
    """The largest resident set of a program, in bytes."""
    output = checked([sys.executable, "-I", "-S", "-c", _PEAK, *argv], env)
    status, peak = output.split()
    if int(status) != 0:
        raise Failed(f"{_words(argv)} ended with {status}")
    return int(peak)


def peak_memory_floor(env: dict[str, str]) -> int:
    """What `peak_memory` reports for a program that needs nothing."""
    return peak_memory(["/bin/true"], env)


def json_output(argv: list[str], env: dict[str, str] | None = None):
    """Runs a program and reads the JSON that it prints."""
    output = checked(argv, env)
    try:
        return json.loads(output)
    except ValueError as error:
        raise Failed(f"{_words(argv)} printed something else than JSON: {error}") from error


def _words(argv: list[str]) -> str:
    text = " ".join([os.path.basename(argv[0]), *argv[1:]])
    return text if len(text) < 160 else text[:157] + "..."


def _tail(log: Path) -> str:
    return _last(log.read_text(errors="replace"))


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return " | ".join(lines[-3:])[-400:] or "it said nothing"
