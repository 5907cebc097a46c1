# SPDX-License-Identifier: Apache-2.0
"""Routing tables that know nothing of each other, stacked tags, and routes that move.

    in.pcap ── source.red  (802.1ad 100, 802.1Q 5) │ mgmd │ left.red  ── out.pcap, table 0
            ── source.blue (802.1ad 100, 802.1Q 6) │      │ left.blue ── the same, table 7
or
    host ── macvlan on tap-near │ mgmd │ tap-out, macvlan ── host
    host ── macvlan on tap-far  │      │
"""

import pytest
from netlab.wait import until
from scapy.layers.l2 import Dot1AD, Dot1Q, Ether
from scapy.utils import wrpcap

from support import frames as fr
from support.mgmd import why_no_binary

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))

SERVICE, RED, BLUE = 100, 5, 6
STREAMS = [("10.1.0.10", "239.1.1.1"), ("fd00:1::10", "ff1e::1:1")]


def tagged(frames, vlan):
    """With a service tag around a customer tag."""
    return [Ether(src=frame.src, dst=frame.dst) / Dot1AD(vlan=SERVICE) / Dot1Q(vlan=vlan)
            / frame.payload for frame in frames]


def untagged(frames, vlan):
    """What left with those tags, without them."""
    stacked = [frame for frame in frames if frame[Dot1AD].vlan == SERVICE
               and frame[Dot1AD].payload[Dot1Q].vlan == vlan]
    return [Ether(src=frame.src, dst=frame.dst) / frame[Dot1AD].payload[Dot1Q].payload
            for frame in stacked]


@pytest.mark.parametrize(("source", "group"), STREAMS, ids=["IPv4", "IPv6"])
def test_tables_share_addresses_and_nothing_else(lab, tmp_path, source, group):
    """Both have that source and that group; only red's receiver asks for it."""
    wrpcap(str(tmp_path / "in.pcap"), fr.interleaved(
        tagged(fr.stream(source, group, 100), RED),
        tagged(fr.stream(source, group, 60, first=1000), BLUE)))
    vrf = "{{port: {0}, vlan: {1}, outer_vlan: 100, table: {2}, addresses: [{3}], {4}}}"
    joined = f"protocol: static, static_joins: {group}"
    near, far = '10.1.0.1/24, "fd00:1::1/64"', '10.2.0.1/24, "fd00:2::1/64"'
    summary = lab.mgmd(f"""
        ports:
          source: net_pcap0,rx_pcap={tmp_path}/in.pcap
          left: net_pcap1,tx_pcap={tmp_path}/out.pcap
        interfaces:
          source.red: {vrf.format("source", RED, 0, near, "protocol: none")}
          source.blue: {vrf.format("source", BLUE, 7, near, "protocol: none")}
          left.red: {vrf.format("left", RED, 0, far, joined)}
          left.blue: {vrf.format("left", BLUE, 7, far, "protocol: static")}
        memory: {{hugepages: no}}
        limits: {{held_packets_per_flow: 255, per_interface_percent: 100}}
        """, until_idle_ms=500).finish_by_itself()
    assert summary.interface("left.red")["tx_packets"] == 100
    assert summary.interface("left.blue")["tx_packets"] == 0
    assert summary.dropped == {"negative_entry": 60}
    output = fr.read(tmp_path / "out.pcap")
    routed = untagged(output, RED)
    assert len(output) == len(routed) == 100
    assert fr.numbers(routed, source, group) == list(range(100))
    fr.check_routed(routed, summary.port("left")["mac"])


@pytest.mark.parametrize(("source", "group"), STREAMS, ids=["IPv4", "IPv6"])
def test_an_entry_follows_its_route_to_another_interface(lab, source, group):
    """The source is behind two interfaces; the better route goes down and comes back."""
    bits = 128 if ":" in source else 32
    router_namespace = lab.namespace("router")
    router = lab.mgmd(f"""
        ports: {{near: "net_tap0,iface=tap-near", far: "net_tap1,iface=tap-far",
                 out: "net_tap2,iface=tap-out"}}
        interfaces:
          near: {{addresses: [10.7.0.1/24, "fd00:7::1/64"]}}
          far: {{addresses: [10.8.0.1/24, "fd00:8::1/64"]}}
          out: {{addresses: [10.9.0.1/24, "fd00:9::1/64"], protocol: static,
                 static_joins: "{group}"}}
        routes:
          - {{prefix: "{source}/{bits}", interface: near, metric: 1}}
          - {{prefix: "{source}/{bits}", interface: far, metric: 2}}
        memory: {{hugepages: no}}
        limits: {{held_packets_per_flow: 255, per_interface_percent: 100}}
        """, namespace=router_namespace, log_level="debug")
    hosts = []
    for name in ("near", "far", "out"):
        router_namespace.up(f"tap-{name}")
        namespace = lab.namespace(name, ipv6=":" in source)
        router_namespace.macvlan(f"tap-{name}", namespace, "lan")
        address = f"{source}/{bits}" if name != "out" else "10.9.0.9/24"
        if name == "out" and ":" in source:
            address = "fd00:9::9/64"
        hosts.append(lab.host(namespace, "lan", address))
    near, far, out = hosts
    listener = out.join(group)

    def expect(sent):
        until(lambda: len(listener.received()) >= len(sent), what=f"{len(sent)} datagrams")
        assert [payload for _, payload in listener.received()] == sent

    near.send(group, numbered(0, 10))
    expect(numbered(0, 10))
    router_namespace.ip("link", "set", "tap-near", "down")
    router.wait_for("interface near: link down")
    far.send(group, numbered(10, 10))
    expect(numbered(0, 20))
    router_namespace.up("tap-near")
    router.wait_for("interface near: link up", start=router.log.index("near: link down"))
    near.send(group, numbered(20, 10))
    expect(numbered(0, 30))
    far.send(group, numbered(30, 10))
    near.send(group, numbered(40, 10))
    expect(numbered(0, 30) + numbered(40, 10))
    flow = router.finish().flow(source, group)
    assert (flow.incoming, flow.packets, flow.wrong_interface) == ("near", 40, 10)
    assert flow.sent == {"out": 40}


def numbered(first, count):
    return [bytes([number]) for number in range(first, first + count)]
