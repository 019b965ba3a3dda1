"""What is left of a run: a table on the terminal, `benchmarks.json`, `benchmarks.svg` and `benchmarks.md`."""

import json
import statistics
from pathlib import Path

from . import cloud, plot, targets, text

_BEGIN = "<!-- written by hand: begin -->"
_END = "<!-- written by hand: end -->"
_HAND_WRITTEN = "\n## What was tried\n\nNothing yet.\n\n"


def write(results: dict, directory: Path) -> None:
    """Writes the three files; what was written by hand between the marks stays."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = targets.judge(results)
    results["targets"] = [vars(row) | {"verdict": row.verdict} for row in rows]
    (directory / "benchmarks.json").write_text(json.dumps(results, indent=2) + "\n")
    titles = {name: facts["title"] for name, facts in results["workloads"].items()}
    if any(results["install"].values()):
        (directory / "benchmarks.svg").write_text(plot.svg(results["install"], titles))
    page = directory / "benchmarks.md"
    kept = _kept(page.read_text()) if page.exists() else _HAND_WRITTEN
    page.write_text("\n".join(_page(results, rows)) + f"\n\n{_BEGIN}{kept}{_END}\n")


def terminal(results: dict) -> list[str]:
    """The targets as lines for a terminal, then what could not be measured."""
    rows = targets.judge(results)
    cells = [[row.what.replace("`", ""), row.target, row.figure, row.ratio, row.verdict] for row in rows]
    lines = text.columns([["what", "target", "figure", "ratio", ""], *cells])
    reached = sum(row.reached is True for row in rows)
    missed = sum(row.reached is False for row in rows)
    lines += ["", f"{reached} reached, {missed} not reached, {len(rows) - reached - missed} not measured"]
    return lines + [f"absent: {name}" for name in results["absent"]] + [
        f"failed: {what}: {why}" for what, why in results["failed"].items()
    ]


def _kept(page: str) -> str:
    begin, end = page.find(_BEGIN), page.find(_END)
    return page[begin + len(_BEGIN) : end] if 0 <= begin < end else _HAND_WRITTEN


def _page(results: dict, rows: list[targets.Row]) -> list[str]:
    return [
        "# Benchmarks",
        "",
        "Made by `make bench`; all figures of this run are in [benchmarks.json](benchmarks.json). "
        "[Benchmarks/README.md](../Benchmarks/README.md) says what is measured and how.",
        "",
        *_circumstances(results),
        "",
        "## Targets",
        "",
        *text.table(
            ["what", "target", "figure", "ratio", ""],
            [[row.what, row.target, row.figure, row.ratio, _emphasised(row)] for row in rows],
        ),
        "",
        *_installs(results),
        *_memory(results),
        *_verification(results),
        *_queries(results),
        *_syncing(results),
        *_cloud(results),
        *_pages(results),
        *_unmeasured(results),
        *_machine(results),
    ]


def _emphasised(row: targets.Row) -> str:
    return f"**{row.verdict}**" if row.reached is False else row.verdict


def _circumstances(results: dict) -> list[str]:
    settings = results["settings"]
    kind = "A quick run, good for a first look only: " if settings["quick"] else ""
    rounds = ", ".join(f"{name} {count}" for name, count in settings["rounds"].items())
    return [
        f"{kind}rounds: {rounds}; zstd level {settings['level']} for every package whose level can be chosen; "
        f"load of the machine {settings['load_before']} before and {settings['load_after']} after."
    ]


def _installs(results: dict) -> list[str]:
    lines = ["## Durable install", ""]
    if any(results["install"].values()):
        lines += ["![Durable install](benchmarks.svg)", ""]
    for name, peers in results["install"].items():
        facts = results["workloads"][name]
        lines += [
            f"**{name}**: {facts['files']:,} files in {facts['directories']:,} directories, "
            f"{text.megabytes(facts['content_bytes'])}.",
            "",
        ]
        mark = peers.get("bsdtar -x", {}).get("median")
        cells = [
            [
                peer,
                text.seconds(run["median"]),
                f"{text.seconds(run['min'])} - {text.seconds(run['max'])}",
                text.ratio(run["median"] / mark) if mark else "-",
                text.seconds(run["cpu_median"]),
            ]
            for peer, run in peers.items()
        ]
        lines += [*text.table(["", "median", "fastest - slowest", "to bsdtar", "processor"], cells), ""]
    return lines


def _memory(results: dict) -> list[str]:
    if not results["memory"]:
        return []
    steps = list(dict.fromkeys(step for peaks in results["memory"].values() for step in peaks))
    cells = [
        [name, *[text.mebibytes(peaks[step]) if step in peaks else "-" for step in steps]]
        for name, peaks in results["memory"].items()
    ]
    floor = text.mebibytes(results["memory_floor"])
    return [
        "## Peak memory",
        "",
        *text.table(["", *steps], cells),
        "",
        f"Largest resident set; less than {floor} cannot be told apart.",
        "",
    ]


def _verification(results: dict) -> list[str]:
    if not results["verify"]:
        return []
    steps = list(dict.fromkeys(step for times in results["verify"].values() for step in times))
    cells = [
        [name, *[text.seconds(times[step]["median"]) if step in times else "-" for step in steps]]
        for name, times in results["verify"].items()
    ]
    return [
        "## Verification",
        "",
        *text.table(["", *steps], cells),
        "",
        f"All on {results['machine']['cores']} cores; hashing by {results['settings']['hasher']}. Verification reads the "
        "package, hashes its frames, decompresses them and hashes the contents; the target leaves decompression out.",
        "",
    ]


def _queries(results: dict) -> list[str]:
    if not results["version"]:
        return []
    cells = [
        [name, *_milliseconds(results["version"].get(name)), *_milliseconds(results["list"].get(name))]
        for name in results["version"]
    ]
    head = ["", "version", "fastest", f"list {results['settings']['apps']:,}", "fastest"]
    lines = ["## Small questions", "", *text.table(head, cells), ""]
    for count, seconds in results["one_more"].items():
        lines += [f"One more small app, installed where {int(count):,} are: {text.seconds(seconds)}.", ""]
    return lines


def _milliseconds(times: dict | None) -> list[str]:
    return [f"{times[end] * 1000:.1f} ms" for end in ["median", "min"]] if times else ["-", "-"]


def _syncing(results: dict) -> list[str]:
    if not results["syncing"]:
        return []
    cells = [[way, text.seconds(times["median"])] for way, times in results["syncing"].items()]
    return [
        "## One sync or many",
        "",
        "The files of W2, written by one thread without any package around them:",
        "",
        *text.table(["", "median"], cells),
        "",
    ]


def _pages(results: dict) -> list[str]:
    if not results["pages"]:
        return []
    cells = [[f"`{name}`", f"{value:g}"] for name, value in results["pages"].items()]
    return ["## Running apps", "", *text.table(["", ""], cells), ""]


def _cloud(results: dict) -> list[str]:
    servers = results.get("cloud", {}).get("servers", {})
    if not servers:
        return []
    def middle(values: list[float] | None) -> str:
        return text.seconds(statistics.median(values)) if values else "-"

    kinds = ["put small", "get small", "put large", "get large"]
    rows = [
        [
            name,
            "yes" if name == "ycloud" else "no",
            *[middle(facts["seconds"].get(kind)) for kind in kinds],
            middle(facts["cpu_per_request"].get("put small")),
            middle(facts["cpu_per_request"].get("read")),
            text.mebibytes(facts["peak_bytes"]),
        ]
        for name, facts in servers.items()
    ]
    return [
        "## The cloud",
        "",
        f"WebDAV with curl, {cloud.PARALLEL} at a time: {cloud.SMALL_COUNT:,} files of {cloud.SMALL_BYTES // 1000} KB, and one of "
        f"{cloud.LARGE_BYTES >> 20} MB. Durable is what was acknowledged, and is on disk. Processor time is the server's, for one "
        "file. nginx gives out static files, and asks for no password.",
        "",
        *text.table(["", "durable", *kinds, "processor, put", "processor, read", "peak memory"], rows),
        "",
    ]


def _unmeasured(results: dict) -> list[str]:
    lines = [f"- {name}: not on this machine" for name in results["absent"]]
    lines += [f"- {what} failed: {why}" for what, why in results["failed"].items()]
    return ["## Not measured", "", *lines, ""] if lines else []


def _machine(results: dict) -> list[str]:
    machine = results["machine"]
    cells = [
        ["processor", f"{machine['processor']}, {machine['cores']} cores"],
        ["memory", text.mebibytes(machine["memory_bytes"])],
        ["kernel", machine["kernel"]],
        ["system", machine["system"]],
        ["file system", f"{machine['file_system']}, on {machine['below_the_image']}"],
        *[[name, version] for name, version in results["peers"].items()],
    ]
    return ["## Machine", "", *text.table(["", ""], cells)]
