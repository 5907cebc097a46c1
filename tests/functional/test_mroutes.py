# SPDX-License-Identifier: Apache-2.0
"""Static multicast routes, from the configuration to the frames.

    in.pcap ── in │ mgmd │ out ── out.pcap
"""

import pytest
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from support import frames as fr
from support.mgmd import why_no_binary

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))

SOURCE, GROUP, OTHER = "10.1.0.10", "239.1.1.1", "239.1.1.2"
NEXT_HOP = "02:00:00:00:00:09"


def route(lab, directory, mroutes, streams):
    """Routes the streams by `mroutes`: the summary, and the frames that left."""
    wrpcap(str(directory / "in.pcap"), fr.interleaved(*streams))
    summary = lab.mgmd(f"""
        ports:
          in: net_pcap0,rx_pcap={directory}/in.pcap
          out: net_pcap1,tx_pcap={directory}/out.pcap
        interfaces:
          in: {{addresses: 10.1.0.1/24, protocol: static}}
          out: {{addresses: 10.2.0.1/24, protocol: static}}
        mroutes: [{mroutes}]
        memory: {{hugepages: no, mbufs: 16384}}
        """, until_idle_ms=500).finish_by_itself()
    return summary, fr.read(directory / "out.pcap")


def test_copies_go_to_the_mac_of_a_unicast_next_hop(lab, tmp_path):
    summary, output = route(
        lab, tmp_path,
        f"{{group: {GROUP}, accept: in, outgoing: {{interface: out, next_hop_mac: {NEXT_HOP}}}}}, "
        f"{{group: {OTHER}, accept: in, outgoing: out}}",
        [fr.stream(SOURCE, GROUP, 5), fr.stream(SOURCE, OTHER, 5)])
    macs = {(frame.payload.dst, frame[Ether].dst) for frame in output}
    assert macs == {(GROUP, NEXT_HOP), (OTHER, fr.multicast_mac(OTHER))}
    assert summary.forwarded == 10
