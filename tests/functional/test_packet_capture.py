# SPDX-License-Identifier: Apache-2.0
"""mgmctl capture and mgmctl trace on a running router.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ control socket ── mgmctl
"""

import json
import os
import shutil
import signal
import subprocess

import pytest
from netlab.wait import until
from scapy.packet import Raw
from scapy.utils import PcapNgReader

from support import ctl
from support import devices as dev
from support import frames as fr
from support import mgmctl
from support import three_ports as lab3
from support.mgmctl import REFUSED, USAGE, Mgmctl
from support.mgmd import why_no_binary

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

SOURCE, LEFT, RIGHT = lab3.NAMES

class Tap:
    """mgmctl capture or trace, from when no packet escapes it until it is told to end."""

    def __init__(self, path, *words):
        # Unbuffered: what it says at the end is not to be taken with the first line.
        self.child = subprocess.Popen(
            [mgmctl.binary(), "--socket", path, *map(str, words)], bufsize=0,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = b""
        while not self.said.endswith(b"\n") and (octet := self.child.stderr.read(1)):
            self.said += octet

    @property
    def has_begun(self):
        return b" begun; Ctrl-C ends it" in self.said

    def interrupt(self):
        """What it printed, and what it said at the end."""
        self.child.send_signal(signal.SIGINT)
        return self.finish()

    def finish(self):
        out, err = self.child.communicate(timeout=60)
        assert self.child.returncode == 0, err
        return out.decode(), err.decode()


class Running:
    """The router of the memif lab, hosts on its three links."""

    def __init__(self, lab):
        self.path = lab.socket_directory() / "control"
        name = f"mgmd-tap-{os.getpid()}"
        config = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
        self.router = lab.mgmd(config + ctl.socket_setting(self.path))
        self.stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                                       for port in range(3)))
        self.mgmctl = Mgmctl(self.path)

    def tap(self, *words):
        """Has begun when it returns: a frame that comes next is seen."""
        tap = Tap(self.path, *words)
        assert tap.has_begun, tap.said
        return tap

    def send(self, *streams, station=lab3.SOURCE):
        self.stations.send(station, fr.interleaved(*streams))

    def counter(self, of, name):
        rows = self.mgmctl.rows("show", "counters")
        return next(row["value"] for row in rows if (row["of"], row["counter"]) == (of, name))

    def drops(self):
        return {row["reason"]: row["packets"] for row in self.mgmctl.rows("show", "drops")}


@pytest.fixture
def running(lab):
    return Running(lab)


def read(path):
    with PcapNgReader(str(path)) as reader:
        return list(reader)


def tshark(path, *fields):
    """A tuple of these fields for each packet, as Wireshark understands the file."""
    if not shutil.which("tshark"):
        pytest.skip("no tshark: install Debian's package tshark")
    words = [word for field in fields for word in ("-e", field)]
    done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-E", "separator=|", *words],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [tuple(line.split("|")) for line in done.stdout.splitlines()]


def known(running):
    """The stream to both has its entry: no packet of a long burst of it need wait."""
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 1))
    until(lambda: running.stations.received(lab3.RIGHT) == 1, what="a copy on right")


def test_it_captures_what_comes_goes_and_is_dropped(running, tmp_path):
    file = tmp_path / "all.pcapng"
    capture = running.tap("capture", "-w", file, "--family", "ipv4")
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 30), fr.stream(lab3.HOST, lab3.UNWANTED, 20))
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 5), station=lab3.LEFT)  # not where its source is
    until(lambda: running.drops() == {"negative_entry": 20, "wrong_interface": 5},
          what="25 packets dropped")
    until(lambda: running.stations.received(lab3.RIGHT) == 30, what="30 copies on right")
    _, said = capture.interrupt()
    assert said == "140 packets\n"

    seen = tshark(file, "frame.interface_name", "ip.dst", "ip.ttl", "frame.packet_flags_direction",
                  "frame.comment")
    why = "dropped: negative_entry: nobody wants this flow (negative entry)"
    wrong = "dropped: wrong_interface: arrived on an interface the entry refuses"
    inbound, outbound = "0x00000001", "0x00000002"
    sent, ttl = str(fr.TTL), str(fr.TTL - 1)
    assert {each: seen.count(each) for each in seen} == {
        (SOURCE, lab3.BOTH, sent, inbound, ""): 30,
        (SOURCE, lab3.UNWANTED, sent, inbound, ""): 20,
        (LEFT, lab3.BOTH, sent, inbound, ""): 5,
        (LEFT, lab3.BOTH, ttl, outbound, ""): 30,
        (RIGHT, lab3.BOTH, ttl, outbound, ""): 30,
        (SOURCE, lab3.UNWANTED, sent, inbound, why): 20,
        (LEFT, lab3.BOTH, sent, inbound, wrong): 5}
    assert running.counter("interface source", "rx_packets") == 50


