# SPDX-License-Identifier: Apache-2.0
"""What the hosts do, with ordinary sockets: the kernel makes the reports."""
import contextlib
import struct
import time

from capture.plan import HOME, NICS, STREAMS, UDP_PORT
from netlab.hosts import Host

STREAMING_S = 2.0  # all streams are spread evenly over this time


def chatter(network):
    """Each host asks its gateway something (ARP, ND) and browses for services (RFC 6763 9)."""
    name = b"\x09_services\x07_dns-sd\x04_udp\x05local\x00"
    query = struct.pack(">6H", 0, 0, 1, 0, 0, 0) + name + struct.pack(">HH", 12, 1)
    for nic in HOME.values():
        for version, mdns in ((4, "224.0.0.251"), (6, "ff02::fb")):
            source = nic.address(version)
            with network.host(nic.host).sender(source, 5353, 255) as udp:
                udp.sendto(b"?", (nic.address(version, 1), 7))
                udp.sendto(query, (mdns, 5353))


def send_streams(network):
    """Sequence number and time first, then a pattern, like iperf."""
    pattern = b"0123456789" * 140
    with contextlib.ExitStack() as sockets:
        ports = {
            nic.segment: sockets.enter_context(Host(network.namespace("source"), nic.device))
            for nic in NICS if nic.host == "source"
        }
        senders = [ports[s.port].sender(s.source, 40000 + i, s.ttl)
                   for i, s in enumerate(STREAMS)]
        plan = sorted((number / s.count, i, number)
                      for i, s in enumerate(STREAMS) for number in range(s.count))
        start = time.monotonic()
        for when, i, number in plan:
            time.sleep(max(0, start + when * STREAMING_S - time.monotonic()))  # the streams' pace
            seconds, microseconds = divmod(time.time_ns() // 1000, 1_000_000)
            header = struct.pack(">III", number, seconds, microseconds)
            size = STREAMS[i].sizes[number % len(STREAMS[i].sizes)]
            senders[i].sendto((header + pattern)[:size], (STREAMS[i].group, UDP_PORT))
