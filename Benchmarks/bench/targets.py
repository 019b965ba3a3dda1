"""What was aimed at, and whether it was reached. One row for each target, also for those that were not measured."""

import statistics
from dataclasses import dataclass

from . import text

INSTALL_TO_BSDTAR = {"W1": 1.1, "W2": 0.75, "W3": 1.0}
MANAGERS = ["dpkg -i", "dpkg -i, unsafe-io", "pacman -U", "rpm -U", "flatpak install"]
MEMORY_BYTES = 64 << 20
VERSION_SECONDS = 0.005
LIST_SECONDS = 0.008
PROGRAM_BYTES = 20_000_000
OPEN_TO_BWRAP = 0.6
OPEN_TO_EXEC = 5
FREEZE_US = 5000
IDLE_SANDBOX_KIB = 1024
RUNNING_APP_KIB = 2048
IDLE_MANAGER_KIB = 20480
WARM_TO_COLD = 0.2
BROKER_US = 150
BROKER_CALLS = 20_000
NETWORK_TO_CURL = 2
READ_TO_NGINX = 3
CLOUD_MEMORY_BYTES = 128 << 20


@dataclass(frozen=True)
class Row:
    """One target. `reached` is `None` where it could not be measured."""

    what: str
    target: str
    figure: str
    ratio: str
    reached: bool | None

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "NOT reached", None: "not measured"}[self.reached]


def judge(results: dict) -> list[Row]:
    """All targets against the results of a run."""
    rows = []
    for name in INSTALL_TO_BSDTAR:
        rows += [_install(results, name), _ahead(results, name)]
    rows += [_memory(results, step) for step in ["pack", "verify", "install"]]
    # Not W1: there, starting the programs takes longer than what they do.
    rows += [_verify(results, name) for name in ["W2", "W3"]]
    rows.append(_at_most("`ypkg --version`", _median(results, "version", "ypkg"), VERSION_SECONDS, text.seconds))
    listed = f"`ypkg list` with {results['settings']['apps']:,} apps"
    rows.append(_at_most(listed, _median(results, "list", "ypkg"), LIST_SECONDS, text.seconds))
    size = results.get("program", {}).get("stripped")
    rows.append(_at_most("program, stripped", size, PROGRAM_BYTES, text.megabytes))
    return rows + _cloud(results.get("cloud", {}).get("servers", {})) + _pages(results.get("pages", {}))


def verify_floor(steps: dict) -> float:
    """The slower of reading and hashing, in seconds: what is hashed are the package and its contents."""
    hashing = steps["hash package"]["median"] + steps["hash contents"]["median"]
    return max(steps["read"]["median"], hashing)


def _median(results: dict, *path: str) -> float | None:
    for step in path:
        results = results.get(step, {})
    return results.get("median")


def _compared(what: str, target: float, figure: float | None, other: float | None, show) -> Row:
    """A figure that may be at most `target` times another."""
    wanted = f"<= {target:g}"
    if figure is None or other is None:
        return Row(what, wanted, "-", "-", None)
    return Row(what, wanted, show(figure), text.ratio(figure / other), figure <= target * other)


def _at_most(what: str, figure: float | None, target: float, show) -> Row:
    wanted = f"<= {show(target)}"
    if figure is None:
        return Row(what, wanted, "-", "-", None)
    return Row(what, wanted, show(figure), text.ratio(figure / target), figure <= target)


def _install(results: dict, name: str) -> Row:
    ours, bsdtar = (_median(results, "install", name, peer) for peer in ["ypkg", "bsdtar -x"])
    return _compared(f"install {name}, to bsdtar", INSTALL_TO_BSDTAR[name], ours, bsdtar, text.seconds)


def _ahead(results: dict, name: str) -> Row:
    ours = _median(results, "install", name, "ypkg")
    others = {peer: _median(results, "install", name, peer) for peer in MANAGERS}
    measured = {peer: seconds for peer, seconds in others.items() if seconds is not None}
    if ours is None or not measured:
        return Row(f"install {name}, to package managers", "< 1", "-", "-", None)
    best = min(measured, key=lambda peer: measured[peer])
    what = f"install {name}, to {best}, the best of {len(measured)} package managers"
    return Row(what, "< 1", text.seconds(ours), text.ratio(ours / measured[best]), ours < measured[best])


