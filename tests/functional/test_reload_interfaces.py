# SPDX-License-Identifier: Apache-2.0
"""Boundaries, TTL thresholds and MTUs change under traffic: who receives before and after, who does
not, which counter moves, and what it costs the others: nothing.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
"""

import os
import re
import threading

import pytest
from netlab.wait import until
from scapy.layers.inet import IP
from scapy.packet import Raw

from support import ctl
from support import devices as dev
from support import frames as fr
from support import mgmctl
from support import three_ports as lab3
from support.mgmctl import Mgmctl
from support.mgmd import why_no_binary

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

INSTALLED, INSTALLED_RIGHT = "239.2.2.2", "239.3.3.3"
WANTED = (lab3.BOTH, INSTALLED, lab3.RIGHT_ONLY, INSTALLED_RIGHT)
MROUTES = f"""
mroutes:
  - {{group: {INSTALLED}, accept: source, outgoing: [left, right]}}
  - {{group: {INSTALLED_RIGHT}, accept: source, outgoing: right}}
"""
LONG_PAYLOAD = 1372  # with its headers 1400 octets of IP
RELOADS, CHUNK = 300, 100


class Bench:
    """A router between stations on memif, whose interfaces change."""

    def __init__(self, lab):
        self.path = lab.socket_directory() / "control"
        name = f"mgmd-interfaces-{os.getpid()}"
        self.config = (lab3.example("memif").read_text().replace("socket=mgmd-lab",
                                                                 f"socket={name}")
                       + MROUTES + ctl.socket_setting(self.path))
        self.router = lab.mgmd(self.config)
        self.stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                                       for port in range(3)))
        self.mgmctl = Mgmctl(self.path)
        self.sent = 0
        self._probes = 0

    def text(self, **of_interfaces):
        """The configuration, with settings of interfaces in addition."""
        text = self.config
        for name, settings in of_interfaces.items():
            text = re.sub(rf"^  {name}:\n", rf"  {name}:\n    {settings}\n", text, flags=re.M)
        return text

    def reload(self, source_boundaries=(), **of_interfaces):
        """What has changed. Workers know it when this returns: each time another probe's group,
        which nobody wants, does not get past source."""
        self._probes += 1
        probe = f"239.250.0.{self._probes}"
        boundaries = ", ".join(f"{group}/32" for group in (probe, *source_boundaries))
        self.router.config_path.write_text(
            self.text(source=f"boundaries: [{boundaries}]", **of_interfaces))
        rows = self.mgmctl.rows("reload")
        assert all(row["how"] == "live" for row in rows)
        stopped = self.drops("boundary")

        def is_stopped():
            self.stations.send(lab3.SOURCE, fr.stream(lab3.HOST, probe, 1))
            return self.drops("boundary") > stopped
        until(is_stopped, what="a frame that is stopped at the new boundary")
        self.until_settled()
        return {row["item"] for row in rows} - {"interfaces.source.boundaries"}

    def drops(self, reason):
        rows = ctl.request(self.path, "show drops")
        return sum(row["packets"] for row in rows if row["reason"] == reason)

    def until_settled(self, received=None):
        """All that was received has its verdict."""
        def is_settled():
            rows = ctl.request(self.path, "show workers")
            done = sum(row["forwarded"] + row["dropped"] + row["to_control"] for row in rows)
            return done == sum(row["received"] for row in rows) and received in (None, done)
        until(is_settled, what="the verdicts of all frames")

    def send(self, *groups, count=50, change=lambda frame: frame):
        """Numbered frames to each group."""
        before = sum(row["received"] for row in ctl.request(self.path, "show workers"))
        self.stations.send(lab3.SOURCE, [change(frame) for frame in fr.interleaved(
            *(fr.stream(lab3.HOST, group, count, first=self.sent) for group in groups))])
        self.sent += count
        self.until_settled(before + count * len(groups))

    def frames(self, left, right):
        """What the stations have received, once left and right have so many frames."""
        for station, count in ((lab3.LEFT, left), (lab3.RIGHT, right)):
            until(lambda: self.stations.received(station) >= count,
                  what=f"{count} frames on {lab3.NAMES[station]}")
        return self.stations.frames()

    def outgoing(self, group):
        """{interface: what show mroutes counts} of the flow to `group`."""
        row, = ctl.request(self.path, "show mroutes", group=group, family="ipv4")
        return {out["interface"]: out for out in row["outgoing"]}


def received(frames, group):
    return fr.numbers(frames, lab3.HOST, group)


@pytest.fixture
def bench(lab):
    return Bench(lab)


def test_a_boundary_keeps_groups_from_an_interface_and_others_lose_nothing(bench):
    bench.send(*WANTED)
    assert bench.reload(left=f"boundaries: [{lab3.BOTH}/32, 239.2.0.0/16]") == {
        "interfaces.left.boundaries"}
    bench.send(*WANTED)
    assert set(bench.outgoing(lab3.BOTH)) == {"right"}
    assert bench.outgoing(INSTALLED)["left"]["packets"] == 50
    assert bench.outgoing(INSTALLED)["right"]["packets"] == 100
    assert bench.reload() == {"interfaces.left.boundaries"}
    bench.send(*WANTED)

    frames = bench.frames(left=200, right=600)
    for group in (lab3.BOTH, INSTALLED):
        assert received(frames[lab3.LEFT], group) == [*range(50), *range(100, 150)]
    for group in WANTED:
        assert received(frames[lab3.RIGHT], group) == list(range(150))
    assert frames[lab3.SOURCE] == []
    assert bench.outgoing(lab3.BOTH)["left"]["packets"] == 50, "since it is wanted there again"
    assert bench.outgoing(INSTALLED)["left"]["packets"] == 100
    assert bench.router.finish().forwarded == 150 * len(WANTED)


