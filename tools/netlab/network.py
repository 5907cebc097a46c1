# SPDX-License-Identifier: Apache-2.0
"""Segments, each a bridge in one more namespace, with the interfaces of hosts plugged into them."""

import contextlib
import dataclasses

from netlab.hosts import Host
from netlab.netns import Namespace, complete_checksums
from netlab.wait import until

SEGMENTS = {"source": 1, "left": 2, "right": 3}  # by name, the number in addresses and MACs
SWITCH = "switch"


@dataclasses.dataclass(frozen=True)
class Nic:
    """An interface of a host: number N of segment S has 10.S.0.N, fd00:S::N and 02:00:00:00:S:N."""

    host: str
    device: str
    segment: str
    number: int
    also: tuple = ()  # further numbers that it has addresses of
    addressed: bool = True
    ipv6: bool = True

    @property
    def mac(self):
        return f"02:00:00:00:{SEGMENTS[self.segment]:02}:{self.number:02}"

    def address(self, version, number=None):
        prefix = {4: "10.{}.0.{}", 6: "fd00:{}::{}"}[version]
        return prefix.format(SEGMENTS[self.segment], number or self.number)

    @property
    def jack(self):
        """Where it is plugged in: the device at the bridge's end."""
        return f"{self.host}-{self.device}"

    def _interfaces(self):
        for number in (self.number, *self.also) if self.addressed else ():
            yield f"{self.address(4, number)}/24"
            if self.ipv6:
                yield f"{self.address(6, number)}/64"

    def start_commands(self):
        return [*(f"address add {address} dev {self.device}" for address in self._interfaces()),
                f"link set {self.device} up"]


class Network:
    """A namespace PREFIX-HOST for each host of `nics`, on bridges in PREFIX-switch.

    It exists while its block runs. Interfaces are down until `start`. `bridge` goes behind the
    `type bridge` of ip(8); a bridge that snoops needs IPv6 of its own to query for MLD.
    Addresses are used at once, unless `detects_duplicates`.
    """

    def __init__(self, prefix, nics, *, bridge="mcast_snooping 0", switch_ipv6=False,
                 detects_duplicates=False):
        self.prefix = prefix
        self.nics = tuple(nics)
        self._bridge = bridge
        self._switch_ipv6 = switch_ipv6
        self._detects_duplicates = detects_duplicates
        self._stack = contextlib.ExitStack()
        self._namespaces = {}
        self._hosts = {}

    def __enter__(self):
        with self._stack:
            self._build()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def namespace(self, host):
        return self._namespaces[host]

    def nic(self, host):
        """The first interface of a host."""
        return next(nic for nic in self.nics if nic.host == host)

    def host(self, name):
        """The sockets of a host, on its first interface."""
        if name not in self._hosts:
            nic = self.nic(name)
            host = Host(self.namespace(name), nic.device, nic.address(4),
                        *([nic.address(6)] if nic.ipv6 else []))
            self._hosts[name] = self._stack.enter_context(host)
        return self._hosts[name]

    def start(self, *nics):
        """Brings interfaces up (all, if none is named) and waits until they may be used."""
        for nic in nics or self.nics:
            self.namespace(nic.host).ip(commands=nic.start_commands())
        until(lambda: all(map(self._ready, nics or self.nics)), 30,
              "the end of duplicate address detection")

    def unplug(self, host):
        """Pulls the cable of a host's first interface: nothing that it still says gets through."""
        self.namespace(SWITCH).ip("link", "set", self.nic(host).jack, "down")

    def _build(self):
        for name in dict.fromkeys([SWITCH, *(nic.host for nic in self.nics)]):
            namespace = Namespace(f"{self.prefix}-{name}", name != SWITCH or self._switch_ipv6)
            self._namespaces[name] = self._stack.enter_context(namespace)
        segments = dict.fromkeys(nic.segment for nic in self.nics)
        self._namespaces[SWITCH].ip(
            commands=[f"link add {name} address {_bridge_mac(name)} up type bridge {self._bridge}"
                      for name in segments])
        for nic in self.nics:
            self._plug(nic)

    def _plug(self, nic):
        namespace, switch = self.namespace(nic.host), self._namespaces[SWITCH]
        namespace.ip("link", "add", nic.device, "address", nic.mac, "type", "veth",
                     "peer", "name", nic.jack, "netns", switch.name)
        switch.sysctl(f"ipv6/conf/{nic.jack}/disable_ipv6", 1)  # only the bridge may speak
        switch.ip("link", "set", nic.jack, "up", "master", nic.segment)
        complete_checksums(namespace, nic.device)
        for key, value in (("disable_ipv6", 0 if nic.ipv6 else 1), ("addr_gen_mode", 0),
                           ("accept_dad", 1 if self._detects_duplicates else 0),
                           ("force_mld_version", 0)):
            namespace.sysctl(f"ipv6/conf/{nic.device}/{key}", value)
        namespace.sysctl(f"ipv4/conf/{nic.device}/force_igmp_version", 0)

    def _ready(self, nic):
        if not nic.ipv6:
            return True
        shown = self.namespace(nic.host).ip("-6", "address", "show", "dev", nic.device)
        return "fe80:" in shown and "tentative" not in shown


def _bridge_mac(segment):
    """Behind all others: a router with a smaller address wins an election against the bridge."""
    return f"02:00:00:00:{SEGMENTS[segment]:02}:fe"
