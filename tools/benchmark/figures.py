# SPDX-License-Identifier: Apache-2.0
"""From samples to figures: medians of what the CPU time of one thread bought."""
import dataclasses
import statistics


UNDER_WAY = 64          # packets that have been received, and not sent yet


@dataclasses.dataclass(frozen=True)
class RunFigures:
    """One run of one program."""
    cycles_per_in: float    # TSC cycles of the worker's CPU time, receive included
    copies: float           # sent for each packet received
    extra_share: float      # packets of new flows among those received
    hz: int
    missing: int = 0        # copies that should have been sent


def run(report, warm_up):
    """The median over samples; the first `warm_up` of them don't count."""
    samples = report.measured[warm_up:]
    if len(samples) < 2:
        raise ValueError("too short to be measured")
    cycles = [cycles_per_packet(before, after, report.hz)
              for before, after in zip(samples, samples[1:]) if after.received > before.received]
    first, last = samples[0], samples[-1]
    received = last.received - first.received
    return RunFigures(cycles_per_in=statistics.median(cycles),
                      copies=(last.sent - first.sent) / received,
                      extra_share=(last.extra - first.extra) / received, hz=report.hz)


def missing(report, warm_up, copies, extra_copies):
    """Copies that should have been sent and were not, where each packet has `copies` and each of a
    new flow `extra_copies`. What is under way at the first and at the last sample says nothing."""
    first, last = report.measured[warm_up], report.measured[-1]
    extra = last.extra - first.extra
    wanted = (last.received - first.received - extra) * copies + extra * extra_copies
    return max(0, wanted - (last.sent - first.sent) - UNDER_WAY * copies)


def cycles_per_packet(before, after, hz):
    return (after.cpu_ns - before.cpu_ns) * hz / 1e9 / (after.received - before.received)


@dataclasses.dataclass(frozen=True)
class Summary:
    median: float
    low: float
    high: float


def summary(values):
    values = list(values)
    return Summary(statistics.median(values), min(values), max(values))


def peer(name, runs, peers):
    """What a row has of another multicast forwarder; ratio: its cycles to ours."""
    return {f"{name}_cycles": summary(run.cycles_per_in for run in peers).median,
            f"{name}_ratio": summary(b.cycles_per_in / a.cycles_per_in
                                     for a, b in zip(runs, peers)).median}


def row(scenario, runs, floors):
    """One line of the results: medians over runs; each ratio is that of neighbours in time."""
    cycles = summary(run.cycles_per_in for run in runs)
    floor = summary(run.cycles_per_in for run in floors)
    ratio = summary(a.cycles_per_in / b.cycles_per_in for a, b in zip(runs, floors))
    copies = statistics.median(run.copies for run in runs)
    mpps = runs[0].hz / cycles.median / 1e6
    return {"scenario": scenario.kind, "label": scenario.label,
            "frame_bytes": scenario.frame_bytes, "fan_out": scenario.fan_out,
            "entries": scenario.entries, "family": scenario.family, "classes": scenario.classes,
            "load": scenario.load, "random": scenario.random, "hugepages": scenario.hugepages,
            "mpps_in": mpps, "mpps_out": mpps * copies,
            "cycles_per_in": cycles.median, "cycles_per_in_low": cycles.low,
            "cycles_per_in_high": cycles.high, "cycles_per_out": cycles.median / copies,
            "testpmd_cycles": floor.median, "testpmd_cycles_low": floor.low,
            "testpmd_cycles_high": floor.high, "ratio": ratio.median,
            "copies_per_in": copies, "missing": max(run.missing for run in runs),
            "extra_share": statistics.median(run.extra_share for run in runs),
            "rounds": len(runs), "cycles_per_second": runs[0].hz}
