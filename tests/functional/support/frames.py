# SPDX-License-Identifier: Apache-2.0
"""Streams of numbered UDP frames, and what a router may and may not have done to them."""

import ipaddress

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import PcapReader

TTL = 16
PAYLOAD_OCTETS = 64


def multicast_mac(group):
    """The Ethernet address of a group (RFC 1112 6.4, RFC 2464 7)."""
    address = ipaddress.ip_address(group)
    if address.version == 4:
        octets = b"\x01\x00\x5e" + bytes([address.packed[1] & 0x7F]) + address.packed[2:]
    else:
        octets = b"\x33\x33" + address.packed[12:]
    return octets.hex(":")


def read(path):
    """The frames of a pcap file."""
    with PcapReader(str(path)) as reader:
        return list(reader)


def stream(source, group, count, first=0):
    """`count` frames from `source` to `group`, numbered from `first` on."""
    if ipaddress.ip_address(group).version == 4:
        network = IP(src=source, dst=group, ttl=TTL)
    else:
        network = IPv6(src=source, dst=group, hlim=TTL)
    header = Ether(src="02:00:00:00:00:99", dst=multicast_mac(group)) / network
    return [header / UDP(sport=5000, dport=6000) / Raw(_payload(number))
            for number in range(first, first + count)]


def interleaved(*streams):
    """One frame of each in turn, as long as there are any."""
    longest = max(map(len, streams))
    return [each[i] for i in range(longest) for each in streams if i < len(each)]


def numbers(frames, source, group):
    """The numbers of the stream's frames among `frames`, in order of arrival."""
    return [int.from_bytes(bytes(frame[UDP].payload)[:4], "big")
            for frame in frames if _flow(frame) == (source, group)]


def flows(frames):
    """The (source, group) of all UDP streams among `frames`."""
    return {_flow(frame) for frame in frames if UDP in frame}


def check_routed(frames, router_mac, sent_ttl=TTL):
    """Each frame left a router: from its MAC to its group's, TTL one less, checksums right."""
    for frame in frames:
        assert frame[Ether].src == router_mac
        assert frame[Ether].dst == multicast_mac(_flow(frame)[1])
        network = frame[Ether].payload
        assert (network.ttl if IP in frame else network.hlim) == sent_ttl - 1
        assert bytes(network) == _recomputed(network), "lengths or checksums are wrong"


def _recomputed(network):
    """The packet with lengths and checksums made anew by scapy."""
    copy = network.copy()
    if IP in copy:
        del copy[IP].len, copy[IP].chksum
    else:
        del copy[IPv6].plen
    del copy[UDP].len
    if copy[UDP].chksum != 0:  # 0: the sender made none
        del copy[UDP].chksum
    return bytes(copy)


def _flow(frame):
    network = frame[Ether].payload
    return (network.src, network.dst) if UDP in frame else None


def _payload(number):
    return number.to_bytes(4, "big").ljust(PAYLOAD_OCTETS, b"\xa5")
