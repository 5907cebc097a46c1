# SPDX-License-Identifier: Apache-2.0
"""What is not a rate of packets: latency, how long a new flow waits, how fast entries are
installed, how long a start takes, and what entries weigh."""
import dataclasses
import os
import pathlib
import statistics
import struct
import time

from . import configuration, figures, programs
from .scenario import Scenario

PERCENTILES = (50, 99, 99.9)
STATIC_MROUTES = 40_000     # listed one by one: about what a file of 4 MiB has room for
GROUPS = 16_000             # that a host can join in one run
JOINS_PER_SECOND = 500
ROUTES_PER_SECOND = 600_000     # that a plugin is to install; as many are removed
_ROUTES_REPORT = struct.Struct("<5Q")


@dataclasses.dataclass(frozen=True)
class Timing:
    """One measurement. `kind` chooses the function; the scenario is what mgmd is configured for."""
    kind: str
    scenario: Scenario
    poll: bool = False      # the control thread polls instead of sleeping

    @property
    def label(self):
        return self.scenario.label.replace(self.scenario.kind, self.kind, 1) + (
            "-poll" if self.poll else "")

    def settings(self):
        return ["workers: {control: poll}"] if self.poll else []

    def measure(self, tools, rounds):
        runs = [_FUNCTIONS[self.kind](self, tools) for _ in range(rounds)]
        values = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        spread = {f"{key}_{end}": pick(run[key] for run in runs) for key in runs[0]
                  for end, pick in (("low", min), ("high", max))}
        scenario = self.scenario
        return {"scenario": self.kind, "label": self.label, "frame_bytes": scenario.frame_bytes,
                "fan_out": scenario.fan_out, "entries": scenario.entries,
                "family": scenario.family, "classes": scenario.classes,
                "hugepages": scenario.hugepages, "poll": self.poll, "rounds": rounds,
                "mpps_in": None, "mpps_out": None, "cycles_per_in": None, "cycles_per_out": None,
                "testpmd_cycles": None, **values, **spread}


def quick(hugepages):
    base = Scenario(random=True, hugepages=hugepages)
    four = dataclasses.replace(base, fan_out=4)
    return [Timing("latency", base), Timing("latency", four),
            Timing("setup", dataclasses.replace(four, load="churn")),
            Timing("setup", dataclasses.replace(four, load="churn"), poll=True),
            Timing("join", dataclasses.replace(base, load="join", entries=GROUPS)),
            Timing("join", dataclasses.replace(base, load="join", entries=GROUPS), poll=True),
            Timing("start", dataclasses.replace(four, entries=256)),
            Timing("start", dataclasses.replace(four, entries=STATIC_MROUTES)),
            Timing("start", dataclasses.replace(four, entries=1_000_000, load="static")),
            Timing("install", dataclasses.replace(four, entries=100_000)),
            Timing("routes", dataclasses.replace(four, load="routes"))]


def full(hugepages):
    rows = []
    for pages in ([True, False] if hugepages else [False]):
        rows += quick(pages)
        for family in (4, 6):
            big = Scenario(family=family, fan_out=4, entries=1_000_000, random=True,
                           hugepages=pages)
            rows.append(Timing("install", big))
        rows.append(Timing("latency", Scenario(random=True, fan_out=16, hugepages=pages)))
    return rows


def _percentiles(report):
    times = {f"p{percent}_us".replace(".", "_"): report.percentile(percent) * 1e6
             for percent in PERCENTILES}
    return {**times, "max_us": report.percentile(100) * 1e6}


def _latency(timing, tools):
    """Packets arrive at random times at half the rate that the same run reaches without pause."""
    scenario = timing.scenario
    flows = {"family": scenario.family, "flows": scenario.entries}
    with programs.mgmd_run(tools, scenario, **flows) as run:
        cycles = figures.run(run.measure(tools.seconds), programs.WARM_UP)
    rate = cycles.hz / cycles.cycles_per_in / 2
    with programs.mgmd_run(tools, scenario, **flows, rate=round(rate), timed="all") as run:
        report = run.measure(3 * tools.seconds)
    before, after = report.measured[0], report.measured[-1]
    return {"offered_mpps": rate / 1e6, **_percentiles(report),
            "missed_share": (after.missed - before.missed) / (after.received - before.received)}


def _setup(timing, tools):
    """From a flow's first packet to its first copy, beside a million packets a second."""
    scenario = timing.scenario
    with programs.mgmd_run(tools, scenario, timing.settings(), family=scenario.family,
                           flows=scenario.entries, rate=1_000_000, extra_rate=2000,
                           extra_wanted=True, timed="extra") as run:
        report = run.measure(3 * tools.seconds)
    return {"new_flows_per_second": 2000, **_percentiles(report)}


def _join(timing, tools):
    """From a host's report to the first copy of a stream that has been running unwanted."""
    scenario = timing.scenario
    with programs.mgmd_run(tools, scenario, timing.settings(), family=scenario.family,
                           flows=scenario.entries, rate=1_000_000, join_rate=JOINS_PER_SECOND,
                           timed="joins") as run:
        report = run.measure(6 * tools.seconds)
    return {"joins": sum(report.histogram), **_percentiles(report)}


def _start(timing, tools):
    """From exec to the first packet, with all entries in the configuration."""
    begin = time.monotonic()
    with programs.mgmd_run(tools, timing.scenario, family=timing.scenario.family) as run:
        run.wait_for(lambda report: report.samples, "receive a packet")
        elapsed = time.monotonic() - begin
        cpu = _cpu_seconds(run.process.pid)
    return {"seconds": elapsed, "cpu_seconds": cpu}


