# SPDX-License-Identifier: Apache-2.0
"""Frames as they pass, and what IGMP and MLD say in them."""

import errno
import ipaddress
import socket
import struct
from dataclasses import dataclass

from capture.pcap import ICMPV6, IGMP, UDP, ip_packet, mac_of, records

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
BUFFER_OCTETS = 8 << 20
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 263, 1, 1
# RFC 9776 4, RFC 2236 2.1, RFC 9777 5, RFC 2710 3.1
QUERIES = {(IGMP, 0x11), (ICMPV6, 130)}
REPORTS = {(IGMP, 0x12): 1, (IGMP, 0x16): 2, (IGMP, 0x22): 3, (ICMPV6, 131): 1, (ICMPV6, 143): 2}
LEAVES = {(IGMP, 0x17), (ICMPV6, 132)}
CURRENT_VERSION = {IGMP: 3, ICMPV6: 2}
_GROUP_AT = {IGMP: 4, ICMPV6: 8}  # in all messages but the reports of the current version


@dataclass(frozen=True)
class Message:
    """Of IGMP or MLD. `group` is that of a query or an old report; "" in a general query."""

    kind: str  # "query", "report", "leave"
    mac: str
    sender: str
    version: int
    group: str = ""
    sources: tuple = ()
    records: tuple = ()  # of a report of the current version: (group, type)

    @property
    def groups(self):
        return {group for group, _ in self.records} or {self.group}


@dataclass(frozen=True)
class Datagram:
    mac: str
    source: str
    group: str
    payload: bytes


class Wire:
    """What passes an interface. The bridge of a segment sees each of its frames once."""

    def __init__(self, namespace, interface):
        with namespace.inside():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_OCTETS)
            self._socket.bind((interface, ETH_P_ALL))
            index = socket.if_nametoindex(interface)
        self._socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP,
                                struct.pack("@iHH8s", index, PACKET_MR_PROMISC, 0, b""))
        self._socket.setblocking(False)
        self._frames = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def frames(self):
        """All so far."""
        while True:
            try:
                self._frames.append(self._socket.recv(65535))
            except BlockingIOError:
                return self._frames
            except OSError as error:
                if error.errno != errno.ENETDOWN:  # told once, when the interface goes down
                    raise

    def mark(self):
        """How many have passed: what `messages` and `datagrams` can start from."""
        return len(self.frames())

    def messages(self, kind, start=0):
        parsed = (_message(frame) for frame in self.frames()[start:])
        return [message for message in parsed if message and message.kind == kind]

    def queries(self, start=0, group=None):
        """Those for a group ("" for general ones), or all."""
        return [q for q in self.messages("query", start) if group in (None, q.group)]

    def reports(self, group, start=0):
        return [r for r in self.messages("report", start) if group in r.groups]

    def datagrams(self, group, source=None, start=0):
        parsed = (_datagram(frame) for frame in self.frames()[start:])
        return [d for d in parsed
                if d and d.group == group and source in (None, d.source)]


def _datagram(frame):
    packet = ip_packet(frame)
    if packet is None or packet[3] != UDP:
        return None
    source, group, _, _, udp = packet
    return Datagram(mac_of(frame), _text(source), _text(group), udp[8:])


def _message(frame):
    packet = ip_packet(frame)
    if packet is None or not packet[4]:
        return None
    sender, _, _, protocol, body = packet
    common = {"mac": mac_of(frame), "sender": _text(sender)}
    key = protocol, body[0]
    if key in QUERIES:
        return _query(protocol, body, len(sender), common)
    if key in LEAVES:
        return Message("leave", version=2 if protocol == IGMP else 1,
                       group=_group(protocol, body, len(sender)), **common)
    if key not in REPORTS:
        return None
    if REPORTS[key] < CURRENT_VERSION[protocol]:
        return Message("report", version=REPORTS[key],
                       group=_group(protocol, body, len(sender)), **common)
    found = tuple((group, kind) for kind, group, _ in records(body, len(sender)))
    return Message("report", version=REPORTS[key], records=found, **common)


def _query(protocol, body, size, common):
    """Versions are told by length and code: RFC 9776 7.1, RFC 9777 8.1."""
    group = _group(protocol, body, size)
    group = "" if ipaddress.ip_address(group).is_unspecified else group
    end = _GROUP_AT[protocol] + size
    if len(body) == end:
        version = 1 if protocol == ICMPV6 or body[1] == 0 else 2
        return Message("query", version=version, group=group, **common)
    count = int.from_bytes(body[end + 2:end + 4], "big")
    starts = range(end + 4, end + 4 + size * count, size)
    sources = tuple(_text(body[at:at + size]) for at in starts)
    return Message("query", version=CURRENT_VERSION[protocol], group=group, sources=sources,
                   **common)


def _group(protocol, body, size):
    at = _GROUP_AT[protocol]
    return _text(body[at:at + size])


def _text(octets):
    return str(ipaddress.ip_address(octets))
