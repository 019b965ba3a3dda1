"""The installers that are compared: how each one's package is made from a workload, how an empty root is prepared
for it, and the one command that is timed."""

import os
import re
import shutil
import textwrap
from abc import ABC, abstractmethod
from pathlib import Path

from .process import Failed, checked, environment
from .workload import PREFIX, Workload


class Peer(ABC):
    """One installer. `name` is what tables say; `program` must be on the machine."""

    name: str
    program: str
    # Which build the package comes from, where two peers install the same one.
    package_kind: str
    version_arguments = ["--version"]

    def __init__(self, home: Path, level: int):
        self.home = home
        self.level = level
        self.env = environment(home)

    @property
    def path(self) -> str | None:
        return shutil.which(self.program, path=self.env["PATH"])

    def version(self) -> str:
        """The program's version in a few characters."""
        text = checked([self.path, *self.version_arguments], self.env)
        found = re.search(r"\d+(\.\d+)+[\w.+~-]*", text)
        return found[0].rstrip(".") if found else text.strip().splitlines()[0][:40]

    @abstractmethod
    def build(self, workload: Workload, directory: Path) -> Path:
        """Makes the package in `directory`."""

    @abstractmethod
    def prepare(self, root: Path, package: Path) -> None:
        """Makes an empty root, with whatever database an installer finds on a real device."""

    @abstractmethod
    def command(self, root: Path, package: Path) -> list[str]:
        """Installs the package below `root`."""

    def installed(self, root: Path) -> Path:
        """Where the files are afterwards, to check that they are."""
        return root / PREFIX

    def inputs(self, package: Path) -> list[Path]:
        """The files that a run reads."""
        return [package]


class Ypkg(Peer):
    """Our own tool."""

    name = program = package_kind = "ypkg"

    def __init__(self, home: Path, level: int, tool: Path):
        super().__init__(home, level)
        self.tool = tool

    @property
    def path(self) -> str:
        return str(self.tool)

    @property
    def key(self) -> Path:
        return self.home / "bench.pub"

    def build(self, workload: Workload, directory: Path) -> Path:
        package = directory / "app.ypkg"
        self.run("pack", str(workload.app), "--level", str(self.level), "--output", str(package))
        self.sign(package)
        return package

    def run(self, *arguments: str) -> str:
        return checked([self.path, *arguments], self.env)

    def sign(self, package: Path) -> None:
        if not self.key.exists():
            self.run("key", "generate", str(self.home / "bench"), "--no-passphrase")
        self.run("sign", str(package), "--key", str(self.key.with_suffix(".key")))

    def prepare(self, root: Path, package: Path) -> None:
        root.mkdir()
        self.run("trust", "add", str(self.key), "--class", "developer", "--root", str(root))
        self.run("list", "--root", str(root))

    def command(self, root: Path, package: Path) -> list[str]:
        return [self.path, "install", str(package), "--root", str(root)]

    def installed(self, root: Path) -> Path:
        return root / "apps"


class Bsdtar(Peer):
    """Only unpacks: no digests, no database, nothing to undo. The mark that ypkg is measured against."""

    name, program, package_kind = "bsdtar -x", "bsdtar", "tar"

    def build(self, workload: Workload, directory: Path) -> Path:
        package = directory / "app.tar.zst"
        checked([self.path, "-c", "-f", str(package), *_zstd(self.level), "-C", str(workload.root), PREFIX], self.env)
        return package

    def prepare(self, root: Path, package: Path) -> None:
        root.mkdir()

    def command(self, root: Path, package: Path) -> list[str]:
        return [self.path, "-x", "-f", str(package), "-C", str(root)]