def test_what_is_captured_is_what_was_sent(running, tmp_path):
    file = tmp_path / "in.pcapng"
    sent = fr.stream(lab3.HOST, lab3.BOTH, 20)
    capture = running.tap("capture", "--in", "--interface", SOURCE, "--count", 20, "-w", file)
    running.send(sent)
    _, said = capture.finish()
    assert said == "20 packets\n"
    captured = read(file)
    assert [bytes(frame) for frame in captured] == [bytes(frame) for frame in sent]
    times = [float(frame.time) for frame in captured]
    assert times == sorted(times)
    assert abs(times[0] - file.stat().st_mtime) < 3600, "the time is the clock's"


def test_filters_and_sampling_choose(running, tmp_path):
    everything = [fr.stream(lab3.HOST, lab3.BOTH, 40), fr.stream(lab3.HOST6, lab3.BOTH6, 40),
                  fr.stream("10.1.0.11", lab3.RIGHT_ONLY, 40)]

    def count(*words):
        file = tmp_path / "some.pcapng"
        capture = running.tap("capture", *words, "-w", file)
        before = running.counter("packets", "received")
        running.send(*everything)
        until(lambda: running.counter("packets", "received") == before + 120, what="all received")
        capture.interrupt()
        return len(read(file))

    assert count("--in", "--group", lab3.BOTH) == 40
    assert count("--in", "--group", "239.1.0.0/16") == 80
    assert count("--in", "--source", "10.1.0.11") == 40
    assert count("--in", "--family", "ipv6", "--sample", 8) == 5
    assert count("--in", "--interface", LEFT) == 0
    assert count("--drop") == count("--reason", "ttl_expired") == 0


def test_packets_in_a_line_each(running):
    capture = running.tap("capture", "--reason", "negative_entry", "--count", 2)
    running.send(fr.stream(lab3.HOST, lab3.UNWANTED, 10))
    out, said = capture.finish()
    assert said == "2 packets\n"
    first, second = out.splitlines()
    for line in first, second:
        assert "  drop  source  10.1.0.10 > 239.9.9.9, UDP 5000 > 6000, TTL 16, 106 octets  " \
            "negative_entry: nobody wants this flow (negative entry)" in line
    rows = running.tap("--json", "capture", "--in", "--count", 1, "--snaplen", 14)
    running.send(fr.stream(lab3.HOST, lab3.UNWANTED, 1))
    row = json.loads(rows.finish()[0])
    assert (row["point"], row["interface"], row["length"]) == ("in", SOURCE, 106)
    assert row["octets"] == "01005e0909090200000000990800"


def test_it_can_be_piped_into_another_program(running):
    if not shutil.which("tshark"):
        pytest.skip("no tshark: install Debian's package tshark")
    capture = running.tap("capture", "--in", "--count", 7, "-w", "-")
    shown = subprocess.Popen(["tshark", "-r", "-", "-T", "fields", "-e", "ip.dst"],
                             stdin=capture.child.stdout, stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.DEVNULL)
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 7))
    out, _ = shown.communicate(timeout=120)
    assert out == f"{lab3.BOTH}\n" * 7
    assert capture.child.wait(timeout=60) == 0


