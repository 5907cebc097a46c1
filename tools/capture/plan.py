# SPDX-License-Identifier: Apache-2.0
"""The plan of the shipped capture: who is where, who sends what, who wants what."""
import dataclasses

from netlab.network import SEGMENTS, Nic

UDP_PORT = 5001  # of iperf


@dataclasses.dataclass(frozen=True)
class Stream:
    """UDP datagrams of host `source`; they arrive at `port` of the router."""

    source: str
    group: str
    count: int
    sizes: tuple  # payload bytes, taken in turn
    ttl: int = 16
    port: str = "source"

    @property
    def key(self):
        return (self.port, self.source, self.group, self.ttl)


@dataclasses.dataclass(frozen=True)
class Join:
    host: str
    group: str
    source: str = ""  # any
    leaves: bool = False  # at the end


NICS = (
    Nic("source", "eth0", "source", 10, also=(11,)),
    Nic("source", "eth1", "left", 10, addressed=False),
    Nic("left1", "eth0", "left", 11),
    Nic("left2", "eth0", "left", 12),
    Nic("right1", "eth0", "right", 11),
    Nic("right2", "eth0", "right", 12),
)
ROUTER_NICS = tuple(Nic("router", port, port, 1) for port in SEGMENTS)
HOME = {nic.host: nic for nic in NICS if nic.addressed}

S4, S6, OTHER4, OTHER6 = "10.1.0.10", "fd00:1::10", "10.1.0.11", "fd00:1::11"
MIXED = (64, 200, 512, 1400)
STREAMS = (
    Stream(S4, "239.1.1.1", 120, MIXED),
    Stream(S4, "239.1.1.1", 20, (64,), ttl=1),
    Stream(S4, "239.1.1.1", 30, (64,), port="left"),
    Stream(S4, "239.1.1.2", 80, (1316,)),
    Stream(S4, "232.1.1.1", 100, (172,)),
    Stream(OTHER4, "232.1.1.1", 40, (172,)),
    Stream(S4, "239.9.9.9", 100, (64,)),
    Stream(S6, "ff1e::1:1", 120, MIXED),
    Stream(S6, "ff1e::1:1", 20, (64,), ttl=1),
    Stream(S6, "ff1e::1:1", 30, (64,), port="left"),
    Stream(S6, "ff3e::1:1", 100, (172, 1024)),
    Stream(OTHER6, "ff3e::1:1", 40, (172,)),
    Stream(S6, "ff1e::9:9", 60, (64,)),
)
JOINS = (
    Join("left1", "224.0.0.251"),
    Join("left1", "239.1.1.1"),
    Join("left1", "ff1e::1:1"),
    Join("left2", "232.1.1.1", S4, leaves=True),
    Join("right1", "239.1.1.1"),
    Join("right1", "239.1.1.2", leaves=True),
    Join("right1", "ff1e::1:1", leaves=True),
    Join("right2", "239.1.1.1"),
    Join("right2", "ff3e::1:1", S6),
)


def wanted_on(source, group):
    """The ports behind which a host wants this source and group."""
    hosts = {j.host for j in JOINS if j.group == group and j.source in ("", source)}
    return [port for port in SEGMENTS if port in {HOME[host].segment for host in hosts}]
