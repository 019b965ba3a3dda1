"""How fast small questions are answered: the version, and what is installed where 1,000 apps are."""

import os
import shutil
import statistics
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import disk, peers, workload
from .process import Failed, checked, timed


class Listing(ABC):
    """A database of small packages, and the command that lists them. Making it is not timed."""

    peer_type: type[peers.Peer]

    def __init__(self, peer: peers.Peer, directory: Path):
        self.peer = peer
        self.directory = directory

    @abstractmethod
    def fill(self, count: int) -> None:
        """Makes `count` installed packages in `directory`."""

    @abstractmethod
    def command(self) -> list[str]:
        """Lists them, one a line."""


class YpkgListing(Listing):
    peer_type = peers.Ypkg

    def fill(self, count: int) -> None:
        self.root = self.directory / "store"
        self.peer.sign(self._pack(0))
        self.peer.prepare(self.root, self.directory)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            packages = list(pool.map(self._signed, range(count)))
        for package in packages:
            self.peer.run("install", str(package), "--root", str(self.root))

    def _signed(self, number: int) -> Path:
        package = self._pack(number)
        self.peer.sign(package)
        return package

    def _pack(self, number: int) -> Path:
        app, package = self.directory / f"app{number}", self.directory / f"app{number}.ypkg"
        workload.write_app(app, f"app{number}.bench.yunos.com", f"App {number}", [])
        self.peer.run("pack", str(app), "--level", "3", "--output", str(package))
        return package

    def command(self) -> list[str]:
        return [self.peer.path, "list", "--root", str(self.root)]

    def one_more(self, count: int, rounds: int, log: Path) -> float:
        """Seconds that the install of one more small app takes, durable."""
        package = self._signed(count)
        install = [self.peer.path, "install", str(package), "--root", str(self.root)]
        times = []
        for _ in range(rounds):
            times.append(timed(install, self.peer.env, log, durable_on=self.directory).seconds)
            self.peer.run("remove", f"app{count}.bench.yunos.com", "--root", str(self.root))
        return statistics.median(times)


class DpkgListing(Listing):
    peer_type = peers.Dpkg

    def fill(self, count: int) -> None:
        (self.directory / "info").mkdir()
        with open(self.directory / "status", "w") as status:
            for number in range(count):
                status.write(
                    f"Package: app{number}\nStatus: install ok installed\nInstalled-Size: 4\n"
                    "Maintainer: Bench <bench@example.com>\nArchitecture: all\nVersion: 1.0\nDescription: an app\n\n"
                )
                (self.directory / f"info/app{number}.list").write_text(f"/.\n/opt\n/opt/app{number}\n")

    def command(self) -> list[str]:
        return ["/usr/bin/dpkg-query", f"--admindir={self.directory}", "--show"]


class PacmanListing(Listing):
    peer_type = peers.Pacman

    def fill(self, count: int) -> None:
        self.peer.prepare(self.directory / "root", self.directory)
        local = self.directory / "root/db/local"
        for number in range(count):
            entry = local / f"app{number}-1.0-1"
            entry.mkdir()
            (entry / "desc").write_text(
                f"%NAME%\napp{number}\n\n%VERSION%\n1.0-1\n\n%BASE%\napp{number}\n\n%DESC%\nan app\n\n%ARCH%\nany\n\n"
                "%BUILDDATE%\n1400000000\n\n%INSTALLDATE%\n1400000000\n\n%SIZE%\n4096\n\n%VALIDATION%\nnone\n\n"
            )
            (entry / "files").write_text(f"%FILES%\nopt/\nopt/app{number}\n\n")

    def command(self) -> list[str]:
        return [self.peer.path, "--config", str(self.directory / "root/pacman.conf"), "-Q"]


