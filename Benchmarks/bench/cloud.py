"""The cloud beside other WebDAV servers: one client for all, one file system, round after round in turns.

Ours has everything on disk when it answers; rclone and Apache sync nothing, so what they answered may be gone after a power cut.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .process import Failed, checked

SMALL_COUNT, SMALL_BYTES = 2000, 10_000
LARGE_BYTES = 512 << 20
PARALLEL = 8
_APACHE_MODULES = Path("/usr/lib/apache2/modules")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running server; `url` is where files are, without a slash at its end."""

    name: str
    url: str
    credentials: str
    process: subprocess.Popen
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def pids(self) -> list[int]:
        """The process and those that it has started."""
        found = [self.process.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            found += [int(child) for child in children.split()]
        return found

    def cpu_seconds(self) -> float:
        total = 0
        for pid in self.pids():
            total += sum(int(ticks) for ticks in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])
        return total / _TICKS

    def peak_bytes(self) -> int:
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))

    def measure(self, what: str, arguments: list[str], count: int) -> None:
        """Runs curl once, and takes its time and the server's work for each of `count` requests."""
        before, start = self.cpu_seconds(), time.perf_counter()
        _curl(self, arguments)
        self.seconds.setdefault(what, []).append(time.perf_counter() - start)
        self.cpu.setdefault(what, []).append((self.cpu_seconds() - before) / count)


def _curl(server: Server, arguments: list[str]) -> None:
    """Every answer has to be one of success."""
    argv = ["/usr/bin/curl", "-sS", "--fail", "-u", server.credentials, "-o", "/dev/null", *arguments]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{server.name}: {done.stderr.strip().splitlines()[-1:]}")


