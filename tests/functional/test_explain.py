# SPDX-License-Identifier: Apache-2.0
"""mgmctl explain: what it says of a packet is what becomes of one, and asking changes nothing."""

import pytest
from netlab.wait import until
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import PcapNgWriter, wrpcap

from support import frames as fr
from support import mgmctl
from support import three_ports as lab3
from support.mgmctl import REFUSED, USAGE
from support.mgmd import why_no_binary
from support.operated import Running

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

SOURCE, LEFT, RIGHT = lab3.NAMES


class Explaining(Running):
    """A router that is asked about packets."""

    def explain(self, *words, arrival=SOURCE):
        """The rows of the steps, by step; those of outgoing interfaces by their name."""
        rows = self.mgmctl.rows("explain", "--in", arrival, *words)
        assert all(row["why"] for row in rows)
        return {row.get("interface", "others") if row["step"] == "outgoing" else row["step"]: row
                for row in rows}

    def outcomes(self, *words, arrival=SOURCE):
        return {step: row["outcome"] for step, row in self.explain(*words, arrival=arrival).items()}


@pytest.fixture
def running(lab):
    return Explaining(lab)


@pytest.mark.parametrize(("source", "group"), [(lab3.HOST, lab3.BOTH), (lab3.HOST6, lab3.BOTH6)])
def test_a_stream_is_foreseen_then_seen(running, source, group):
    before = running.outcomes(source, group)
    assert (before["entry"], before["route"], before["accept"]) == ("none", "found", "would pass")
    assert (before[LEFT], before[RIGHT]) == ("would be sent", "would be sent")
    assert before["verdict"] == "held"
    running.send(group, 30, left=30, right=30, source=source)
    after = running.explain(source, group)
    assert (after["entry"]["outcome"], after["verdict"]["outcome"]) == ("matched", "forwarded")
    assert after["verdict"]["copies"] == 2
    for name in (LEFT, RIGHT):
        assert after[name]["outcome"] == "sent"
        assert after[name]["wanted_by"] == [{"protocol": "static", "source": "*", "group": group}]
    mac = running.mgmctl.rows("show", "interfaces", "--interface", LEFT)[0]["mac"]
    assert (after[LEFT]["frame"]["source"], after[LEFT]["frame"]["ttl"]) == (mac, 63)


def test_why_nothing_arrives(running):
    running.send(lab3.RIGHT_ONLY, 10, right=10)
    running.send(lab3.UNWANTED, 10)
    until(lambda: (running.mroute(lab3.HOST, lab3.UNWANTED) or {}).get("negative_hits") == 10,
          what="10 unwanted")
    right_only = running.explain(lab3.HOST, lab3.RIGHT_ONLY)
    assert right_only[RIGHT]["outcome"] == "sent"
    assert right_only[LEFT]["outcome"] == "not listed"
    assert right_only[LEFT]["why"].startswith(f"nobody wants {lab3.RIGHT_ONLY} there")
    # What it says would help does.
    running.mgmctl.text(*right_only[LEFT]["needs"].split()[1:])
    running.send(lab3.RIGHT_ONLY, 10, left=10, right=10)
    assert running.explain(lab3.HOST, lab3.RIGHT_ONLY)[LEFT]["outcome"] == "sent"

    unwanted = running.explain(lab3.HOST, lab3.UNWANTED)
    assert (unwanted["entry"]["outcome"], unwanted["verdict"]["reason"]) == ("negative",
                                                                             "negative_entry")
    misplaced = running.explain(lab3.HOST, lab3.RIGHT_ONLY, arrival=LEFT)
    assert misplaced["verdict"]["reason"] == "wrong_interface"
    assert "(10.1.0.0/24, connected) goes over source" in misplaced["accept"]["why"]
    assert misplaced["accept"]["needs"] == "a route to 10.1.0.10 over left"
    elsewhere = running.explain("192.0.2.7", lab3.RIGHT_ONLY)
    assert (elsewhere["route"]["outcome"], elsewhere["verdict"]["outcome"]) == ("none", "held")
    short = running.explain("--ttl", 1, lab3.HOST, lab3.RIGHT_ONLY)
    assert short["verdict"]["reason"] == "ttl_expired"
    assert "greater TTL" in short["ttl"]["needs"]
    long = running.explain("--length", 4000, lab3.HOST, lab3.RIGHT_ONLY)
    assert (long[RIGHT]["outcome"], long[RIGHT]["frame"]["frames"]) == ("fragmented", 3)
    only = running.outcomes("--out", RIGHT, lab3.HOST, lab3.RIGHT_ONLY)
    assert RIGHT in only and LEFT not in only