def _install(timing, tools):
    """Flows offered one after the other, as fast as their entries come."""
    scenario = timing.scenario
    small = dataclasses.replace(scenario, entries=256)
    with programs.mgmd_run(tools, small, family=scenario.family) as run:
        run.wait_for(lambda report: report.samples, "receive a packet")
        without = _memory(run.process.pid)
    options = {"family": scenario.family, "flows": scenario.entries, "learn": True,
               "source_bits": configuration.source_bits(scenario)}
    with programs.mgmd_run(tools, scenario, **options) as run:
        run.wait_for(lambda report: report.samples, "receive a packet")
        memory, cpu = _memory(run.process.pid), _thread_cpu_seconds(run.process.pid)
        report = run.wait_for(lambda report: report.measured, "learn all flows")
        grown = _memory(run.process.pid) - memory
        busy = _thread_cpu_seconds(run.process.pid) - cpu
    places = configuration.entry_limit(scenario) - configuration.entry_limit(small)
    rates = [(after.learned - before.learned) * report.hz / (after.tsc - before.tsc)
             for before, after in zip(report.learning, report.learning[1:])]
    return {"entries_per_second": statistics.median(rates or [0]),
            "entries_per_control_cpu_second": scenario.entries / busy,
            "control_octets_per_entry": grown / scenario.entries,
            # Reserved at the start, for IPv4 and IPv6 alike.
            "dataplane_octets_per_entry": (memory - without) / places / 2}


def _routes(timing, tools):
    """Routes that a protocol installs and removes from the control thread, beside traffic at full
    rate; in turn with the same without them."""
    quiet = _with_routes(timing, tools, 0)
    busy = _with_routes(timing, tools, ROUTES_PER_SECOND)
    return {**busy, "slowdown_percent": (busy["cycles"] / quiet["cycles"] - 1) * 100,
            "quiet_cycles": quiet["cycles"]}


def _with_routes(timing, tools, rate):
    scenario = timing.scenario
    file = tools.work / "routes.report"
    settings = configuration.routes(tools.routes, file, scenario, rate)
    with programs.mgmd_run(tools, scenario, settings, family=scenario.family,
                           flows=scenario.entries) as run:
        run.wait_for(lambda report: len(report.measured) > programs.WARM_UP, "forward")
        before = _ROUTES_REPORT.unpack(file.read_bytes())
        report = run.measure(2 * tools.seconds)
        after = _ROUTES_REPORT.unpack(file.read_bytes())
    installed, removed, refused, nanoseconds, _ = (b - a for a, b in zip(before, after))
    if refused:
        run.fail(f"{refused} routes refused")
    return {"cycles": figures.run(report, programs.WARM_UP).cycles_per_in,
            "missing": figures.missing(report, programs.WARM_UP, scenario.fan_out, 0),
            "entries_per_second": installed * 1e9 / nanoseconds if nanoseconds else 0,
            "removed_per_second": removed * 1e9 / nanoseconds if nanoseconds else 0}


_FUNCTIONS = {"latency": _latency, "setup": _setup, "join": _join, "start": _start,
              "install": _install, "routes": _routes}


def _memory(pid):
    """Octets of its own: anonymous and huge pages, not the programs and files it has mapped."""
    total = 0
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(("RssAnon:", "RssShmem:", "HugetlbPages:")):
            total += int(line.split()[1]) * 1024
    return total


def _cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _thread_cpu_seconds(pid):
    """Of the main thread, which is the control thread."""
    fields = pathlib.Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="utf-8")
    return int(fields.split()[0]) / 1e9


def line(row):
    """For people: what was measured, in its own words."""
    span = "{:.1f} µs p50, {:.1f} µs p99, {:.1f} µs p99.9, {:.1f} µs max"
    times = span.format(*(row.get(key, 0) for key in ("p50_us", "p99_us", "p99_9_us", "max_us")))
    text = {
        "latency": lambda: f"{times} at {row['offered_mpps']:.2f} Mpps, half of the most; "
                           f"{row['missed_share'] * 100:.2f} % missed",
        "setup": lambda: f"first packet to first copy: {times}",
        "join": lambda: f"report to first copy: {times}, {row['joins']:.0f} joins",
        "start": lambda: f"{row['seconds']:.2f} s from exec to the first packet, "
                         f"{row['cpu_seconds']:.2f} s of CPU",
        "install": lambda: f"{row['entries_per_second'] / 1e3:.0f} k entries/s; "
                           f"{row['entries_per_control_cpu_second'] / 1e3:.0f} k for each second "
                           f"of the control thread's CPU; {row['control_octets_per_entry']:.0f} "
                           f"octets each in control, {row['dataplane_octets_per_entry']:.0f} in "
                           f"the dataplane",
        "routes": lambda: f"{row['entries_per_second'] / 1e3:.0f} k routes/s installed and "
                          f"{row['removed_per_second'] / 1e3:.0f} k removed; "
                          f"{row['cycles']:.0f} cycles a packet instead of "
                          f"{row['quiet_cycles']:.0f}: {row['slowdown_percent']:.1f} % more; "
                          f"{row['missing']:.0f} copies missing",
    }
    return f"{row['label']}: {text[row['scenario']]()}"
