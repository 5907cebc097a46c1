# SPDX-License-Identifier: Apache-2.0
"""The loop closed, between Linux hosts: config/examples/lab-af-packet.yaml on veth pairs.

    host "source" 10.1.0.10 ══ to-source │ mgmd │ to-left ══ 10.2.0.11 host "left"
                                         │      │ to-right ══ 10.3.0.11 host "right"

239.1.1.1 and ff1e::1:1 are joined on left and right, 239.1.1.2 on right, by the configuration.
"""

import shutil

import pytest
from netlab.netns import complete_checksums, connect
from netlab.wait import until
from scapy.utils import wrpcap

from support import frames as fr
from support import three_ports as lab3
from support.three_ports import LEFT, RIGHT, SOURCE

IPV4 = ("10.1.0.10/24", "10.2.0.11/24", "10.3.0.11/24"), lab3.BOTH
IPV6 = ("fd00:1::10/64", "fd00:2::11/64", "fd00:3::11/64"), lab3.BOTH6

pytestmark = pytest.mark.skipif(shutil.which("ethtool") is None,
                                reason="no ethtool: install Debian's package")


class Network:
    """Three hosts around a router; `group` is wanted on left and right."""

    def __init__(self, lab, addresses, group, more_settings="", config=None):
        self._lab = lab
        self._namespaces = []
        self.hosts = []
        self.group = group
        self.source = addresses[SOURCE].split("/")[0]
        router = lab.namespace("router")
        for name, address in zip(lab3.NAMES, addresses):
            namespace = lab.namespace(name, ipv6=":" in address)
            connect(router, f"to-{name}", namespace, "lan")
            complete_checksums(namespace, "lan")
            self._namespaces.append(namespace)
            self.hosts.append(self.another_host(len(self.hosts), address))
        config = config or lab3.example("af-packet").read_text()
        self.router = lab.mgmd(config + more_settings,
                               namespace=router, log_level="debug")

    def another_host(self, port, address):
        return self._lab.host(self._namespaces[port], "lan", address)

    def entry(self, state, group=None):
        """Waits until the entry of source's stream is in that state, as the log tells it."""
        self.router.wait_for(rf"entry \({self.source}, {group or self.group}\) {state}")


@pytest.fixture(params=[IPV4, IPV6], ids=["IPv4", "IPv6"])
def family(request):
    return request.param


def numbered(first, count):
    return [bytes([number]) for number in range(first, first + count)]


def payloads(listener):
    return [payload for _, payload in listener.received()]


def expect(listener, sent):
    until(lambda: len(listener.received()) >= len(sent), what=f"{len(sent)} datagrams")
    assert payloads(listener) == sent


def test_members_receive_all_from_the_first_datagram_on(lab, family):
    network = Network(lab, *family)
    listeners = [network.hosts[port].join(network.group) for port in (LEFT, RIGHT)]
    network.hosts[SOURCE].send(network.group, numbered(0, 100))
    for listener in listeners:
        expect(listener, numbered(0, 100))
        assert {source for source, _ in listener.received()} == {network.source}
    summary = network.router.finish()
    flow = summary.flow(network.source, network.group)
    assert (flow.packets, flow.sent) == (100, {"left": 100, "right": 100})
    assert summary.events["no_entry"] == 1


def test_unwanted_stream_is_absorbed(lab, family):
    network = Network(lab, *family)
    unwanted = "ff1e::9:9" if ":" in network.group else lab3.UNWANTED
    listeners = [host.join(unwanted) for host in network.hosts[LEFT:]]
    wanted = network.hosts[RIGHT].join(network.group)
    network.hosts[SOURCE].send(unwanted, numbered(0, 80))
    network.hosts[SOURCE].send(network.group, numbered(0, 5))
    expect(wanted, numbered(0, 5))  # what was sent before has been dealt with, too
    assert [listener.received() for listener in listeners] == [[], []]
    summary = network.router.finish()
    flow = summary.flow(network.source, unwanted)
    assert (flow.state, flow.negative_hits, flow.sent) == ("negative", 80, {})
    assert summary.dropped["negative_entry"] == 80
    assert summary.events["no_entry"] == 2, "one for each stream, however many packets"