class Dpkg(Peer):
    """Makes every file durable by itself before it renames it into place."""

    name, program, package_kind = "dpkg -i", "dpkg", "deb"
    options: list[str] = []

    def build(self, workload: Workload, directory: Path) -> Path:
        package = directory / "app.deb"
        control = workload.root / "DEBIAN"
        control.mkdir(exist_ok=True)
        try:
            (control / "control").write_text(
                "Package: yun-bench\nVersion: 1.0\nArchitecture: all\nMaintainer: Bench <bench@example.com>\n"
                "Description: benchmark\n"
            )
            build = ["/usr/bin/dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{self.level}", "--build"]
            checked([*build, str(workload.root), str(package)], self.env)
        finally:
            shutil.rmtree(control)
        return package

    def prepare(self, root: Path, package: Path) -> None:
        database = root / "var/lib/dpkg"
        for folder in ["updates", "info", "triggers"]:
            (database / folder).mkdir(parents=True)
        for file in ["status", "available"]:
            (database / file).touch()

    def command(self, root: Path, package: Path) -> list[str]:
        return [self.path, f"--root={root}", *self.options, "--install", str(package)]


class DpkgUnsafe(Dpkg):
    """dpkg told to leave durability to others: the syncfs at the end is then all there is."""

    name, options = "dpkg -i, unsafe-io", ["--force-unsafe-io"]


class Pacman(Peer):
    name, program, package_kind = "pacman -U", "pacman", "pacman"

    def build(self, workload: Workload, directory: Path) -> Path:
        package = directory / "app.pkg.tar.zst"
        (directory / ".PKGINFO").write_text(
            "pkgname = yun-bench\npkgbase = yun-bench\npkgver = 1.0-1\npkgdesc = benchmark\nurl = https://example.com\n"
            f"builddate = 1400000000\npackager = Bench <bench@example.com>\nsize = {workload.content_bytes}\n"
            "arch = any\n"
        )
        tar = shutil.which("bsdtar", path=self.env["PATH"])
        if not tar:
            raise Failed("bsdtar, which makes pacman's packages, is not installed")
        listing = "!all,use-set,type,uid,gid,mode,time,size,sha256,link"
        mtree = ["--format=mtree", f"--options={listing}", "-C", str(workload.root), PREFIX]
        checked([tar, "-c", "-z", "-f", str(directory / ".MTREE"), *mtree], self.env)
        members = ["-C", str(directory), ".PKGINFO", ".MTREE", "-C", str(workload.root), PREFIX]
        checked([tar, "-c", "-f", str(package), *_zstd(self.level), *members], self.env)
        return package

    def prepare(self, root: Path, package: Path) -> None:
        (root / "db/local").mkdir(parents=True)
        (root / "db/local/ALPM_DB_VERSION").write_text("9\n")
        (root / "hooks").mkdir()
        (root / "pacman.conf").write_text(
            f"[options]\nRootDir = {root}\nDBPath = {root}/db\nCacheDir = {root}/cache\nLogFile = {root}/log\n"
            f"HookDir = {root}/hooks\nGPGDir = {root}/gpg\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n"
        )

    def command(self, root: Path, package: Path) -> list[str]:
        return [self.path, "--config", f"{root}/pacman.conf", "--noconfirm", "--noprogressbar", "-U", str(package)]


class Rpm(Peer):
    name, program, package_kind = "rpm -U", "rpm", "rpm"

    def build(self, workload: Workload, directory: Path) -> Path:
        spec = directory / "app.spec"
        spec.write_text(
            textwrap.dedent(
                f"""\
                Name: yun-bench
                Version: 1.0
                Release: 1
                Summary: benchmark
                License: Apache-2.0
                BuildArch: noarch
                AutoReqProv: no
                %description
                benchmark
                %install
                mkdir -p %{{buildroot}}/{os.path.dirname(PREFIX)}
                cp -a {workload.app} %{{buildroot}}/{PREFIX}
                %files
                %defattr(-,root,root)
                /{PREFIX}
                """
            )
        )
        return rpm_build(spec, directory, self.level, self.env)[0]

    def prepare(self, root: Path, package: Path) -> None:
        root.mkdir()
        checked([self.path, "--root", str(root), "--dbpath", "/rpm", "--initdb"], self.env)

    def command(self, root: Path, package: Path) -> list[str]:
        # Debian's rpm wants to be told that it is meant; there is no signature, and digests are checked as ever.
        return [self.path, "--root", str(root), "--dbpath", "/rpm", *rpm_options(self.path, self.env), "-U", str(package)]


