# SPDX-License-Identifier: Apache-2.0
"""The lab without the router: what the generators send is what the recorder gets.

    generator or replayer ──── link ──── recorder

    memif      generator (client) ── socket ── recorder (server)
    af_packet  generator ── [left] veth pair [right] ── recorder
    tap        generator ── af_packet on the kernel's end ── tap, made by recorder
    af_xdp     generator ── af_packet on a veth ══ veth with af_xdp ── recorder

When one of these fails, so do the tests of mgmd on that device, and not because of mgmd.
"""

import pytest
from netlab.netns import connect
from netlab.wait import until
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from support import devices as dev
from support.frames import multicast_mac

SOURCE, GROUP = "10.0.0.1", "239.1.2.3"


class Memif:
    def __init__(self, lab):
        socket = lab.socket_directory() / "memif"
        self.recorder = lab.recorder(dev.memif(socket, 7, "server"))
        self.sender = {"device": dev.memif(socket, 7, "client")}


class AfPacket:
    def __init__(self, lab):
        left, right = lab.namespace("left"), lab.namespace("right")
        connect(left, "veth", right, "veth")
        self.recorder = lab.recorder(dev.af_packet("veth"), namespace=right)
        self.sender = {"device": dev.af_packet("veth"), "namespace": left}


class Tap:
    def __init__(self, lab):
        host = lab.namespace("host")
        self.recorder = lab.recorder(dev.tap("tap"), namespace=host)
        self.sender = {"device": dev.af_packet("tap"), "namespace": host}


class AfXdp:
    def __init__(self, lab):
        left, right = lab.namespace("left"), lab.namespace("right")
        connect(left, "veth", right, "veth")
        self.recorder = lab.recorder(dev.af_xdp("veth"), namespace=right)
        self.sender = {"device": dev.af_packet("veth"), "namespace": left}


@pytest.fixture(params=[Memif, AfPacket, Tap, AfXdp], ids=lambda link: link.__name__)
def link(request, lab):
    return request.param(lab)


def test_generator_sends_exactly_what_was_asked_for(lab, link):
    generator = lab.generator(**link.sender, source=SOURCE, group=GROUP, size=100)
    generator.send(75)
    until(lambda: link.recorder.received() == 75, what="75 frames at the recorder")

    frames = link.recorder.frames()
    assert len(frames) == 75
    for frame in frames:
        assert len(frame) == 100
        assert frame[Ether].dst == "01:00:5e:01:02:03"
        assert (frame[IP].src, frame[IP].dst, frame[IP].ttl) == (SOURCE, GROUP, 64)
        assert (frame[UDP].sport, frame[UDP].dport) == (5000, 6000)


def test_replayer_sends_frames_byte_for_byte(lab, link):
    frames = [ipv6_frame(number) for number in range(40)]
    replayer = lab.replayer(**link.sender)
    replayer.send(frames[:30])
    replayer.send(frames[30:])
    until(lambda: link.recorder.received() == 40, what="40 frames at the recorder")

    assert [bytes(frame) for frame in link.recorder.frames()] == [bytes(f) for f in frames]


def test_bridge_stands_in_for_a_router(lab):
    socket = lab.socket_directory() / "memif"
    lab.bridge(dev.memif(socket, 1, "server", index=0), dev.memif(socket, 2, "server", index=1))
    recorder = lab.recorder(dev.memif(socket, 2, "client"))
    until(recorder.link_up, what="link of the recorder")
    generator = lab.generator(dev.memif(socket, 1, "client"), source=SOURCE, group=GROUP)
    generator.send(64)
    until(lambda: recorder.received() == 64, what="64 frames at the recorder")


def ipv6_frame(number):
    group = "ff3e::5"
    return (
        Ether(src="02:00:00:00:00:01", dst=multicast_mac(group))
        / IPv6(src="2001:db8::1", dst=group, hlim=16)
        / UDP(sport=5000, dport=6000)
        / Raw(number.to_bytes(4, "big") * 16)
    )