class RpmListing(Listing):
    peer_type = peers.Rpm

    def fill(self, count: int) -> None:
        spec = self.directory / "apps.spec"
        head = "Name: app\nVersion: 1.0\nRelease: 1\nSummary: apps\nLicense: Apache-2.0\nBuildArch: noarch\nAutoReqProv: no\n"
        parts = [
            f"%package -n app{number}\nSummary: an app\n%description -n app{number}\nan app\n%files -n app{number}\n"
            for number in range(count)
        ]
        spec.write_text(head + "%description\napps\n" + "".join(parts))
        packages = peers.rpm_build(spec, self.directory, 1, self.peer.env)
        checked([self.peer.path, *self._database(), "--initdb"], self.peer.env)
        options = [*peers.rpm_options(self.peer.path, self.peer.env), "--justdb", "-i"]
        checked([self.peer.path, *self._database(), *options, *map(str, packages)], self.peer.env)

    def _database(self) -> list[str]:
        return ["--dbpath", str(self.directory / "db")]

    def command(self) -> list[str]:
        return [self.peer.path, *self._database(), "--query", "--all"]


class FlatpakListing(Listing):
    """One app is installed; the others are copies of what that left under other names."""

    peer_type = peers.Flatpak

    def fill(self, count: int) -> None:
        app, repository = self.directory / "app", self.directory / "repository"
        workload.write_app(app, "app0.bench.yunos.com", "App", [])
        peers.flatpak_export(self.peer, repository, self.directory / "build", "com.example.bench", app)
        self.root = self.directory / "root"
        self.peer.prepare(self.root, repository)
        checked(self.peer.command(self.root, repository), self.peer.env)
        apps = self.root / "app"
        for number in range(1, count):
            shutil.copytree(apps / "com.example.bench", apps / f"com.example.bench{number}", symlinks=True)

    def command(self) -> list[str]:
        words = [self.peer.path, "list", "--user", "--app", "--columns=application,version"]
        return ["/usr/bin/env", f"FLATPAK_USER_DIR={self.root}", *words]


_LISTINGS = [YpkgListing, DpkgListing, PacmanListing, RpmListing, FlatpakListing]


class Queries:
    """Medians of many runs, the peers in turn."""

    def __init__(self, mount: Path, log: Path, apps: int, rounds: int):
        self.mount = mount
        self.log = log
        self.apps = apps
        self.rounds = rounds
        self.failed: dict[str, str] = {}
        self.one_more_seconds: dict[int, float] = {}

    def versions(self, installers: list[peers.Peer]) -> dict[str, list[float]]:
        """Beside what starting any program takes."""
        commands = {peer.program: ([peer.path, *peer.version_arguments], peer.env) for peer in installers}
        return self._interleaved({**commands, "true": (["/bin/true"], installers[0].env)})

    def listings(self, installers: list[peers.Peer], say) -> dict[str, list[float]]:
        directory = self.mount / "lists"
        directory.mkdir()
        try:
            commands = {}
            for peer in installers:
                made = next((kind for kind in _LISTINGS if kind.peer_type is type(peer)), None)
                if made is None:
                    continue
                try:
                    commands[peer.program] = self._made(made, peer, directory / peer.program, say)
                except (Failed, OSError) as error:
                    self.failed[f"{peer.program} list"] = str(error)
            disk.settle(self.mount, 0.5)
            return self._interleaved(commands)
        finally:
            disk.remove(directory)

    def _made(self, kind: type[Listing], peer: peers.Peer, directory: Path, say) -> tuple[list[str], dict[str, str]]:
        directory.mkdir()
        listing = kind(peer, directory)
        listing.fill(self.apps)
        lines = checked(listing.command(), peer.env).splitlines()
        if len(lines) < self.apps:
            raise Failed(f"{peer.program} lists {len(lines)} of {self.apps} packages")
        say(f"{self.apps} packages for {peer.program} list")
        if isinstance(listing, YpkgListing):
            self.one_more_seconds[self.apps] = listing.one_more(self.apps, 5, self.log)
        return listing.command(), peer.env

    def _interleaved(self, commands: dict[str, tuple[list[str], dict[str, str]]]) -> dict[str, list[float]]:
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(self.rounds + 1):
            for name, (argv, env) in commands.items():
                run = timed(argv, env, self.log)
                if number > 0:
                    times[name].append(run.seconds)
        return times
