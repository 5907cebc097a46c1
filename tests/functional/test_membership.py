# SPDX-License-Identifier: Apache-2.0
"""Linux hosts decide: their own IGMP and MLD open and close the router's interfaces.

    host "source" 10.1.0.10 ══ to-source │ mgmd │ to-left ══ 10.2.0.11 host "left"
                                         │      │ to-right ══ 10.3.0.11 host "right"

IGMP and MLD run on left and right, with times as short as the protocols allow; nothing is joined by
the configuration.
"""

import shutil
import socket
import subprocess

import pytest
from netlab.netns import complete_checksums, connect
from netlab.wait import until
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from support.three_ports import LEFT, NAMES, RIGHT, SOURCE

pytestmark = pytest.mark.skipif(shutil.which("ethtool") is None,
                                reason="no ethtool: install Debian's package")

TIMES = """{query_interval: 2s, query_response_interval: 500ms,
          last_member_query_interval: 200ms}"""
CONFIG = f"""
ports:
  source: net_af_packet0,iface=to-source
  left: net_af_packet1,iface=to-left
  right: net_af_packet2,iface=to-right
interfaces:
  source: {{addresses: [10.1.0.1/24, "fd00:1::1/64"], protocol: static}}
  left: {{addresses: [10.2.0.1/24, "fd00:2::1/64"], igmp: {TIMES}, mld: {TIMES}}}
  right: {{addresses: [10.3.0.1/24, "fd00:3::1/64"], igmp: {TIMES}, mld: {TIMES}}}
memory:
  hugepages: no
"""


class Recorder:
    """Every frame that comes in at a host's interface."""

    def __init__(self, namespace, interface):
        every_protocol = 3  # ETH_P_ALL
        with namespace.inside():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                         socket.htons(every_protocol))
            self._socket.bind((interface, every_protocol))
        self._socket.setblocking(False)

    def frames(self):
        frames = []
        while True:
            try:
                octets, (_, _, kind, _, _) = self._socket.recvfrom(65535)
            except BlockingIOError:
                self._socket.close()
                return frames
            if kind != socket.PACKET_OUTGOING:
                frames.append(Ether(octets))


class Family:
    """What the tests call things in one of the two families."""

    def __init__(self, version):
        self.version = version
        ipv4 = version == 4
        self.protocol = "IGMP" if ipv4 else "MLD"
        self.addresses = (["10.1.0.10/24", "10.2.0.11/24", "10.3.0.11/24"] if ipv4 else
                          ["fd00:1::10/64", "fd00:2::11/64", "fd00:3::11/64"])
        self.source = "10.1.0.10" if ipv4 else "fd00:1::10"
        self.other_source = "10.1.0.20" if ipv4 else "fd00:1::20"
        self.group = "239.1.1.1" if ipv4 else "ff1e::1:1"
        self.ssm_group = "232.1.1.1" if ipv4 else "ff3e::1:1"


class Net:
    """Three hosts around the router, as above; the source has two addresses."""

    def __init__(self, lab, family, old_version=None):
        self.family = family
        router = lab.namespace("router")
        self._namespaces, self.hosts = [], []
        for name, address in zip(NAMES, family.addresses):
            namespace = lab.namespace(name, ipv6=family.version == 6)
            if family.version == 6:
                namespace.sysctl("ipv6/conf/default/accept_dad", 0)  # hosts talk at once
            connect(router, f"to-{name}", namespace, "lan")
            complete_checksums(namespace, "lan")
            if old_version:
                key = ("ipv4/conf/lan/force_igmp_version" if family.version == 4 else
                       "ipv6/conf/lan/force_mld_version")
                namespace.sysctl(key, old_version)
            self._namespaces.append(namespace)
            self.hosts.append(lab.host(namespace, "lan", address))
        prefix = "/24" if family.version == 4 else "/64"
        self.other = lab.host(self._namespaces[SOURCE], "lan", family.other_source + prefix)
        self.recorders = [Recorder(namespace, "lan") for namespace in self._namespaces[LEFT:]]
        self.router = lab.mgmd(CONFIG, namespace=router, log_level="debug")
        self._log_seen = {}  # by port, how far

    def wanted(self, port, sources, group=None):
        """Waits until the router has learned that the hosts on a port want these sources."""
        line = f"{self.family.protocol} on {NAMES[port]}: {group or self.family.group} wanted from"
        found = self.router.wait_for(rf"{line} {sources}$", start=self._log_seen.get(port, 0))
        self._log_seen[port] = found.end()

    def send(self, group, number, host=None):
        (host or self.hosts[SOURCE]).send(group, [bytes([number])])

    def finish(self, tmp_path):
        """Ends the router; nothing it sent to hosts is malformed."""
        frames = [frame for recorder in self.recorders for frame in recorder.frames()]
        summary = self.router.finish()
        macs = {summary.port(name)["mac"] for name in NAMES}
        sent = [frame for frame in frames if frame.src in macs]
        queries = [frame for frame in sent if _is_query(frame)]
        assert len(queries) >= 2, "it asks on both links"
        _check_with_tshark(sent, tmp_path)
        return summary


def _is_query(frame):
    octets = bytes(frame.payload)
    if frame.type == 0x0800:
        return octets[9] == 2 and octets[(octets[0] & 15) * 4] == 0x11
    return frame.type == 0x86DD and octets[6] == 0 and octets[48] == 130


def _check_with_tshark(frames, tmp_path):
    tshark = shutil.which("tshark")
    if tshark is None:
        return
    wrpcap(str(tmp_path / "sent.pcap"), frames)
    wrong = ('_ws.malformed || _ws.expert.severity >= "Warning" || igmp.checksum.status == "Bad"'
             ' || icmpv6.checksum.status == "Bad" || ip.checksum.status == "Bad"')
    checked = subprocess.run(
        [tshark, "-o", "ip.check_checksum:TRUE", "-r", tmp_path / "sent.pcap", "-Y", wrong],
        capture_output=True, text=True, check=True)
    assert checked.stdout == ""


