# SPDX-License-Identifier: Apache-2.0
"""What is measured: every combination that tools/bench knows, and the choice for a quick run."""
import dataclasses
import fnmatch

FAN_OUTS = (1, 2, 4, 16, 31)
VLAN_FAN_OUTS = (64, 256)
FRAMES = (64, 512, 1400)
ENTRIES = (256, 100_000, 1_000_000)
LOADS = ("quiet", "churn", "flood")
MAX_PORTS = 31          # Debian's DPDK has 32; one of them receives
VLAN_PORTS = 16         # what a fan-out beyond that is spread over
STATIC_ENTRIES = 40_000  # up to here entries are configured; more are learned from traffic


@dataclasses.dataclass(frozen=True)
class Scenario:
    frame_bytes: int = 64
    fan_out: int = 1
    one_class: bool = True      # all copies alike; otherwise a MAC address or VLAN for each
    entries: int = 256
    family: int = 4
    random: bool = False        # each packet of a random flow; otherwise 256 flows in turn
    # Beside it: nothing; new flows that are wanted ("churn"); ones that are not ("flood"). "join":
    # nobody wants anything until a host joins. "static": as quiet, with all entries configured.
    # "routes": those of a plugin.
    load: str = "quiet"
    hugepages: bool = False

    @property
    def classes(self):
        return 1 if self.one_class else self.fan_out

    @property
    def kind(self):
        """The name of the scenario without its parameters."""
        if self.load != "quiet":
            return self.load
        return "random" if self.random else "replay"

    @property
    def label(self):
        """All of it in one word, for --scenario."""
        return (f"{self.kind}-v{self.family}-{self.frame_bytes}B-x{self.fan_out}-"
                f"{'one' if self.one_class else 'each'}-{self.entries}"
                f"{'' if self.hugepages else '-nohuge'}")

    @property
    def learned(self):
        """Whether entries come from traffic, as they would in a network."""
        return self.entries > STATIC_ENTRIES and self.load != "static"

    @property
    def floor(self):
        """What testpmd's figure depends on: scenarios that have this in common share it."""
        return Floor(self.frame_bytes, self.family, self.random, self.hugepages)


@dataclasses.dataclass(frozen=True)
class Floor:
    frame_bytes: int
    family: int
    random: bool
    hugepages: bool


def _replay():
    return [Scenario(frame_bytes=64, fan_out=1),
            Scenario(frame_bytes=64, fan_out=4),
            Scenario(frame_bytes=64, fan_out=4, one_class=False),
            Scenario(frame_bytes=64, fan_out=4, one_class=False, family=6),
            Scenario(frame_bytes=64, fan_out=4, family=6),
            Scenario(frame_bytes=64, fan_out=16),
            Scenario(frame_bytes=64, fan_out=64, one_class=False),
            Scenario(frame_bytes=1400, fan_out=1),
            Scenario(frame_bytes=1400, fan_out=16),
            Scenario(frame_bytes=1400, fan_out=4, one_class=False)]


def _random():
    rows = [Scenario(fan_out=fan_out, entries=entries, random=True)
            for fan_out in (1, 16) for entries in (256, 1_000_000)]
    rows += [Scenario(fan_out=4, random=True, load=load) for load in LOADS]
    return rows


def quick(hugepages):
    """A telling subset; with hugepages, a few of them without, too."""
    rows = [dataclasses.replace(row, hugepages=hugepages) for row in _replay() + _random()]
    if hugepages:
        rows += [Scenario(fan_out=1), Scenario(fan_out=16)]
    return rows


def full(hugepages):
    """Everything, on each kind of pages that there is."""
    rows = []
    for pages in ([True, False] if hugepages else [False]):
        for family in (4, 6):
            for frame in FRAMES:
                rows += _fan_outs(frame, family, pages)
        rows += _tables(pages)
    return rows


def _fan_outs(frame, family, pages):
    base = Scenario(frame_bytes=frame, family=family, hugepages=pages)
    rows = [dataclasses.replace(base, fan_out=n) for n in FAN_OUTS]
    rows += [dataclasses.replace(base, fan_out=n, one_class=False) for n in FAN_OUTS[1:]]
    rows += [dataclasses.replace(base, fan_out=n, one_class=False) for n in VLAN_FAN_OUTS]
    return rows


def _tables(pages):
    """Random arrivals over growing tables, and what happens beside them."""
    rows = []
    for family in (4, 6):
        for entries in ENTRIES:
            for load in LOADS:
                rows += [Scenario(family=family, fan_out=fan_out, entries=entries, random=True,
                                  load=load, hugepages=pages)
                         for fan_out in ((1, 4, 16) if load == "quiet" else (4,))]
    return rows


def matching(rows, patterns):
    """Those whose label has one of the patterns in it; * and ? as in file names."""
    return [row for row in rows
            if any(fnmatch.fnmatch(row.label, f"*{pattern}*") for pattern in patterns)]