class Flatpak(Peer):
    """Pulls from a local repository of kind archive, whose compression (zlib, per file) cannot be chosen."""

    name, program, package_kind = "flatpak install", "flatpak", "flatpak"

    def build(self, workload: Workload, directory: Path) -> Path:
        repository = directory / "repository"
        flatpak_export(self, repository, directory / "build", "com.example.bench", workload.app)
        return repository

    def prepare(self, root: Path, package: Path) -> None:
        root.mkdir()
        env = self.environment_of(root)
        options = ["--user", "--no-gpg-verify", "--if-not-exists"]
        checked([self.path, "remote-add", *options, "bench", f"file://{package}"], env)

    def command(self, root: Path, package: Path) -> list[str]:
        options = ["--user", "--assumeyes", "--noninteractive", "--no-deps", "--no-related"]
        words = [self.path, "install", *options, "bench", "com.example.bench//stable"]
        return ["/usr/bin/env", f"FLATPAK_USER_DIR={root}", *words]

    def environment_of(self, root: Path) -> dict[str, str]:
        return {**self.env, "FLATPAK_USER_DIR": str(root)}

    def installed(self, root: Path) -> Path:
        return root / "app/com.example.bench/current/active/files"

    def inputs(self, package: Path) -> list[Path]:
        return [path for path in package.rglob("*") if path.is_file()]


def rpm_options(rpm: str, env: dict[str, str]) -> list[str]:
    """Options that only some builds of rpm have."""
    return ["--force-debian"] if "--force-debian" in checked([rpm, "--help"], env) else []


def rpm_build(spec: Path, directory: Path, level: int, env: dict[str, str]) -> list[Path]:
    """Builds a spec without any of the steps that would change its files."""
    build = shutil.which("rpmbuild", path=env["PATH"])
    if not build:
        raise Failed("rpmbuild is not installed")
    defines = {
        "_topdir": str(directory / "rpmbuild"),
        "_rpmdir": str(directory),
        "_tmppath": str(directory),
        "_binary_payload": f"w{level}.zstdio",
        "__os_install_post": "%{nil}",
        "debug_package": "%{nil}",
        "_build_id_links": "none",
        "_binaries_in_noarch_packages_terminate_build": "0",
        "_unpackaged_files_terminate_build": "0",
    }
    words = [word for name, value in defines.items() for word in ["--define", f"{name} {value}"]]
    checked([build, "--quiet", *words, "-bb", str(spec)], env, cwd=directory)
    shutil.rmtree(directory / "rpmbuild", ignore_errors=True)
    return sorted(directory.rglob("*.rpm"))


def flatpak_export(flatpak: Peer, repository: Path, build: Path, identity: str, files: Path) -> None:
    """Puts a directory into a local repository as an app that asks for nothing."""
    shutil.rmtree(build, ignore_errors=True)
    (build / "export").mkdir(parents=True)
    shutil.copytree(files, build / "files")
    runtime = "org.example.Platform/x86_64/stable"
    (build / "metadata").write_text(f"[Application]\nname={identity}\nruntime={runtime}\n")
    try:
        export = [flatpak.path, "build-export", "--disable-sandbox", "--no-update-summary"]
        checked([*export, str(repository), str(build), "stable"], flatpak.env)
        checked([flatpak.path, "build-update-repo", str(repository)], flatpak.env)
    finally:
        shutil.rmtree(build)


def _zstd(level: int) -> list[str]:
    return ["--zstd", f"--options=zstd:compression-level={level}"]


def everyone(home: Path, level: int, tool: Path) -> list[Peer]:
    """All peers in the order of the tables, ypkg first."""
    others = [Bsdtar, Dpkg, DpkgUnsafe, Pacman, Rpm, Flatpak]
    return [Ypkg(home, level, tool), *[peer(home, level) for peer in others]]