def test_a_boundary_on_the_arrival_interface_stops_what_arrives(bench):
    bench.send(lab3.BOTH, lab3.RIGHT_ONLY)
    bench.reload(source_boundaries=[lab3.BOTH])
    stopped = bench.drops("boundary")
    bench.send(lab3.BOTH, lab3.RIGHT_ONLY)
    assert bench.drops("boundary") == stopped + 50
    assert "boundary" in bench.mgmctl.text("explain", "--in", "source", lab3.HOST, lab3.BOTH)
    bench.reload()
    stopped = bench.drops("boundary")
    bench.send(lab3.BOTH, lab3.RIGHT_ONLY)
    assert bench.drops("boundary") == stopped

    frames = bench.frames(left=100, right=250)
    assert received(frames[lab3.RIGHT], lab3.RIGHT_ONLY) == list(range(150))
    for station in (lab3.LEFT, lab3.RIGHT):
        assert received(frames[station], lab3.BOTH) == [*range(50), *range(100, 150)]
    assert frames[lab3.SOURCE] == []
    bench.router.finish()


def test_a_ttl_threshold_keeps_packets_from_an_interface(bench):
    bench.send(*WANTED)
    assert bench.reload(left=f"ttl_threshold: {fr.TTL}") == {"interfaces.left.ttl_threshold"}
    bench.send(*WANTED)
    for group in (lab3.BOTH, INSTALLED):
        assert bench.outgoing(group)["left"]["ttl_too_low"] == 50
    bench.reload(left=f"ttl_threshold: {fr.TTL - 1}")
    bench.send(*WANTED)

    frames = bench.frames(left=200, right=600)
    for group in (lab3.BOTH, INSTALLED):
        assert received(frames[lab3.LEFT], group) == [*range(50), *range(100, 150)]
    for group in WANTED:
        assert received(frames[lab3.RIGHT], group) == list(range(150))
    summary = bench.router.finish()
    for group in (lab3.BOTH, INSTALLED):
        assert summary.flow(lab3.HOST if group == lab3.BOTH else "*", group).sent == {
            "left": 100, "right": 150}
    assert summary.interface("left")["ttl_too_low"] == 100


def test_an_mtu_keeps_long_packets_from_an_interface(bench):
    def long(frame):
        frame = frame.copy()
        frame[Raw].load = frame[Raw].load.ljust(LONG_PAYLOAD, b"\xa5")
        frame[IP].flags = "DF"
        return frame

    bench.send(*WANTED, change=long)
    assert bench.reload(left="mtu: 1399") == {"interfaces.left.mtu"}
    bench.send(*WANTED, change=long)
    for group in (lab3.BOTH, INSTALLED):
        assert bench.outgoing(group)["left"]["too_big"] == 50
    bench.send(*WANTED)
    bench.reload(left="mtu: 1400")
    bench.send(*WANTED, change=long)

    frames = bench.frames(left=300, right=800)
    for group in (lab3.BOTH, INSTALLED):
        assert received(frames[lab3.LEFT], group) == [*range(50), *range(100, 200)]
    for group in WANTED:
        assert received(frames[lab3.RIGHT], group) == list(range(200))
    summary = bench.router.finish()
    assert summary.interface("left")["too_big"] == 100


class Storm(threading.Thread):
    """Reloads without pause; each time left is another interface to the workers."""

    def __init__(self, bench):
        super().__init__()
        self._bench = bench
        self.done, self.failure = 0, None

    def run(self):
        of_left = ("boundaries: [239.0.0.0/8]", f"ttl_threshold: {fr.TTL}", "mtu: 1280",
                   f"boundaries: [{INSTALLED}/32]", "ttl_threshold: 3")
        try:
            with ctl.Client(self._bench.path, timeout=60.0) as client:
                client.hello()
                for step in range(RELOADS):
                    self._bench.router.config_path.write_text(
                        self._bench.text(left=of_left[step % len(of_left)]))
                    assert client.request("reload")
                    self.done += 1
        except (OSError, ctl.RefusedRequest, AssertionError) as failure:
            self.failure = failure


def test_a_storm_of_them_costs_what_leaves_elsewhere_nothing(bench):
    """All flows leave by right, one frame after the other: those that left has a part in, too. What
    left gets of them it gets in order and once."""
    bench.send(*WANTED, count=CHUNK)
    storm = Storm(bench)
    storm.start()
    while storm.is_alive():
        bench.send(*WANTED, count=CHUNK)
    storm.join()
    assert storm.failure is None
    assert storm.done == RELOADS
    assert bench.sent > 2 * CHUNK, "packets flowed during the storm"
    frames = bench.frames(left=0, right=bench.sent * len(WANTED))
    for group in WANTED:
        assert received(frames[lab3.RIGHT], group) == list(range(bench.sent))
    for group in (lab3.BOTH, INSTALLED):
        numbers = received(frames[lab3.LEFT], group)
        assert all(a < b for a, b in zip(numbers, numbers[1:]))
    summary = bench.router.finish()
    assert summary.forwarded == bench.sent * len(WANTED)
    assert summary.dropped == {}