def compare(ycloud: Path, mount: Path, scratch: Path, rounds: int, say: Callable[[str], None]) -> dict:
    """Times of all servers, processor time for each small read, and the most memory that ours took."""
    sources = _sources(scratch)
    with ExitStack() as running:
        servers = [
            running.enter_context(start(*arguments))
            for start, arguments in [
                (_ycloud, (ycloud, mount)), (_apache, (mount, scratch)), (_rclone, (mount,)), (_nginx, (mount, scratch, sources))
            ]
            if shutil.which({_ycloud: str(ycloud), _apache: "apache2", _rclone: "rclone", _nginx: "nginx"}[start])
        ]
        writable = [server for server in servers if server.name != "nginx"]
        for number in range(rounds):
            say(f"cloud, round {number + 1} of {rounds}")
            turn = number % len(writable)
            for server in writable[turn:] + writable[:turn]:
                _small(server, number, sources)
            for server in servers:
                _reads(server, number)
        for number in range(max(1, rounds // 3)):
            for server in writable:
                _large(server, number, sources)
        return {
            "servers": {
                server.name: {"seconds": server.seconds, "cpu_per_request": server.cpu, "peak_bytes": server.peak_bytes()}
                for server in servers
            }
        }


def _small(server: Server, number: int, sources: Path) -> None:
    folder = f"{server.url}/d{number}"
    _curl(server, ["-X", "MKCOL", folder + "/"])
    together = ["--parallel", "--parallel-max", str(PARALLEL)]
    names = f"[0000-{SMALL_COUNT - 1}]"
    server.measure("put small", [*together, "-T", f"{sources}/{names}", folder + "/"], SMALL_COUNT)
    server.measure("get small", [*together, f"{folder}/{names}"], SMALL_COUNT)


def _reads(server: Server, number: int) -> None:
    """Reads alone, again and again, for the server's processor time."""
    folder = f"{server.url}/d{number}" if server.name != "nginx" else server.url
    server.measure("read", ["--parallel", "--parallel-max", str(PARALLEL), f"{folder}/[0000-{SMALL_COUNT - 1}]"], SMALL_COUNT)


def _large(server: Server, number: int, sources: Path) -> None:
    with open(sources / "large", "r+b") as file:
        # Other contents each time: nobody may know them from before.
        file.write(os.urandom(16))
    server.measure("put large", ["-T", str(sources / "large"), f"{server.url}/large{number}"], 1)
    server.measure("get large", [f"{server.url}/large{number}"], 1)
    _curl(server, ["-X", "DELETE", f"{server.url}/large{number}"])


def _sources(scratch: Path) -> Path:
    sources = scratch / "sources"
    sources.mkdir(exist_ok=True)
    for number in range(SMALL_COUNT):
        (sources / f"{number:04}").write_bytes(os.urandom(SMALL_BYTES))
    with open(sources / "large", "wb") as file:
        for _ in range(LARGE_BYTES >> 20):
            file.write(os.urandom(1 << 20))
    return sources


@contextmanager
def _running(name: str, argv: list[str], url: str, credentials: str, log: Path) -> Iterator[Server]:
    with open(log, "wb") as output:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url.split("/dav")[0] + "/", timeout=5)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if process.poll() is not None:
                    raise Failed(f"{name} ended: {log.read_text(errors='replace')[-300:]}") from None
                time.sleep(0.05)
        else:
            raise Failed(f"{name} does not answer")
        yield Server(name, url, credentials, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def _ycloud(ycloud: Path, mount: Path) -> Iterator[Server]:
    data, port = mount / "ycloud", _free_port()
    name = "ming@example.com"
    subprocess.run([ycloud, "admin", "account", "create", name, "--password-stdin", "--data", data], input=b"correct horse\n", check=True)
    password = checked([str(ycloud), "admin", "app-password", name, "--name", "bench", "--data", str(data)]).strip()
    argv = [str(ycloud), "serve", "--data", str(data), "--listen", f"127.0.0.1:{port}", "--log-level", "warning"]
    with _running("ycloud", argv, f"http://127.0.0.1:{port}/dav", f"{name}:{password}", mount / "ycloud.log") as server:
        yield server


@contextmanager
def _rclone(mount: Path) -> Iterator[Server]:
    (mount / "rclone").mkdir()
    port = _free_port()
    argv = ["rclone", "serve", "webdav", str(mount / "rclone"), "--addr", f"127.0.0.1:{port}", "--user", "u", "--pass", "p"]
    with _running("rclone", argv, f"http://127.0.0.1:{port}", "u:p", mount / "rclone.log") as server:
        yield server


@contextmanager
def _apache(mount: Path, scratch: Path) -> Iterator[Server]:
    files, locks, port = mount / "apache", mount / "apache-locks", _free_port()
    for directory in [files, locks]:
        directory.mkdir()
        shutil.chown(directory, "www-data")
    passwords = scratch / "apache.passwords"
    passwords.write_text("u:" + checked(["openssl", "passwd", "-apr1", "p"]))
    modules = ["mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dav", "dav_fs"]
    loaded = [f"LoadModule {name}_module {_APACHE_MODULES}/mod_{name}.so" for name in modules]
    configuration = scratch / "apache.conf"
    configuration.write_text("\n".join([
        f"ServerRoot {scratch}", f"PidFile {scratch}/apache.pid", f"Listen 127.0.0.1:{port}", "ServerName localhost", *loaded,
        "User www-data", "Group www-data", f"ErrorLog {scratch}/apache.log", f"DocumentRoot {files}",
        f"DavLockDB {locks}/db", f"<Directory {files}>", "Dav On", "AuthType Basic", "AuthName x",
        "AuthBasicProvider file", f"AuthUserFile {passwords}", "Require valid-user", "</Directory>", "",
    ]))
    os.chmod(passwords, 0o644)
    argv = ["apache2", "-f", str(configuration), "-DFOREGROUND"]
    with _running("apache", argv, f"http://127.0.0.1:{port}", "u:p", mount / "apache.out") as server:
        yield server


@contextmanager
def _nginx(mount: Path, scratch: Path, sources: Path) -> Iterator[Server]:
    """Static files of the same size, without so much as a password: the least that a server can do."""
    files, port = mount / "nginx", _free_port()
    files.mkdir()
    for number in range(SMALL_COUNT):
        shutil.copy(sources / f"{number:04}", files)
    configuration = scratch / "nginx.conf"
    configuration.write_text(
        f"daemon off; user www-data; pid {scratch}/nginx.pid; error_log {scratch}/nginx.log; worker_processes 2;\n"
        "events {}\n"
        f"http {{ access_log off; sendfile on; keepalive_requests 100000; server {{ listen 127.0.0.1:{port}; root {files}; }} }}\n"
    )
    argv = ["nginx", "-c", str(configuration), "-e", f"{scratch}/nginx.log"]
    with _running("nginx", argv, f"http://127.0.0.1:{port}", "u:p", mount / "nginx.out") as server:
        yield server


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
