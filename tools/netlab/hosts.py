# SPDX-License-Identifier: Apache-2.0
"""Hosts with the kernel's IP stack: they join with real IGMP and MLD, and send real datagrams."""

import contextlib
import ipaddress
import socket
import struct

PORT = 6000
# RFC 3678 5, as Linux numbers it (linux/in.h); not in Python 3.11.
MCAST_JOIN_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE = 42, 43, 44
MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP = 46, 47


def version_of(address):
    return ipaddress.ip_address(address).version


class Host:
    """One interface of a namespace and its addresses. Its sockets close with the block."""

    def __init__(self, namespace, interface, *addresses):
        self.namespace = namespace
        self.interface = interface
        self._stack = contextlib.ExitStack()
        self._addresses = {version_of(address): address for address in addresses}
        with namespace.inside():
            self._index = socket.if_nametoindex(interface)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def address(self, version):
        return self._addresses[version]

    def join(self, group, source=None):
        """Asks for the group, from any source or from that one; returns what listens."""
        listener = Listener(self._udp_socket(version_of(group)), self._index, group)
        listener.join(source)
        return listener

    def send(self, group, payloads, ttl=16):
        """Sends a datagram per payload, from this host's address, and hears none of them itself."""
        with self.sender(self.address(version_of(group)), ttl=ttl) as sender:
            for payload in payloads:
                sender.sendto(payload, (group, PORT))

    def sender(self, source, port=0, ttl=16):
        """A socket that sends to groups, from that address, through this interface."""
        made = self._udp_socket(version_of(source))
        made.bind((source, port))
        if made.family == socket.AF_INET:
            interface = struct.pack("@8xi", self._index)  # struct ip_mreqn of ip(7)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
            made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        else:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, self._index)
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        return made

    def _udp_socket(self, version):
        family = socket.AF_INET if version == 4 else socket.AF_INET6
        with self.namespace.inside():
            made = socket.socket(family, socket.SOCK_DGRAM)
        return self._stack.enter_context(made)


class Listener:
    """A member of a group: closing it, or `leave`, makes the kernel leave."""

    def __init__(self, udp_socket, interface_index, group):
        self._socket = udp_socket
        self._index = interface_index
        self._group = group
        self._received = []
        self._socket.bind((group, PORT))
        self._socket.setblocking(False)

    def fileno(self):
        return self._socket.fileno()

    def join(self, source=None):
        """Any source; or that one too."""
        if source is None:
            self._request(MCAST_JOIN_GROUP)
        else:
            self._request(MCAST_JOIN_SOURCE_GROUP, source)

    def drop(self, source):
        """That one no more, as one of several that were joined."""
        self._request(MCAST_LEAVE_SOURCE_GROUP, source)

    def block(self, source):
        """All sources but that one, and those blocked before."""
        self._request(MCAST_BLOCK_SOURCE, source)

    def allow(self, source):
        """A blocked one again."""
        self._request(MCAST_UNBLOCK_SOURCE, source)

    def received(self):
        """(source address, payload) of every datagram so far, in order."""
        with contextlib.suppress(BlockingIOError):
            while True:
                payload, source = self._socket.recvfrom(65535)
                self._received.append((source[0], payload))
        return self._received

    def leave(self):
        self._socket.close()

    def _request(self, option, *sources):
        """struct group_req or group_source_req: alike for both families."""
        ipv4 = self._socket.family == socket.AF_INET
        packed = struct.pack("@I4x", self._index)
        for address in (self._group, *sources):
            packed += _sockaddr_storage(self._socket.family, address)
        self._socket.setsockopt(socket.IPPROTO_IP if ipv4 else socket.IPPROTO_IPV6, option, packed)


def _sockaddr_storage(family, address):
    """sockaddr_in has the address behind the port, sockaddr_in6 behind the flow label too."""
    octets = socket.inet_pton(family, address)
    padding = 2 if family == socket.AF_INET else 6
    return (struct.pack("@H", family) + bytes(padding) + octets).ljust(128, b"\0")