@pytest.fixture(params=[4, 6], ids=["IGMP", "MLD"])
def family(request):
    return Family(request.param)


def payloads(listener):
    return [payload[0] for _, payload in listener.received()]


def expect(listener, numbers):
    until(lambda: len(listener.received()) >= len(numbers), what=f"{numbers} at a listener")
    assert payloads(listener) == numbers


def payloads_sent(summary):
    """What left by interface, without the router's own queries."""
    protocols = ("IGMP", "MLD")
    sent = {name: summary.interface(name)["tx_packets"]
            - sum(summary.membership(name, each).get("queries_sent", 0) for each in protocols)
            for name in ("left", "right")}
    return {name: count for name, count in sent.items() if count}


def test_any_source_join_and_leave(lab, family, tmp_path):
    net = Net(lab, family)
    left = net.hosts[LEFT].join(family.group)
    net.wanted(LEFT, "any")
    net.send(family.group, 1)
    expect(left, [1])
    right = net.hosts[RIGHT].join(family.group)
    net.wanted(RIGHT, "any")
    net.send(family.group, 2)
    expect(right, [2])
    expect(left, [1, 2])
    left.leave()
    net.wanted(LEFT, "none")
    net.send(family.group, 3)
    expect(right, [2, 3])

    summary = net.finish(tmp_path)
    assert payloads_sent(summary) == {"left": 2, "right": 2}
    assert summary.flow(family.source, family.group).sent == {"right": 2}, "left is closed"
    counters = summary.membership("left", family.protocol)
    assert counters["queries_sent"] >= 3, "two about the group, and general ones"
    assert counters["reports_received"] >= 2
    assert "refused_by_mgm" not in counters


def test_source_specific_joins_and_a_source_dropped(lab, family, tmp_path):
    net = Net(lab, family)
    left = net.hosts[LEFT].join(family.ssm_group, family.source)
    net.wanted(LEFT, family.source, family.ssm_group)
    left.join(family.other_source)
    net.wanted(LEFT, f"{family.source}, {family.other_source}", family.ssm_group)
    right = net.hosts[RIGHT].join(family.ssm_group, family.other_source)
    net.wanted(RIGHT, family.other_source, family.ssm_group)
    net.send(family.ssm_group, 1)
    net.send(family.ssm_group, 2, net.other)
    expect(right, [2])
    until(lambda: sorted(payloads(left)) == [1, 2], what="both sources on left")
    left.drop(family.source)
    net.wanted(LEFT, family.other_source, family.ssm_group)
    net.send(family.ssm_group, 3)
    net.send(family.ssm_group, 4, net.other)
    expect(right, [2, 4])
    until(lambda: sorted(payloads(left)) == [1, 2, 4], what="one source on left")

    summary = net.finish(tmp_path)
    assert payloads_sent(summary) == {"left": 3, "right": 2}
    assert summary.flow(family.other_source, family.ssm_group).sent == {"left": 2, "right": 2}


def test_a_source_is_blocked_and_allowed_again(lab, family, tmp_path):
    net = Net(lab, family)
    left = net.hosts[LEFT].join(family.group)
    net.wanted(LEFT, "any")
    left.block(family.source)
    net.wanted(LEFT, f"any but {family.source}")
    net.send(family.group, 1)
    net.send(family.group, 2, net.other)
    expect(left, [2])
    left.allow(family.source)
    net.wanted(LEFT, "any")
    net.send(family.group, 3)
    expect(left, [2, 3])

    summary = net.finish(tmp_path)
    assert summary.flow(family.source, family.group).sent == {"left": 1}
    assert summary.flow(family.other_source, family.group).sent == {"left": 1}


def test_a_host_that_crashes_is_forgotten(lab, family, tmp_path):
    net = Net(lab, family)
    net.hosts[LEFT].join(family.group)
    right = net.hosts[RIGHT].join(family.group)
    net.wanted(LEFT, "any")
    net.wanted(RIGHT, "any")
    # From here on nothing leaves it any more.
    net.hosts[LEFT].namespace.run("tc", "qdisc", "add", "dev", "lan", "root", "blackhole")
    net.wanted(LEFT, "none")
    net.send(family.group, 1)
    expect(right, [1])
    summary = net.finish(tmp_path)
    assert summary.flow(family.source, family.group).sent == {"right": 1}


@pytest.mark.parametrize(("version", "old"), [(4, 2), (4, 1), (6, 1)],
                         ids=["IGMPv2", "IGMPv1", "MLDv1"])
def test_older_hosts(lab, tmp_path, version, old):
    family = Family(version)
    net = Net(lab, family, old_version=old)
    left = net.hosts[LEFT].join(family.group)
    net.wanted(LEFT, "any")
    net.send(family.group, 1)
    expect(left, [1])
    ssm = net.hosts[LEFT].join(family.ssm_group)
    left.leave()
    net.wanted(LEFT, "none")  # IGMPv1 hosts say nothing: its time is over then
    net.send(family.ssm_group, 2)

    summary = net.finish(tmp_path)
    assert ssm.received() == []
    assert payloads_sent(summary) == {"left": 1}
    assert summary.flow(family.source, family.ssm_group).state == "negative"
    counters = summary.membership("left", family.protocol)
    assert counters["older_reports_received"] >= 2
    assert ("leaves_received" in counters) == (version == 6 or old == 2)
    assert counters["ssm_range"] >= 1