def _memory(results: dict, step: str) -> Row:
    peaks = [
        (peak, workload)
        for workload, steps in results.get("memory", {}).items()
        for name, peak in steps.items()
        if name.split()[0] == step
    ]
    peak, workload = max(peaks, default=(None, ""))
    where = f" (most: {workload})" if workload else ""
    return _at_most(f"peak memory of {step}{where}", peak, MEMORY_BYTES, text.mebibytes)


def _verify(results: dict, name: str) -> Row:
    steps = results.get("verify", {}).get(name)
    what = f"verify {name}, to reading or hashing"
    if not steps:
        return Row(what, "<= 1", "-", "-", None)
    return _compared(what, 1.0, steps["verify"]["median"], verify_floor(steps), text.seconds)


def _cloud(servers: dict) -> list[Row]:
    def middle(server: str, kind: str, what: str) -> float | None:
        values = servers.get(server, {}).get(kind, {}).get(what)
        return statistics.median(values) if values else None

    rows = [
        _compared(
            f"{what} files, to {peer}", 1, middle("ycloud", "seconds", what), middle(peer, "seconds", what), text.seconds
        )
        for what in ["put small", "get small", "put large", "get large"]
        for peer in ["apache", "rclone"]
    ]
    ours, nginx = (middle(server, "cpu_per_request", "read") for server in ["ycloud", "nginx"])
    peak = servers.get("ycloud", {}).get("peak_bytes")
    return rows + [
        _compared("processor time of a small read, to nginx", READ_TO_NGINX, ours, nginx, text.seconds),
        _at_most("peak memory of the cloud", peak, CLOUD_MEMORY_BYTES, text.mebibytes),
    ]


def _pages(pages: dict) -> list[Row]:
    def microseconds(value: float) -> str:
        return text.seconds(value / 1e6)

    def milliseconds(value: float) -> str:
        return text.seconds(value / 1e3)

    def kibibytes(value: float) -> str:
        return text.mebibytes(value * 1024)

    rows = []
    for what, ours in [("open a page", "open_us"), ("`ypkg open`", "command_us")]:
        figure = pages.get(ours)
        rows += [
            _compared(f"{what}, to bwrap", OPEN_TO_BWRAP, figure, pages.get("bwrap_us"), microseconds),
            _compared(f"{what}, to fork and exec", OPEN_TO_EXEC, figure, pages.get("exec_us"), microseconds),
        ]
    for name in ["hello", "taobao"]:
        warm, cold = (pages.get(f"{name}_{way}_paint_ms") for way in ["warm", "cold"])
        rows.append(_compared(f"first paint of {name}, prepared to cold", WARM_TO_COLD, warm, cold, milliseconds))
    network, curl = pages.get("network_ms"), pages.get("curl_ms")
    calls = pages.get("broker_calls_per_second")
    count = "-" if calls is None else f"{calls:,.0f}"
    share = "-" if calls is None else text.ratio(calls / BROKER_CALLS)
    return rows + [
        _at_most("round trip to the broker", pages.get("broker_us"), BROKER_US, microseconds),
        Row("calls to the broker in a second", f">= {BROKER_CALLS:,}", count, share, calls and calls >= BROKER_CALLS),
        _compared("64 MiB over the network, to curl", NETWORK_TO_CURL, network, curl, milliseconds),
        _at_most("freezing an app", pages.get("freeze_us"), FREEZE_US, microseconds),
        _at_most("memory of an idle sandbox", pages.get("idle_sandbox_kib"), IDLE_SANDBOX_KIB, kibibytes),
        _at_most("memory of ours for a running app", pages.get("running_app_kib"), RUNNING_APP_KIB, kibibytes),
        _at_most("memory of an idle page manager", pages.get("idle_manager_kib"), IDLE_MANAGER_KIB, kibibytes),
    ]
