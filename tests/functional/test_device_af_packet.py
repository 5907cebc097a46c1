# SPDX-License-Identifier: Apache-2.0
"""mgmd on AF_PACKET, with config/examples/lab-af-packet.yaml: veth pairs to another namespace.

    testpmd ── source ══ to-source │ mgmd │ to-left ══ left ── testpmd
                                   │      │ to-right ══ right ── testpmd

test_router.py has Linux hosts at the far ends.
"""

import pytest
from netlab.netns import connect
from netlab.wait import until
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from support import devices as dev
from support import frames as fr
from support import three_ports as lab3


@pytest.fixture
def far_ends(lab):
    return lab.namespace("ends")


@pytest.fixture
def router(lab, far_ends):
    namespace = lab.namespace("router")
    for name in lab3.NAMES:
        connect(namespace, f"to-{name}", far_ends, name)
    return lab.mgmd(lab3.example("af-packet"), namespace=namespace)


def test_generated_stream(lab, router, far_ends):
    recorder = lab.recorder(dev.af_packet("left"), dev.af_packet("right", 1), namespace=far_ends)
    generator = lab.generator(dev.af_packet("source"), source=lab3.HOST, group=lab3.BOTH,
                              namespace=far_ends)
    lab3.check_generated_stream(router, generator, recorder)


def test_what_an_interface_may_not_carry_is_not_sent_to_it(lab, far_ends):
    """to-left is on top of a link with an MTU of 1400, which its own can't be raised above."""
    namespace = lab.namespace("router")
    for name in ("source", "right"):
        connect(namespace, f"to-{name}", far_ends, name)
    connect(namespace, "trunk", far_ends, "trunk")
    namespace.ip("link", "set", "trunk", "mtu", "1400")
    namespace.ip("link", "add", "to-left", "link", "trunk",
                 "type", "macvlan", "mode", "bridge")
    namespace.up("to-left")
    router = lab.mgmd(lab3.example("af-packet"), namespace=namespace)
    assert "keeps its MTU 1400 instead of 1500" in router.log

    stations = lab.stations(dev.af_packet("source"), dev.af_packet("right", 1), namespace=far_ends)
    header = Ether(src="02:00:00:00:00:99", dst=fr.multicast_mac(lab3.BOTH))
    packet = IP(src=lab3.HOST, dst=lab3.BOTH, ttl=16, flags="DF") / UDP(sport=5000, dport=6000)
    stations.send(0, [header / packet / Raw(bytes(octets - 28)) for octets in (1400, 1401, 1500)])
    until(lambda: stations.received(1) == 3, what="3 frames on right")
    summary = router.finish()
    assert summary.port("left")["mtu"] == 1400
    assert summary.interface("left")["too_big"] == 2
    assert summary.flow(lab3.HOST, lab3.BOTH).sent == {"left": 1, "right": 3}


def test_streams(lab, router, far_ends):
    stations = lab.stations(*(dev.af_packet(name, index) for index, name in enumerate(lab3.NAMES)),
                            namespace=far_ends)
    lab3.check_streams(router, stations)
