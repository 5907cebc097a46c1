# SPDX-License-Identifier: Apache-2.0
"""What the design wants to reach, beside what a run has reached."""
import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Target:
    text: str
    limit: float
    value: typing.Callable[[typing.Callable], float]    # of a function that finds rows
    at_least: bool = False

    def measured(self, rows):
        """None when the run has not measured what it takes."""
        try:
            return self.value(_finder(rows))
        except (LookupError, TypeError):
            return None

    def reached(self, value):
        return value >= self.limit if self.at_least else value <= self.limit


def _finder(rows):
    """Finds the row with these values: with hugepages if the run has it on both kinds of pages."""
    def find(scenario, **values):
        found = [row for row in rows if row["scenario"] == scenario
                 and all(row.get(key) == value for key, value in values.items())]
        return max(found, key=lambda row: row["hugepages"]) if found else {}
    return find


def _cycles(find, *args, **values):
    return find(*args, **values)["cycles_per_in"]


def _growth(fan_out):
    return lambda find: (
        _cycles(find, "random", family=4, fan_out=fan_out, entries=1_000_000)
        / _cycles(find, "random", family=4, fan_out=fan_out, entries=256))


def _beside(load):
    """How much slower packets of established flows become."""
    def value(find):
        busy = find(load, family=4, fan_out=4, entries=256)
        quiet = _cycles(find, "random", family=4, fan_out=4, entries=256)
        return (busy["cycles_per_in"] / quiet - 1) * 100
    return value


def _replay(frame_bytes, fan_out, classes, field, family=4):
    return lambda find: find("replay", frame_bytes=frame_bytes, fan_out=fan_out, classes=classes,
                             family=family)[field]


def _ratio(one, other):
    return lambda find: one(find) / other(find)


ALL = (
    Target("64 B, fan-out 16, one class: times as fast as `ipv4_multicast`", 3,
           _replay(64, 16, 1, "ipv4_multicast_ratio"), at_least=True),
    Target("64 B, fan-out 4, a MAC per port: times as fast as `ipv4_multicast`", 2,
           _replay(64, 4, 4, "ipv4_multicast_ratio"), at_least=True),
    Target("1400 B to 64 B, fan-out 16, one class: times the cycles", 1.3,
           _ratio(_replay(1400, 16, 1, "cycles_per_in"), _replay(64, 16, 1, "cycles_per_in"))),
    Target("64 B, fan-out 1: times the cycles of testpmd `io`", 2.5, _replay(64, 1, 1, "ratio")),
    Target("1 000 000 random flows to 256, fan-out 16: times the cycles", 1.25, _growth(16)),
    Target("1 000 000 random flows to 256, fan-out 1: times the cycles", 1.6, _growth(1)),
    Target("IPv6 to IPv4, fan-out 4, one class: times the cycles", 1.25,
           _ratio(_replay(64, 4, 1, "cycles_per_in", 6), _replay(64, 4, 1, "cycles_per_in"))),
    Target("entries that a protocol installs a second, as many removed", 500_000,
           lambda find: find("routes")["entries_per_second"], at_least=True),
    Target("% more cycles a packet beside them", 3,
           lambda find: find("routes")["slowdown_percent"]),
    Target("copies missing beside them", 0, lambda find: find("routes")["missing_high"]),
    Target("% more cycles a packet in a flood of unknown flows", 10, _beside("flood")),
    Target("copies of established flows missing in it", 0,
           lambda find: find("flood", family=4, fan_out=4, entries=256)["missing"]),
    Target("µs to a new flow's first copy, p99, `control: poll`", 100,
           lambda find: find("setup", poll=True)["p99_us"]),
    Target("µs to a new flow's first copy, p99, `control: sleep`", 1000,
           lambda find: find("setup", poll=False)["p99_us"]),
    Target("µs from a host's report to the first copy, p99, `control: poll`", 100,
           lambda find: find("join", poll=True)["p99_us"]),
    Target("µs from a host's report to the first copy, p99, `control: sleep`", 1000,
           lambda find: find("join", poll=False)["p99_us"]),
    Target("octets for each entry in the dataplane", 256,
           lambda find: find("install")["dataplane_octets_per_entry"]),
    Target("octets for each entry in control", 640,
           lambda find: find("install")["control_octets_per_entry"]),
    Target("µs of latency at half load, fan-out 4, p99", 10,
           lambda find: find("latency", fan_out=4)["p99_us"]),
)


def table(rows):
    """Lines of a page; a target that the run says nothing about is left out."""
    lines = ["| target | wanted | measured | |", "| --- | --- | --- | --- |"]
    for target in ALL:
        value = target.measured(rows)
        if value is not None:
            sign = "≥" if target.at_least else "≤"
            lines.append(f"| {target.text} | {sign} {target.limit:,} | {_number(value)} | "
                         f"{'reached' if target.reached(value) else 'not reached'} |")
    return lines + [""] if len(lines) > 2 else []


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
