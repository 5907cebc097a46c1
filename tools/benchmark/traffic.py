# SPDX-License-Identifier: Apache-2.0
"""Flows by number, and captures of them that a net_pcap port replays for ever. The probe
(tests/bench/probe/flow_writer.hpp) gives the same numbers the same addresses."""
import ipaddress
import struct

REPLAYED = 256          # flows in a capture
EXTRA_GROUP = 0         # the group of new flows that are wanted: that of flow 0
FCS = 4                 # octets that are part of a frame's size as it is quoted, and not of ours
_FIRST = {4: (ipaddress.ip_address("10.1.0.0"), ipaddress.ip_address("239.64.0.0")),
          6: (ipaddress.ip_address("fd00:1::1:0"), ipaddress.ip_address("ff1e::1:0"))}
NETWORK = {4: "10.0.0.1/8", 6: "fd00:1::1/64"}     # the router's address where the flows arrive


def source(family, number):
    return _FIRST[family][0] + number


def group(family, number):
    return _FIRST[family][1] + number


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _ipv4(number, octets):
    to = group(4, number).packed
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, octets, number & 0xFFFF, 0, 64, 17, 0,
                         source(4, 0).packed, to)
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    udp = struct.pack("!HHHH", 5001, 5001, octets - 20, 0)
    return bytes([0x01, 0x00, 0x5E, to[1] & 0x7F, to[2], to[3]]), header + udp


def _ipv6(number, octets):
    to = group(6, number).packed
    no_next_header = 59     # 64-byte frames have no room for UDP
    return b"\x33\x33" + to[12:], struct.pack("!IHBB16s16s", 6 << 28, octets - 40, no_next_header,
                                              64, source(6, 0).packed, to)


def frame(family, number, frame_bytes):
    """An Ethernet frame to group `number`; `frame_bytes` counts the FCS, as frame sizes do."""
    octets = frame_bytes - FCS - 14
    mac, packet = (_ipv4 if family == 4 else _ipv6)(number, octets)
    ethertype = b"\x08\x00" if family == 4 else b"\x86\xdd"
    return mac + bytes.fromhex("020000000aaa") + ethertype + packet.ljust(octets, b"\0")


def write_capture(path, family, frame_bytes):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in range(REPLAYED):
            data = frame(family, number, frame_bytes)
            file.write(struct.pack("<IIII", 0, 0, len(data), len(data)) + data)
