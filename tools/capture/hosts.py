# SPDX-License-Identifier: Apache-2.0
"""What the hosts do, with ordinary sockets: the kernel makes the reports."""
import contextlib
import ipaddress
import socket
import struct
import time

from capture.network import inside
from capture.plan import HOME, NICS, STREAMS, UDP_PORT, version_of

STREAMING_S = 2.0  # all streams are spread evenly over this time
IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP = 39, 46  # linux/in.h; not in Python 3.11


def udp_socket(network, host, device, source="", port=0, version=4):
    """A bound socket of a host, and the index of the device that it is to use."""
    family = {4: socket.AF_INET, 6: socket.AF_INET6}[version]
    with inside(network.name(host)):
        udp = socket.socket(family, socket.SOCK_DGRAM)
        index = socket.if_nametoindex(device)
    if source or port:
        udp.bind((source, port))
    return udp, index


def sending_socket(network, host, device, source, port, ttl):
    version = version_of(source)
    udp, index = udp_socket(network, host, device, source, port, version)
    if version == 4:
        udp.setsockopt(socket.SOL_IP, socket.IP_MULTICAST_IF, struct.pack("=8xi", index))
        udp.setsockopt(socket.SOL_IP, socket.IP_MULTICAST_TTL, ttl)
    else:
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, ttl)
    return udp


def join(network, wish):
    """Closing the socket that this returns leaves the group."""
    nic = HOME[wish.host]
    version = version_of(wish.group)
    udp, index = udp_socket(network, nic.host, nic.device, version=version)
    group = ipaddress.ip_address(wish.group).packed
    source = ipaddress.ip_address(wish.source).packed if wish.source else b""
    if version == 4 and source:
        interface = socket.inet_aton(nic.address(4))
        udp.setsockopt(socket.SOL_IP, IP_ADD_SOURCE_MEMBERSHIP, group + interface + source)
    elif version == 4:
        request = group + struct.pack("=4xi", index)
        udp.setsockopt(socket.SOL_IP, socket.IP_ADD_MEMBERSHIP, request)
    elif source:
        sockaddrs = (struct.pack("=H6x16s104x", socket.AF_INET6, a) for a in (group, source))
        request = struct.pack("=I4x", index) + b"".join(sockaddrs)
        udp.setsockopt(socket.IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, request)
    else:
        request = group + struct.pack("=I", index)
        udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
    return udp


def chatter(network):
    """Each host asks its gateway something (ARP, ND) and browses for services (RFC 6763 9)."""
    name = b"\x09_services\x07_dns-sd\x04_udp\x05local\x00"
    query = struct.pack(">6H", 0, 0, 1, 0, 0, 0) + name + struct.pack(">HH", 12, 1)
    for nic in HOME.values():
        for version, mdns in ((4, "224.0.0.251"), (6, "ff02::fb")):
            source = nic.address(version)
            with sending_socket(network, nic.host, nic.device, source, 5353, 255) as udp:
                udp.sendto(b"?", (nic.address(version, 1), 7))
                udp.sendto(query, (mdns, 5353))


def send_streams(network):
    """Sequence number and time first, then a pattern, like iperf."""
    pattern = b"0123456789" * 140
    device = {nic.segment: nic.device for nic in NICS if nic.host == "source"}
    with contextlib.ExitStack() as sockets:
        senders = [
            sockets.enter_context(
                sending_socket(network, "source", device[s.port], s.source, 40000 + i, s.ttl))
            for i, s in enumerate(STREAMS)
        ]
        plan = sorted((number / s.count, i, number)
                      for i, s in enumerate(STREAMS) for number in range(s.count))
        start = time.monotonic()
        for when, i, number in plan:
            time.sleep(max(0, start + when * STREAMING_S - time.monotonic()))  # the streams' pace
            seconds, microseconds = divmod(time.time_ns() // 1000, 1_000_000)
            header = struct.pack(">III", number, seconds, microseconds)
            size = STREAMS[i].sizes[number % len(STREAMS[i].sizes)]
            senders[i].sendto((header + pattern)[:size], (STREAMS[i].group, UDP_PORT))
