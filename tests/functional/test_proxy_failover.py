# SPDX-License-Identifier: Apache-2.0
"""A proxy with two upstream links, on taps, whose links the kernel takes down.

    host "wan" ────── macvlan on tap-wan    │ proxy │ tap-left, macvlan ── host "left"
    host "backup" ─── macvlan on tap-backup │       │
"""

import pytest
from netlab.wait import until

from support import dissector
from support.membership import IPV4, IPV6, TIMERS
from support.wire import Wire

pytestmark = pytest.mark.skipif(dissector.why_no_dissector() is not None,
                                reason=str(dissector.why_no_dissector()))

NAMES = ("wan", "backup", "left")
# Both upstream links lead to it: the router has no route there.
FAR = {4: "192.0.2.1", 6: "2001:db8::1"}
CONFIG = f"""
ports:
  wan: net_tap0,iface=tap-wan
  backup: net_tap1,iface=tap-backup
  left: net_tap2,iface=tap-left
interfaces:
  wan: {{addresses: [10.1.0.1/24, "fd00:1::1/64"]}}
  backup: {{addresses: [10.4.0.1/24, "fd00:4::1/64"]}}
  left: {{addresses: [10.2.0.1/24, "fd00:2::1/64"], igmp: {TIMERS}, mld: {TIMERS}}}
proxies: [{{upstream: [wan, backup], downstream: left}}]
workers: {{idle: adaptive}}
memory: {{hugepages: no}}
"""


@pytest.fixture(params=[IPV4, IPV6], ids=str)
def family(request):
    return request.param


class Net:
    """The topology above."""

    def __init__(self, lab, family):
        self.family = family
        self.router_namespace = lab.namespace("router")
        self.router = lab.mgmd(CONFIG, namespace=self.router_namespace, log_level="debug")
        self.hosts, self.wires = {}, {}
        for number, name in enumerate(NAMES):
            self.router_namespace.up(f"tap-{name}")
            self.wires[name] = lab.enter(Wire(self.router_namespace, f"tap-{name}"))
            namespace = lab.namespace(name, ipv6=True)
            namespace.sysctl("ipv6/conf/default/accept_dad", 0)
            self.router_namespace.macvlan(f"tap-{name}", namespace, "lan")
            address = f"10.2.0.{11 + number}/24" if family is IPV4 else f"fd00:2::{11 + number}/64"
            if name != "left":
                address = FAR[family.version] + ("/32" if family is IPV4 else "/128")
            self.hosts[name] = lab.host(namespace, "lan", address)
        self._sent = 0

    def joined(self, name, start=0):
        """Whether a report of the group has gone out there."""
        return self.wires[name].reports(self.family.group, start)

    def send_from(self, name):
        """Sends one more datagram of the far source by that link, and returns its payload."""
        self._sent += 1
        payload = self._sent.to_bytes(4, "big")
        self.hosts[name].send(self.family.group, [payload])
        return payload

    def until_arrives_from(self, name, listener):
        """Until one comes through."""
        sent = []

        def arrived():
            sent.append(self.send_from(name))
            return set(sent).intersection(payload for _, payload in listener.received())

        until(arrived, 15, f"stream by {name}")


def test_upstream_follows_the_links(lab, family, tmp_path):
    net = Net(lab, family)
    listener = net.hosts["left"].join(family.group)
    until(lambda: net.joined("wan"), what="report on wan")
    net.until_arrives_from("wan", listener)
    start = net.wires["backup"].mark()
    unwanted = net.send_from("backup")
    net.until_arrives_from("wan", listener)
    assert net.joined("backup", start) == []

    known = len(net.router.log)
    net.router_namespace.ip("link", "set", "tap-wan", "down")
    net.router.wait_for(f"{family.protocol} proxy: upstream is backup now instead of wan",
                        start=known)
    until(lambda: net.joined("backup", start), what="report on backup")
    net.until_arrives_from("backup", listener)

    left = net.wires["wan"].mark()
    known = len(net.router.log)
    net.router_namespace.up("tap-wan")
    net.router.wait_for(f"{family.protocol} proxy: upstream is wan now instead of backup",
                        start=known)
    until(lambda: net.joined("wan", left), what="report on wan again")
    net.until_arrives_from("wan", listener)

    summary = net.router.finish()
    assert summary.proxy("wan", family.version)["state"] == "in use"
    backup = summary.proxy("backup", family.version)
    assert (backup["state"], backup["groups"]) == ("standby", 0), "it has left the group there"
    assert backup["counters"]["reports_sent"] >= 2, "at least a join and a leave"
    flow = summary.flow(FAR[family.version], family.group)
    assert flow.incoming == "wan"
    assert flow.wrong_interface >= 1, "what came by the link that was not in use"
    until(lambda: flow.sent == {"left": len(listener.received())}, what="all copies")
    assert unwanted not in [payload for _, payload in listener.received()]
    ours = bytes.fromhex(summary.port("wan")["mac"].replace(":", "")), \
        bytes.fromhex(summary.port("backup")["mac"].replace(":", ""))
    dissector.check([frame for name in ("wan", "backup") for frame in net.wires[name].frames()
                     if frame[6:12] in ours], tmp_path / "sent.pcap")
