# SPDX-License-Identifier: Apache-2.0
"""The shipped capture through config/examples/lab-pcap.yaml, checked frame by frame.

    examples/capture/source.pcap ── source │ mgmd │ left ── left.pcap in, out/left.pcap out
                                           │      │ right ── right.pcap in, out/right.pcap out
"""

import shutil
import subprocess

import pytest
from netlab.wait import until
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6

from support import capture
from support import devices as dev
from support import frames as fr
from support import three_ports as lab3
from support.lab import Lab
from support.mgmd import REPOSITORY

MAC = {"left": "02:00:00:00:02:01", "right": "02:00:00:00:03:01"}


class Routed:
    """One run: its summary, and where its output is."""

    def __init__(self, summary, directory):
        self.summary = summary
        self.directory = directory

    def output(self, port):
        return fr.read(self.directory / "out" / f"{port}.pcap")


@pytest.fixture(scope="module")
def routed(tmp_path_factory):
    path = tmp_path_factory.mktemp("capture")
    directory = capture.working_directory(path / "here")
    with Lab(path) as lab:
        router = lab.mgmd(REPOSITORY / "config" / "examples" / "lab-pcap.yaml", directory,
                          until_idle_ms=500)
        return Routed(router.finish_by_itself(), directory)


def test_counts_are_those_of_the_readme(routed):
    summary, misplaced = routed.summary, capture.streams_at("left")
    for key, stream in capture.streams_at("source").items():
        flow = summary.flow(*key)
        assert flow.sent == stream.copies, key
        assert flow.wrong_interface == (misplaced[key].packets if key in misplaced else 0), key
        assert flow.negative_hits == (stream.packets if stream.unwanted else 0), key
        assert flow.packets == (0 if stream.unwanted else stream.packets), key
    assert len(summary.flows()) == len(capture.streams_at("source"))


def test_every_frame_has_its_verdict(routed):
    summary = routed.summary
    at_source, at_left = capture.streams_at("source").values(), capture.streams_at("left").values()
    assert summary.received == sum(map(capture.frames_at, capture.PORTS))
    assert summary.forwarded == sum(stream.packets - stream.ttl_1 for stream in at_source
                                    if not stream.unwanted)
    assert summary.dropped == {
        "wrong_interface": sum(stream.packets for stream in at_left),
        "negative_entry": sum(stream.packets for stream in at_source if stream.unwanted),
        "ttl_expired": sum(stream.ttl_1 for stream in at_source),
        "control_unspecified_source": sum(capture.frames_at(port, "MLDv2 report from ::")
                                          for port in capture.PORTS),
    }
    assert summary.events["no_entry"] >= len(capture.streams_at("source"))
    assert summary.events["refused"] == 0


@pytest.mark.parametrize("port", ["left", "right"])
def test_output_is_complete_in_order_and_well_formed(routed, port):
    """Octet by octet what came in, but for TTL, header checksum and MAC addresses."""
    output = routed.output(port)
    came_in = fr.read(capture.CAPTURE / "source.pcap")
    wanted = {key for key, stream in capture.streams_at("source").items() if port in stream.copies}
    assert fr.flows(output) == wanted
    for source, group in wanted:
        expected = [frame for frame in came_in if ttl(frame) > 1]
        numbers = fr.numbers(output, source, group)
        assert numbers == fr.numbers(expected, source, group)
        assert payloads(output, source, group) == payloads(expected, source, group)
        assert len(numbers) == capture.streams_at("source")[source, group].copies[port]
    fr.check_routed(output, MAC[port])
    assert len(output) == sum(capture.streams_at("source")[key].copies[port] for key in wanted)


def test_nothing_leaves_where_it_came_from(routed):
    assert routed.output("source") == []


@pytest.mark.skipif(shutil.which("tshark") is None, reason="no tshark: install Debian's package")
@pytest.mark.parametrize("port", ["left", "right"])
def test_wireshark_finds_nothing_wrong(routed, port):
    command = ["tshark", "-r", routed.directory / "out" / f"{port}.pcap",
               "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
               "-Y", "_ws.malformed or ip.checksum.status == 0 or udp.checksum.status == 0"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == ""


def ttl(frame):
    if UDP not in frame:
        return 0
    return frame[IP].ttl if IP in frame else frame[IPv6].hlim


def payloads(frames, source, group):
    return [bytes(frame[UDP]) for frame in frames
            if UDP in frame and (frame.payload.src, frame.payload.dst) == (source, group)]


def test_generated_stream(lab, tmp_path):
    """testpmd writes the capture that is routed, and reads what came of it."""
    paths = {name: tmp_path / f"{name}.pcap" for name in lab3.NAMES}
    generator = lab.generator(dev.pcap_writer(paths["source"]), source=lab3.HOST, group=lab3.BOTH)
    generator.send(100)
    generator.stop()

    config = lab3.example("tap").read_text()
    for index, name in enumerate(lab3.NAMES):
        key = "rx_pcap" if name == "source" else "tx_pcap"
        config = config.replace(f"net_tap{index},iface=tap-{name}",
                                f"'net_pcap{index},{key}={paths[name]}'")
    summary = lab.mgmd(config, until_idle_ms=300).finish_by_itself()

    recorder = lab.recorder(dev.pcap_reader(paths["left"]), dev.pcap_reader(paths["right"], 1))
    until(lambda: (recorder.received(0), recorder.received(1)) == (100, 100),
          what="100 frames on left and on right")
    for index, name in enumerate(lab3.NAMES[lab3.LEFT:]):
        fr.check_routed(recorder.frames(index), summary.port(name)["mac"], sent_ttl=64)
    flow = summary.flow(lab3.HOST, lab3.BOTH)
    assert (flow.packets, flow.sent) == (100, {"left": 100, "right": 100})
    assert summary.dropped == {}
