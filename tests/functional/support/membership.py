# SPDX-License-Identifier: Apache-2.0
"""A router between hosts that join and leave, and a wire tap on each of its links.

    host "source" ── source │ mgmd │ left ──┬── host "left1"
     two addresses          │      │        └── host "left2"
                            │      │ right ──── host "right1"
"""

import itertools
from dataclasses import dataclass

from netlab.network import SEGMENTS, SWITCH, Network, Nic
from netlab.wait import until

from . import dissector
from .wire import Wire

ROUTER = "router"
SOURCE_NIC = Nic("source", "eth0", "source", 10, also=(11,))
HOST_NICS = (SOURCE_NIC, Nic("left1", "eth0", "left", 11), Nic("left2", "eth0", "left", 12),
             Nic("right1", "eth0", "right", 11))
# A member that leaves is gone after 2 x 300 ms, one that vanishes after 2 x 2 s + 1 s.
TIMERS = ("{robustness_variable: 2, query_interval: 2s, query_response_interval: 1s, "
          "last_member_query_interval: 300ms}")


@dataclass(frozen=True)
class Family:
    """What the tests need of IPv4 or IPv6."""

    version: int
    source: str
    other_source: str
    group: str
    other_group: str
    source_specific: str
    sentinel: str  # wanted on left and right by the configuration

    def __str__(self):
        return f"IPv{self.version}"

    @property
    def protocol(self):
        return "IGMP" if self.version == 4 else "MLD"


IPV4 = Family(4, "10.1.0.10", "10.1.0.11", "239.1.1.1", "239.1.1.2", "232.1.1.1", "239.255.0.1")
IPV6 = Family(6, "fd00:1::10", "fd00:1::11", "ff1e::1:1", "ff1e::1:2", "ff3e::1:1", "ff1e::ffff")


def router_nics(host=ROUTER, segments=SEGMENTS, number=1):
    """mgmd alone speaks there: the kernel has no address on the router's ends."""
    return tuple(Nic(host, name, name, number, addressed=False, ipv6=False) for name in segments)


def router_config(nics, timers=TIMERS, more=""):
    """mgmd on those interfaces, with IGMP and MLD on each."""
    ports = "\n".join(f"  {nic.device}: net_af_packet{index},iface={nic.device}"
                      for index, nic in enumerate(nics))
    interfaces = "\n".join(f"""  {nic.device}:
    addresses: [{nic.address(4)}/24, "{nic.address(6)}/64"]
    protocol: static
    igmp: {timers}
    mld: {timers}
    static_joins: {[] if nic.segment == "source" else [IPV4.sentinel, IPV6.sentinel]}"""
                           for nic in nics)
    return f"ports:\n{ports}\ninterfaces:\n{interfaces}\n" \
           f"workers: {{idle: adaptive}}\nmemory: {{hugepages: no}}\n{more}"


class MembershipLab:
    """The topology above. Its streams are made of probes: see `reaches`."""

    def __init__(self, lab, family, *, timers=TIMERS, hosts=HOST_NICS, router=router_nics(),
                 more_routers=(), more="", **network):
        self.family = family
        self._lab = lab
        self._numbers = itertools.count(1)
        self._routers = router
        nics = (*self._routers, *more_routers, *hosts)
        self.network = lab.enter(Network(lab.name, nics, **network))
        self.wires = {name: lab.enter(Wire(self.network.namespace(SWITCH), name))
                      for name in SEGMENTS}
        self.network.start()
        self.router = self.start_router(self._routers, timers=timers, more=more)

    def start_router(self, nics, label="mgmd", timers=TIMERS, more=""):
        namespace = self.network.namespace(nics[0].host)
        return self._lab.mgmd(router_config(nics, timers, more), namespace=namespace, label=label,
                              log_level="debug")

    def router_mac(self, segment):
        return next(nic.mac for nic in self._routers if nic.segment == segment)

    def host(self, name):
        return self.network.host(name)

    def join(self, host, group=None, source=None):
        return self.host(host).join(group or self.family.group, source)

    def reaches(self, segment, group=None, source=None, witness=None):
        """Sends one datagram from host "source" and tells whether its copy comes out there.

        One to the sentinel follows it. What a router has not sent when that one's copy passes (on
        segment `witness`, if one is given), it does not send any more; but for packets of a flow
        without an entry, which are held.
        """
        group, source = group or self.family.group, source or self.family.source
        payload = next(self._numbers).to_bytes(4, "big")
        wire, sentinel_wire = self.wires[segment], self.wires[witness or segment]
        start, sentinel_start = wire.mark(), sentinel_wire.mark()
        with self.host("source").sender(source) as sender:
            for destination in (group, self.family.sentinel):
                sender.sendto(payload, (destination, 6000))
        until(lambda: _has(sentinel_wire, self.family.sentinel, payload, sentinel_start), 15,
              f"the sentinel on {witness or segment}")
        return _has(wire, group, payload, start)

    def until_reaches(self, segment, **flow):
        until(lambda: self.reaches(segment, **flow), 15, f"stream on {segment}")

    def until_stopped(self, segment, **flow):
        until(lambda: not self.reaches(segment, **flow), 15, f"no stream on {segment}")

    def last_member_time(self, host):
        """Yields on and on for as long as the router gives members to object to a leave.

        It is measured by a leave: of another group, which nobody else has joined.
        """
        group, segment = self.family.other_group, self.network.nic(host).segment
        listener = self.join(host, group)
        self.until_reaches(segment, group=group)
        listener.leave()
        while self.reaches(segment, group=group):
            yield

    def until_queried(self, segment, *, start=0, group="", count=1):
        """Waits for queries of the router, and returns them."""
        wire = self.wires[segment]
        return until(lambda: _at_least(count, wire.queries(start, group)), 15,
                     f"{count} queries for {group or 'all groups'} on {segment}")

    def finish(self, directory):
        """Ends the router; what it has sent is well-formed and counted. Returns its summary."""
        summary = self.router.finish()
        self.check_sent(directory)
        for segment in self.wires:
            self._check_counters(segment, summary)
        return summary

    def _check_counters(self, segment, summary):
        """What was counted as sent is what has passed."""
        mac, wire = self.router_mac(segment), self.wires[segment]
        octets = bytes.fromhex(mac.replace(":", ""))
        passed = sum(frame[6:12] == octets for frame in wire.frames())
        assert summary.interface(segment)["tx_packets"] == passed, segment
        for family in (IPV4, IPV6):
            queries = [q for q in wire.queries()
                       if q.mac == mac and (":" in q.sender) == (family is IPV6)]
            counted = summary.membership(segment, family.protocol)
            assert counted.get("queries_sent", 0) == len(queries), (segment, family)
            assert "refused_by_mgm" not in counted

    def check_sent(self, directory, nics=None):
        macs = {bytes.fromhex(nic.mac.replace(":", "")) for nic in nics or self._routers}
        sent = [frame for wire in self.wires.values() for frame in wire.frames()
                if frame[6:12] in macs]
        assert sent, "not even a query"
        dissector.check(sent, directory / "sent.pcap")


def _has(wire, group, payload, start):
    return any(datagram.payload == payload for datagram in wire.datagrams(group, start=start))


def _at_least(count, items):
    return items if len(items) >= count else None
