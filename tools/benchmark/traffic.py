# SPDX-License-Identifier: Apache-2.0
"""Captures that a net_pcap port replays for ever: UDP to one multicast group after the other."""
import socket
import struct

SOURCE = "10.1.0.10"
GROUPS = 256


def group(number):
    return f"239.1.{number >> 8}.{number & 255}"


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(number, octets):
    """An Ethernet frame of `octets` (with FCS, as frame sizes are quoted) to group `number`."""
    address = socket.inet_aton(group(number))
    mac = bytes([0x01, 0x00, 0x5E, address[1] & 0x7F, address[2], address[3]])
    ip_length = octets - 4 - 14
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, ip_length, number, 0, 64, 17, 0,
                         socket.inet_aton(SOURCE), address)
    header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
    udp = struct.pack("!HHHH", 5001, 5001, ip_length - 20, 0)
    payload = bytes(ip_length - 28)
    return mac + bytes.fromhex("020000000aaa") + b"\x08\x00" + header + udp + payload


def write_capture(path, octets):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number in range(GROUPS):
            data = frame(number, octets)
            file.write(struct.pack("<IIII", 0, 0, len(data), len(data)) + data)