def test_asking_leaves_no_trace(running):
    running.send(lab3.BOTH, 20, left=20, right=20)

    def state():
        return {what: running.mgmctl.rows("show", what)
                for what in ("counters", "drops", "events", "groups")}

    def buffers():
        return [(row["what"], row["used"]) for row in running.mgmctl.rows("show", "memory")
                if "packets" in row["what"] or "headers" in row["what"]]

    before, before_buffers = state(), buffers()
    assert before_buffers
    for _ in range(20):
        running.explain(lab3.HOST, lab3.BOTH)
        running.explain(lab3.HOST, lab3.BOTH, arrival=LEFT)
        running.explain(lab3.HOST, lab3.UNWANTED)
        running.explain("--ttl", 1, lab3.HOST, lab3.BOTH)
    assert state() == before
    assert buffers() == before_buffers
    assert running.mroute(lab3.HOST, lab3.UNWANTED) is None
    entry = running.mroute(lab3.HOST, lab3.BOTH)
    assert (entry["packets"], entry["wrong_interface"], entry["ttl_expired"]) == (20, 0, 0)
    # The stations have seen what was sent, and nothing else.
    running.send(lab3.BOTH, 5, left=5, right=5)
    assert running.router.finish().forwarded == 25


def test_a_captured_packet(running, tmp_path):
    running.send(lab3.BOTH, 10, left=10, right=10)
    stream = fr.stream(lab3.HOST, lab3.BOTH, 3)
    tagged = Ether(bytes(stream[0]))
    tagged = Ether(src=tagged.src, dst=tagged.dst) / Dot1Q(vlan=77) / tagged.payload
    broken = Ether(dst="01:00:5e:01:01:01") / IP(src=lab3.HOST, dst=lab3.BOTH, chksum=1) / UDP()
    captured = [Ether(bytes(stream[0])), tagged, broken]
    classic, modern = tmp_path / "some.pcap", tmp_path / "some.pcapng"
    wrpcap(str(classic), captured)
    with PcapNgWriter(str(modern)) as writer:
        for frame in captured:
            writer.write(frame)
    for path in (classic, modern):
        first = running.explain("--packet", path, 1)
        assert first["verdict"]["outcome"] == "forwarded"
        assert f"{lab3.HOST} > {lab3.BOTH}" in first["packet"]["why"]
        assert "unknown_vlan" in running.explain("--packet", path, 2)["arrival"]["why"]
        assert running.explain("--packet", path, 3)["verdict"]["reason"] == "bad_checksum"
        assert "packet 4: there are 3" in running.mgmctl.refusal(
            USAGE, "explain", "--in", SOURCE, "--packet", path, 4)


def test_it_reads_as_text(running):
    text = running.mgmctl.text("explain", "--in", SOURCE, lab3.HOST, lab3.RIGHT_ONLY)
    assert [line.split()[0] for line in text.splitlines()] == [
        "packet", "arrival", "checks", "entry", "route", "accept", "ttl", "outgoing", "needs:",
        "outgoing", "verdict"]


@pytest.mark.parametrize(("status", "words", "complaint"), [
    (USAGE, (), "--in is required"),
    (USAGE, ("--in", SOURCE), "a source and a group, or a packet, are required"),
    (USAGE, ("--in", SOURCE, "10.1.0.10", "10.1.0.11"), "a multicast address"),
    (USAGE, ("--in", SOURCE, "239.1.1.1", "239.1.1.1"), "a unicast address"),
    (USAGE, ("--in", SOURCE, "10.1.0.10", "ff1e::1"), "family"),
    (USAGE, ("--in", SOURCE, "10.1.0.10", "239.1.1.1", "--length", "27"), "at least 28"),
    (USAGE, ("--in", SOURCE, "--packet", "/nowhere", "1"), "No such file"),
    (USAGE, ("--in", SOURCE, "--packet", "/nowhere", "one"), "the number of a packet"),
    (REFUSED, ("--in", "nowhere", "10.1.0.10", "239.1.1.1"), "\"nowhere\": there is none"),
])
def test_mistakes_are_named(running, status, words, complaint):
    assert complaint in running.mgmctl.refusal(status, "explain", *words)
