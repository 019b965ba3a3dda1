"""Times installs: every peer in every round, in an order that changes, each into a fresh root that is made and
deleted outside the time."""

import os
import random
from pathlib import Path

from . import disk
from .peers import Peer
from .process import Failed, Run, timed
from .workload import SEED, Workload

_SETTLE_SECONDS = {"W1": 0.1, "W2": 0.4, "W3": 0.6}


class Installs:
    """The rounds of one workload. Peers that fail are left out of the rest and reported."""

    def __init__(self, workload: Workload, packages: dict[str, Path], mount: Path, log: Path):
        self.workload = workload
        self.packages = packages
        self.mount = mount
        self.log = log
        self.runs: dict[str, list[Run]] = {}
        self.failed: dict[str, str] = {}

    def run(self, peers: list[Peer], rounds: int, say) -> None:
        rng = random.Random(f"{SEED} {self.workload.shape.name} order")
        # The first round only warms up: every peer's programs and package are then in memory.
        for number in range(rounds + 1):
            order = [peer for peer in peers if peer.name not in self.failed]
            rng.shuffle(order)
            for peer in order:
                try:
                    run = self._once(peer)
                    if number > 0:
                        self.runs.setdefault(peer.name, []).append(run)
                except (Failed, OSError) as error:
                    self.failed[peer.name] = str(error)
                    self.runs.pop(peer.name, None)
            say(f"{self.workload.shape.name}: round {number} of {rounds}" if number else f"{self.workload.shape.name}: warmed up")

    def _once(self, peer: Peer) -> Run:
        package = self.packages[peer.package_kind]
        root = self.mount / "root"
        try:
            peer.prepare(root, package)
            for file in peer.inputs(package):
                disk.read_into_cache(file)
            disk.settle(self.mount, _SETTLE_SECONDS[self.workload.shape.name])
            run = timed(peer.command(root, package), peer.env, self.log, durable_on=self.mount)
            self._check(peer, root)
            return run
        finally:
            disk.remove(root)

    def _check(self, peer: Peer, root: Path) -> None:
        """An installer that does nothing would be the fastest."""
        count = sum(len(names) for _, _, names in os.walk(peer.installed(root).resolve()))
        if count < self.workload.files:
            raise Failed(f"{peer.name} left {count} files of {self.workload.files}")
