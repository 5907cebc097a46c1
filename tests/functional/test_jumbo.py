# SPDX-License-Identifier: Apache-2.0
"""Frames longer than a buffer, to a port that takes them and to one that does not.

    in.pcap ── in (MTU 9000) │ mgmd │ wide (MTU 9000) ── wide.pcap
                             │      │ narrow (MTU 1500) ── narrow.pcap
"""

import pytest
from scapy.layers.inet import IP, defragment
from scapy.layers.inet6 import ICMPv6PacketTooBig, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from support import frames as fr
from support.mgmd import why_no_binary

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))

SOURCE, GROUP, KEPT_WHOLE = "10.1.0.10", "239.1.1.1", "239.1.1.2"
SOURCE6, GROUP6 = "fd00:1::10", "ff1e::1:1"
COUNT, OCTETS = 4, 4000  # no more than a hold keeps of a flow
FRAGMENTS = 3  # 1480 + 1480 + the rest of 8 + 4000 octets


@pytest.fixture(params=["no", "yes"], ids=["copied", "chained"])
def routed(request, lab, tmp_path):
    """The summary, and the frames that left each port."""
    frames = fr.interleaved(long(SOURCE, GROUP), long(SOURCE, KEPT_WHOLE), long(SOURCE6, GROUP6))
    wrpcap(str(tmp_path / "in.pcap"), frames)
    summary = lab.mgmd(f"""
        ports:
          in: {{device: "net_pcap0,rx_pcap={tmp_path}/in.pcap,tx_pcap={tmp_path}/back.pcap",
               mtu: 9000}}
          wide: {{device: "net_pcap1,tx_pcap={tmp_path}/wide.pcap", mtu: 9000}}
          narrow: "net_pcap2,tx_pcap={tmp_path}/narrow.pcap"
        interfaces:
          in: {{addresses: [10.1.0.1/24, "fd00:1::1/64"], protocol: static}}
          wide: {{addresses: 10.2.0.1/24, protocol: static,
                 static_joins: [{GROUP}, {KEPT_WHOLE}, {GROUP6}]}}
          narrow: {{addresses: 10.3.0.1/24, protocol: static,
                   static_joins: [{GROUP}, {KEPT_WHOLE}, {GROUP6}]}}
        replication: {{chain: {request.param}}}
        memory: {{hugepages: no}}
        """, until_idle_ms=500).finish_by_itself()
    outputs = ("wide", "narrow", "back")
    return summary, {name: fr.read(tmp_path / f"{name}.pcap") for name in outputs}


def long(source, group):
    frames = fr.stream(source, group, COUNT)
    for number, frame in enumerate(frames, 1):
        frame[Raw].load = bytes(frame[Raw].load).ljust(OCTETS, b"\x5a")
        if IP in frame:
            frame[IP].id = number
        if group == KEPT_WHOLE:
            frame[IP].flags = "DF"
    return [Ether(bytes(frame)) for frame in frames]


def test_each_port_gets_what_it_can_take(routed):
    summary, left = routed
    mac = summary.port("wide")["mac"]
    fr.check_routed(left["wide"], mac)
    for source, group in ((SOURCE, GROUP), (SOURCE, KEPT_WHOLE), (SOURCE6, GROUP6)):
        assert fr.numbers(left["wide"], source, group) == list(range(COUNT))
        assert all(len(frame[Raw].load) == OCTETS for frame in left["wide"])
    assert [frame[IP].dst for frame in left["narrow"]] == [GROUP] * COUNT * FRAGMENTS
    assert all(len(frame[IP]) <= 1500 for frame in left["narrow"])
    whole = list(defragment([frame[IP] for frame in left["narrow"]]))
    assert fr.numbers([Ether() / packet for packet in whole], SOURCE, GROUP) == list(range(COUNT))
    assert [len(packet) for packet in whole] == [20 + 8 + OCTETS] * COUNT
    assert summary.flow(SOURCE, GROUP).sent == {"wide": COUNT, "narrow": COUNT}
    for source, group in ((SOURCE, KEPT_WHOLE), (SOURCE6, GROUP6)):
        assert summary.flow(source, group).sent == {"wide": COUNT}
    assert summary.interface("narrow")["too_big"] == 2 * COUNT
    assert summary.forwarded == 3 * COUNT


def test_sources_of_ipv6_are_told(routed):
    _, left = routed
    assert left["back"], "a Packet Too Big"
    for frame in left["back"]:
        assert frame[IPv6].dst == SOURCE6
        assert frame[ICMPv6PacketTooBig].mtu == 1500
