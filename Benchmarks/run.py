#!/usr/bin/env python3
"""Measures ypkg beside other installers and against its targets; see Benchmarks/README.md."""

import argparse
import os
import shutil
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import cloud, disk, installs, machine, peers, process, queries, report, resources, syncing, workload

SECTIONS = ["install", "memory", "verify", "queries", "syncing", "cloud", "program", "pages"]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ypkg", type=Path, required=True, help="the release build to measure")
    parser.add_argument("--page-figures", type=Path, help="a program that prints figures of running apps as JSON")
    parser.add_argument("--out", type=Path, default=Path("docs"), help="where the results are written")
    parser.add_argument("--rounds", type=int, help="rounds of W2 and W3; W1 has three times as many (default 9)")
    parser.add_argument("--workloads", help="some of W1,W2,W3")
    parser.add_argument("--peers", help="some of bsdtar,dpkg,pacman,rpm,flatpak; ypkg is always there")
    parser.add_argument("--sections", default=",".join(SECTIONS), help=f"some of {','.join(SECTIONS)}")
    parser.add_argument("--level", type=int, default=9, help="zstd level of the packages (default 9)")
    parser.add_argument("--quick", action="store_true", help="two rounds of W1 and W2, lists of 100 apps")
    parser.add_argument("--work", type=Path, help="keep workloads and packages here for the next run")
    chosen = parser.parse_args()
    chosen.rounds = chosen.rounds or (2 if chosen.quick else 9)
    chosen.workloads = (chosen.workloads or ("W1,W2" if chosen.quick else "W1,W2,W3")).split(",")
    chosen.sections = chosen.sections.split(",")
    chosen.peers = chosen.peers.split(",") if chosen.peers is not None else None
    if unknown := [name for name in chosen.workloads if name not in workload.SHAPES]:
        parser.error(f"there is no workload {unknown[0]}")
    if unknown := [name for name in chosen.sections if name not in SECTIONS]:
        parser.error(f"there is no section {unknown[0]}")
    if not os.access(chosen.ypkg, os.X_OK):
        parser.error(f"{chosen.ypkg} is no program; build it first: make release")
    return chosen


