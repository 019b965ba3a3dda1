"""What the figures were measured on."""

import os
import platform
import shutil
from pathlib import Path

from .process import checked


def facts(image_directory: Path) -> dict[str, object]:
    """Processor, memory, kernel and system; nothing that names the machine or its owner."""
    return {
        "processor": _field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_bytes": int((_field("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) * 1024,
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "Linux"),
        "python": platform.python_version(),
        "file_system": "ext4 with a journal, loop-mounted",
        "below_the_image": _below(image_directory),
    }


def load() -> float:
    """How busy the machine is: the load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def _field(file: str, name: str) -> str | None:
    for line in Path(file).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None


def _below(directory: Path) -> str:
    """The kind of file system that the image lies on."""
    findmnt = shutil.which("findmnt")
    if not findmnt:
        return "unknown"
    return checked([findmnt, "--noheadings", "--output", "FSTYPE", "--target", str(directory)]).strip()