def test_arrivals_on_the_wrong_interface_are_counted_and_metered(lab, family):
    network = Network(lab, *family)
    listeners = [network.hosts[port].join(network.group) for port in (LEFT, RIGHT)]
    network.hosts[SOURCE].send(network.group, numbered(0, 5))
    for listener in listeners:
        expect(listener, numbered(0, 5))
    bits = 128 if ":" in network.group else 32
    impostor = network.another_host(LEFT, f"{network.source}/{bits}")
    impostor.send(network.group, numbered(100, 60))
    network.hosts[LEFT].send(network.group, numbered(5, 5))
    expect(listeners[1], numbered(0, 10))
    assert payloads(listeners[0]) == numbered(0, 5)
    summary = network.router.finish()
    flow = summary.flow(network.source, network.group)
    assert (flow.packets, flow.wrong_interface) == (5, 60)
    assert summary.dropped["wrong_interface"] == 60
    assert 8 <= summary.events["wrong_interface"] < 60, "a burst, then one in 3 s"


def test_idle_entry_expires_and_the_stream_is_learned_again(lab, family):
    network = Network(lab, *family, more_settings="timers: {mfe_idle_timeout: 1s}\n")
    listener = network.hosts[RIGHT].join(network.group)
    network.hosts[SOURCE].send(network.group, numbered(0, 20))
    expect(listener, numbered(0, 20))
    network.entry("is active")
    network.entry("expired")
    network.hosts[SOURCE].send(network.group, numbered(20, 20))
    expect(listener, numbered(0, 40))
    summary = network.router.finish()
    assert summary.events["no_entry"] == 2
    assert summary.flow(network.source, network.group).packets == 20, "the second life's alone"
    assert summary.forwarded == 40


def test_negative_entry_expires_and_is_made_again(lab, family):
    network = Network(lab, *family, more_settings="timers: {negative_timeout: 1s}\n")
    unwanted = "ff1e::9:9" if ":" in network.group else lab3.UNWANTED
    network.hosts[SOURCE].send(unwanted, numbered(0, 10))
    network.entry("is negative", unwanted)
    network.entry("expired", unwanted)
    wanted = network.hosts[RIGHT].join(network.group)
    network.hosts[SOURCE].send(unwanted, numbered(0, 10))
    network.hosts[SOURCE].send(network.group, numbered(0, 5))
    expect(wanted, numbered(0, 5))
    summary = network.router.finish()
    assert summary.dropped["negative_entry"] == 20
    assert summary.events["no_entry"] == 3


def test_a_wanted_stream_gets_through_a_flood_of_unknown_ones(lab, family, tmp_path):
    """Streams for ever that nobody wants, more than there may be entries of."""
    wrpcap(str(tmp_path / "flood.pcap"), [frame for number in range(2000) for frame in fr.stream(
        f"10.9.{number >> 8}.{number & 0xff}", "239.8.8.8", 1)])
    config = lab3.example("af-packet").read_text()
    config = config.replace("ports:\n", "ports:\n  flood: net_pcap0,rx_pcap="
                            f"{tmp_path}/flood.pcap,infinite_rx=1\n")
    config = config.replace("interfaces:\n", "interfaces:\n  flood:\n    addresses: 10.9.0.1/16\n"
                            "    protocol: static\n")
    config = config.replace("limits:\n", "limits:\n  negative_entries: 500\n")
    config = config.replace("per_interface_percent: 100", "per_interface_percent: 25")
    network = Network(lab, *family, config=config)
    network.router.wait_for("239.8.8.8.* is negative")
    listeners = [network.hosts[port].join(network.group) for port in (LEFT, RIGHT)]
    for first in (0, 20):  # a new flow, and one that is established
        network.hosts[SOURCE].send(network.group, numbered(first, 20))
        for listener in listeners:
            expect(listener, numbered(0, first + 20))
    summary = network.router.finish()
    assert summary.flow(network.source, network.group).sent == {"left": 40, "right": 40}
    assert summary.interface("flood")["tx_packets"] == 0
    assert sum(summary.dropped.values()) > 2000