class Bench:
    """One run: what is measured goes into `results`, what cannot be is named there."""

    def __init__(self, chosen: argparse.Namespace, work: Path):
        self.chosen = chosen
        self.work = work
        self.log = work / "log"
        home = work / "home"
        home.mkdir(exist_ok=True)
        everyone = peers.everyone(home, chosen.level, chosen.ypkg.resolve())
        wanted = [peer for peer in everyone if chosen.peers is None or peer.program in ["ypkg", *chosen.peers]]
        self.installers = [peer for peer in wanted if peer.path]
        self.ypkg = everyone[0]
        self.workloads: dict[str, workload.Workload] = {}
        self.packages: dict[str, dict[str, Path]] = {}
        empty: dict[str, dict] = {name: {} for name in ["workloads", "install", "memory", "verify", "version", "list"]}
        self.results: dict = {
            "settings": self._settings(),
            "machine": machine.facts(work),
            "peers": {peer.program: peer.version() for peer in self.installers},
            "absent": list(dict.fromkeys(peer.program for peer in wanted if not peer.path)),
            "failed": {},
            **empty,
            **{name: {} for name in ["one_more", "program", "syncing", "cloud", "pages"]},
        }

    def _settings(self) -> dict:
        chosen = self.chosen
        return {
            "quick": chosen.quick,
            "level": chosen.level,
            "rounds": {name: self._rounds(name) for name in chosen.workloads},
            "apps": 100 if chosen.quick else 1000,
            "seed": workload.SEED,
            "hasher": resources.hasher_name(),
            "load_before": machine.load(),
        }

    def _rounds(self, name: str) -> int:
        return self.chosen.rounds * (3 if name == "W1" else 1)

    def run(self) -> dict:
        for name in self.chosen.workloads:
            self._build(workload.SHAPES[name])
        size = 4 << 30 if {"W3", "cloud"} & {*self.chosen.workloads, *self.chosen.sections} else 2 << 30
        say("making the file system")
        with disk.image(self.work, size) as mount:
            for name in self.chosen.workloads:
                self._section("install", name, lambda: self._install(name, mount))
                self._section("memory", name, lambda: self._memory(name, mount))
                self._section("verify", name, lambda: self._verify(name))
            self._section("queries", "", lambda: self._queries(mount))
            self._section("syncing", "", lambda: self._syncing(mount))
            self._section("cloud", "", lambda: self._cloud(mount), self.results["cloud"])
        self._section("program", "", lambda: resources.program_bytes(self.ypkg, self.work), self.results["program"])
        self._pages()
        self.results["settings"]["load_after"] = machine.load()
        return self.results

    def _section(self, section: str, part: str, work: Callable[[], dict | None], into: dict | None = None) -> None:
        """A part that fails is reported, and the others go on."""
        if section not in self.chosen.sections:
            return
        say(f"{section} {part}".strip())
        try:
            result = work()
            if into is not None and result is not None:
                into.update(result)
        except (process.Failed, OSError) as error:
            self.results["failed"][f"{section} {part}".strip()] = str(error)

    def _build(self, shape: workload.Shape) -> None:
        """Makes the workload and every peer's package of it, once."""
        say(f"{shape.name}: choosing {shape.title}")
        directory = self.work / shape.name
        made = workload.build(shape, directory)
        packages: dict[str, Path] = {}
        for peer in self.installers:
            if peer.package_kind in packages:
                continue
            try:
                packages[peer.package_kind] = self._package(peer, made, directory / f"level{self.chosen.level}")
            except (process.Failed, OSError) as error:
                self.results["failed"][f"{peer.name}, package of {shape.name}"] = str(error)
        self.workloads[shape.name] = made
        self.packages[shape.name] = packages
        self.results["workloads"][shape.name] = {
            "title": shape.title,
            "files": made.files,
            "directories": made.directories,
            "content_bytes": made.content_bytes,
            "generated_files": made.generated_files,
            "package_bytes": {kind: _size(path) for kind, path in packages.items()},
        }

    def _package(self, peer: peers.Peer, made: workload.Workload, directory: Path) -> Path:
        """A package that an earlier run completed is used again, except our own: it is the tool's that is measured."""
        final, name = directory / peer.package_kind, directory / f"{peer.package_kind}.name"
        if peer is self.ypkg or not name.exists():
            shutil.rmtree(final, ignore_errors=True)
            final.mkdir(parents=True)
            say(f"{made.shape.name}: packing for {peer.program}")
            package = peer.build(made, final)
            name.write_text(str(package.relative_to(final)))
        return final / name.read_text()

    def _install(self, name: str, mount: Path) -> None:
        packages = self.packages[name]
        timing = installs.Installs(self.workloads[name], packages, mount, self.log)
        ready = [peer for peer in self.installers if peer.package_kind in packages]
        timing.run(ready, self._rounds(name), say)
        self.results["install"][name] = {
            peer.name: _summary([run.seconds for run in timing.runs[peer.name]])
            | {"cpu_median": statistics.median(run.cpu_seconds for run in timing.runs[peer.name])}
            for peer in ready
            if peer.name in timing.runs
        }
        for peer, why in timing.failed.items():
            self.results["failed"][f"{peer}, {name}"] = why

    def _memory(self, name: str, mount: Path) -> None:
        levels = [self.chosen.level] if self.chosen.quick else [self.chosen.level, None]
        self.results["memory_floor"] = process.peak_memory_floor(self.ypkg.env)
        package = self.packages[name][self.ypkg.package_kind]
        self.results["memory"][name] = resources.memory(self.ypkg, self.workloads[name], package, mount, levels)

    def _verify(self, name: str) -> None:
        package = self.packages[name][self.ypkg.package_kind]
        scratch = self.work / "verify"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            verification = resources.Verification(self.ypkg, self.workloads[name], package, scratch)
            times = verification.run(max(2, self.chosen.rounds // 2) * (3 if name == "W1" else 1))
        finally:
            shutil.rmtree(scratch)
        self.results["verify"][name] = {step: _summary(seconds) for step, seconds in times.items()}

    def _queries(self, mount: Path) -> None:
        settings = self.results["settings"]
        asked = queries.Queries(mount, self.log, settings["apps"], 20 if self.chosen.quick else 100)
        once = list({peer.program: peer for peer in reversed(self.installers)}.values())[::-1]
        for name, times in [("version", asked.versions(once)), ("list", asked.listings(once, say))]:
            self.results[name] = {peer: _summary(seconds) for peer, seconds in times.items()}
        self.results["one_more"] = asked.one_more_seconds
        self.results["failed"] |= asked.failed

    def _cloud(self, mount: Path) -> dict:
        ycloud = self.chosen.ypkg.resolve().parent / "ycloud"
        scratch = self.work / "cloud"
        scratch.mkdir(exist_ok=True)
        # Servers of others read their settings there.
        scratch.chmod(0o755)
        self.work.chmod(0o755)
        return cloud.compare(ycloud, mount, scratch, self.chosen.rounds, say)

    def _pages(self) -> None:
        program = self.chosen.page_figures
        if program is None or not os.access(program, os.X_OK):
            self.results["absent"].append("the figures of running apps")
            return
        self._section("pages", "", lambda: resources.pages(program.resolve()), self.results["pages"])

    def _syncing(self, mount: Path) -> None:
        if "W2" in self.workloads:
            times = syncing.compare(self.workloads["W2"], mount, max(2, self.chosen.rounds // 3))
            self.results["syncing"] = {way: _summary(seconds) for way, seconds in times.items()}


def _summary(values: list[float]) -> dict:
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "seconds": values}


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr, flush=True)


def main() -> int:
    chosen = options()
    for number in [signal.SIGTERM, signal.SIGHUP]:
        # The same way out as ^C has, so that everything is taken down.
        signal.signal(number, signal.default_int_handler)
    temporary = None
    try:
        disk.enter_private_mounts()
        if chosen.work is None:
            temporary = tempfile.TemporaryDirectory(prefix="ypkg-bench-", dir="/var/tmp", ignore_cleanup_errors=True)
        work = Path(temporary.name) if temporary else chosen.work.resolve()
        work.mkdir(parents=True, exist_ok=True)
        hide_configuration(work)
        results = Bench(chosen, work).run()
        report.write(results, chosen.out)
        print("\n".join(report.terminal(results)))
        return 0
    except process.Failed as failure:
        say(f"cannot measure: {failure}")
        return 1
    except KeyboardInterrupt:
        say("interrupted; nothing is left behind")
        return 130
    finally:
        if temporary:
            temporary.cleanup()


def hide_configuration(work: Path) -> None:
    """dpkg reads what the machine's owner set, such as force-unsafe-io in containers, before its arguments."""
    (work / "empty").mkdir(exist_ok=True)
    (work / "nothing").touch()
    disk.hide(Path("/etc/dpkg/dpkg.cfg.d"), work / "empty")
    disk.hide(Path("/etc/dpkg/dpkg.cfg"), work / "nothing")


if __name__ == "__main__":
    sys.exit(main())
