# SPDX-License-Identifier: Apache-2.0
"""Hosts with the kernel's IP stack: they join with real IGMP and MLD, and send real datagrams."""

import contextlib
import ipaddress
import socket
import struct

PORT = 6000


class Host:
    """One interface of a namespace, with an address. Its sockets close with the block."""

    def __init__(self, namespace, interface, address):
        self._namespace = namespace
        self._stack = contextlib.ExitStack()
        self._address = ipaddress.ip_interface(address).ip
        namespace.ip("address", "add", address, "dev", interface,
                     *(["nodad"] if self._address.version == 6 else []))
        with namespace.inside():
            self._index = socket.if_nametoindex(interface)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def join(self, group):
        """Asks for the group, from any source; returns what listens."""
        listener = self._udp_socket()
        listener.bind((group, PORT))
        if self._address.version == 4:
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                self._ipv4_request(group))
        else:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                                socket.inet_pton(socket.AF_INET6, group)
                                + struct.pack("@I", self._index))
        return Listener(listener)

    def send(self, group, payloads, ttl=16):
        """Sends a datagram per payload, from this host's address, and hears none of them itself."""
        sender = self._udp_socket()
        sender.bind((str(self._address), 0))
        if self._address.version == 4:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                              self._ipv4_request("0.0.0.0"))
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        else:
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, self._index)
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        for payload in payloads:
            sender.sendto(payload, (group, PORT))

    def _udp_socket(self):
        family = socket.AF_INET if self._address.version == 4 else socket.AF_INET6
        with self._namespace.inside():
            made = socket.socket(family, socket.SOCK_DGRAM)
        return self._stack.enter_context(made)

    def _ipv4_request(self, group):
        """struct ip_mreqn of ip(7)."""
        return struct.pack("@4s4si", socket.inet_aton(group), self._address.packed, self._index)


class Listener:
    """A member of a group."""

    def __init__(self, udp_socket):
        self._socket = udp_socket
        self._socket.setblocking(False)
        self._received = []

    def received(self):
        """(source address, payload) of every datagram so far, in order."""
        with contextlib.suppress(BlockingIOError):
            while True:
                payload, source = self._socket.recvfrom(65535)
                self._received.append((source[0], payload))
        return self._received

    def leave(self):
        """Closing the socket makes the kernel leave."""
        self._socket.close()
