# SPDX-License-Identifier: Apache-2.0
"""Reads classic pcap files of Ethernet frames, as far as the capture's tables need it."""
import dataclasses
import ipaddress
import struct

PCAP_MICROSECONDS, ETHERNET = 0xA1B2C3D4, 1
ICMP, IGMP, UDP, ICMPV6 = 1, 2, 17, 58
IGMPV3_REPORT, MLDV2_REPORT = 0x22, 143  # RFC 3376 4.2, RFC 3810 5.2
NEIGHBOUR_DISCOVERY = range(133, 138)  # RFC 4861 4
TO_EXCLUDE, ALLOW_NEW_SOURCES = 4, 5  # RFC 3376 4.2.12, RFC 3810 5.2.12
TO_INCLUDE, BLOCK_OLD_SOURCES = 3, 6


@dataclasses.dataclass(frozen=True)
class Packet:
    kind: str
    mac: str  # of the sender
    source: str = ""
    group: str = ""
    ttl: int = 0
    udp_port: int = 0
    sequence: int = 0
    records: tuple = ()  # of a report: (type, group, sources)


def frames(path):
    """The whole frames of a file, which may still be growing."""
    data = path.read_bytes()
    if len(data) < 24:
        return
    magic, snap_length, link_type = struct.unpack_from("=I12xII", data)
    if (magic, link_type) != (PCAP_MICROSECONDS, ETHERNET):
        raise ValueError(f"{path}: not a pcap of Ethernet frames in microseconds")
    at = 24
    while at + 16 <= len(data):
        captured, length = struct.unpack_from("=8xII", data, at)
        if captured != length or length > snap_length:
            raise ValueError(f"{path}: cut frame at byte {at}")
        frame = data[at + 16:at + 16 + captured]
        if len(frame) < captured:
            return
        yield frame
        at += 16 + captured


def packets(path):
    return [decode(frame) for frame in frames(path)]


def decode(frame):
    mac, ethertype = mac_of(frame), frame[12:14].hex()
    network = ip_packet(frame)
    if network:
        return decode_ip(mac, *network)
    return Packet("ARP" if ethertype == "0806" else f"ethertype {ethertype}", mac)


def mac_of(frame):
    """That of the sender."""
    return frame[6:12].hex(":")


def ip_packet(frame):
    """(source, destination, TTL, protocol, what that carries) of an IP packet, else None."""
    ethertype = frame[12:14].hex()
    if ethertype == "0800":
        header = 4 * (frame[14] & 15)
        payload = frame[14 + header:14 + int.from_bytes(frame[16:18], "big")]
        return frame[26:30], frame[30:34], frame[22], frame[23], payload
    if ethertype == "86dd":
        protocol, payload = frame[20], frame[54:54 + int.from_bytes(frame[18:20], "big")]
        if protocol == 0:  # hop-by-hop options, RFC 8200 4.3
            protocol, payload = payload[0], payload[8 * (payload[1] + 1):]
        return frame[22:38], frame[38:54], frame[21], protocol, payload
    return None


def decode_ip(mac, source, destination, ttl, protocol, payload):
    if protocol in (UDP, ICMPV6):  # RFC 768, RFC 8200 8.1
        pseudo = source + destination + struct.pack(">II", len(payload), protocol)
    else:
        pseudo = b""
    if checksum(pseudo + payload):
        raise ValueError(f"bad checksum from {ipaddress.ip_address(source)}, protocol {protocol}")
    facts = {"kind": kind_of(protocol, source, destination, payload), "mac": mac, "ttl": ttl,
             "source": str(ipaddress.ip_address(source)),
             "group": str(ipaddress.ip_address(destination))}
    if (protocol, payload[0]) in ((IGMP, IGMPV3_REPORT), (ICMPV6, MLDV2_REPORT)):
        facts["records"] = tuple(records(payload, len(source)))
    if protocol == UDP:
        facts["udp_port"] = int.from_bytes(payload[2:4], "big")
        facts["sequence"] = int.from_bytes(payload[8:12], "big")
    return Packet(**facts)


def kind_of(protocol, source, destination, payload):
    if protocol == UDP:
        if not ipaddress.ip_address(destination).is_multicast:
            return "unicast UDP"
        link_local = destination.startswith((b"\xe0\x00\x00", b"\xff\x02"))
        return "link-local multicast UDP" if link_local else "multicast UDP"
    if protocol == IGMP and payload[0] == IGMPV3_REPORT:
        return "IGMPv3 report"
    if protocol == ICMPV6 and payload[0] == MLDV2_REPORT:
        return "MLDv2 report" if any(source) else "MLDv2 report from ::"
    if protocol == ICMPV6 and payload[0] in NEIGHBOUR_DISCOVERY:
        return "neighbour discovery"
    return "ICMP" if protocol == ICMP else f"protocol {protocol} type {payload[0]}"


def records(report, address_size):
    """RFC 3376 4.2.4 and RFC 3810 5.2.4 onwards: alike but for the size of an address."""
    at = 8
    for _ in range(int.from_bytes(report[6:8], "big")):
        kind, aux_words, count = struct.unpack_from(">BBH", report, at)
        starts = range(at + 4, at + 4 + address_size * (count + 1), address_size)
        group, *sources = (str(ipaddress.ip_address(report[i:i + address_size])) for i in starts)
        yield kind, group, tuple(sources)
        at = starts.stop + 4 * aux_words


def checksum(data):
    """RFC 1071; 0 for data that carries its right checksum."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