def test_a_client_that_reads_nothing_costs_no_packet(running):
    known(running)
    with ctl.Client(running.path) as stalled:
        stalled.hello()
        stalled.send(b'{"command":"capture"}\n')
        assert stalled.answer() == {"row": {"begun": True}}
        total = 1
        # Fewer than a memif ring has room for, and longer than the capture's ring together.
        frames = [frame / Raw(bytes(1200)) for frame in fr.stream(lab3.HOST, lab3.BOTH, 700)]
        for _ in range(3):
            running.send(frames)
            total += len(frames)
            until(lambda: running.stations.received(lab3.RIGHT) == total, deadline=30,
                  what=f"{total} copies on right")
        assert running.stations.received(lab3.LEFT) == total
        # What waits for the client fits into its ring; the rest is counted.
        stalled.send(b'{"command":"show version"}\n')
        rows, missed = 0, 0
        while "end" not in (line := stalled.answer()):
            missed += line["row"].get("missed", 0)
            rows += "octets" in line["row"]
        assert rows + missed == 3 * (total - 1)
        assert missed > 0
        assert "version" in stalled.answer()["row"]
    summary = running.router.finish()
    assert summary.forwarded == total
    assert summary.flow(lab3.HOST, lab3.BOTH).sent == {"left": total, "right": total}


def test_clients_that_leave_in_the_middle_leave_room_for_others(running):
    for _ in range(30):
        with ctl.Client(running.path) as client:
            client.hello()
            client.send(b'{"command":"capture"}\n{"comm')
            client.answer()

    def begun():
        tap = Tap(running.path, "capture", "--in")
        return tap if tap.has_begun else tap.child.wait() and None

    taps = [until(begun, deadline=30, what="room for a capture") for _ in range(4)]
    assert "4 captures run already" in running.mgmctl.refusal(REFUSED, "capture")
    for tap in taps:
        tap.interrupt()


def test_a_trace_tells_what_each_stage_does(running):
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 1), fr.stream(lab3.HOST, lab3.UNWANTED, 1))
    until(lambda: running.drops().get("hold_refused", 0) + running.drops().get(
        "negative_entry", 0) == 1, what="both flows known")
    until(lambda: running.stations.received(lab3.RIGHT) == 1, what="a copy on right")
    trace = running.tap("trace", "--source", lab3.HOST, "--count", 3)
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 1))
    running.send(fr.stream(lab3.HOST, lab3.UNWANTED, 1))
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 1), station=lab3.LEFT)
    out, said = trace.finish()
    assert said == "3 packets\n"
    text = " ".join(out.split())
    assert ("classify IPv4 data for table 0: 10.1.0.10 to 239.1.1.1, 92 octets, TTL 16 "
            "lookup entry (10.1.0.10, 239.1.1.1): forward accept may arrive here "
            "ttl 16 becomes 15 replicate 2 outgoing interfaces "
            "transmit left: sent right: sent") in text
    assert "accept dropped: negative_entry (nobody wants this flow (negative entry))" in text
    assert "accept dropped: wrong_interface (arrived on an interface the entry refuses); " \
        "control is told" in text
    until(lambda: running.stations.received(lab3.RIGHT) == 2, what="the traced copy on right")


def test_a_trace_of_a_stream_loses_and_reorders_nothing(running):
    known(running)
    trace = running.tap("--json", "trace", "--sample", 3, "--count", 50)
    running.send(fr.stream(lab3.HOST, lab3.BOTH, 400, first=1))
    rows = [json.loads(line) for line in trace.finish()[0].splitlines()]
    assert len(rows) == 50
    assert {row["verdict"] for row in rows} == {"forwarded"}
    until(lambda: running.stations.received(lab3.LEFT) == 401, what="401 copies on left")
    recorded = running.stations.frames()
    assert fr.numbers(recorded[lab3.LEFT], lab3.HOST, lab3.BOTH) == list(range(401))


@pytest.mark.parametrize(("status", "words", "complaint"), [
    (USAGE, ("capture", "--reason", "tired"), "one of runt"),
    (USAGE, ("capture", "--sample", 0), "sample: 0 must be at least 1"),
    (USAGE, ("capture", "--count", 0), "count: 0 must be at least 1"),
    (USAGE, ("capture", "--snaplen", 65536), "65535"),
    (USAGE, ("capture", "--json", "-w", "x"), "--json: not with --write"),
    (REFUSED, ("capture", "--interface", "nowhere"), "there is none of that name"),
    (REFUSED, ("trace", "--interface", "nowhere"), "there is none of that name"),
])
def test_mistakes_are_named(running, status, words, complaint):
    assert complaint in running.mgmctl.refusal(status, *words)


def test_a_file_that_cannot_be_written_is_named(running):
    done = running.mgmctl.run("capture", "--seconds", 1, "-w", "/nowhere/x.pcapng")
    assert done.returncode == 71
    assert '"/nowhere/x.pcapng": can\'t be written: No such file' in done.stderr
