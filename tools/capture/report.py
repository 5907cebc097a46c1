# SPDX-License-Identifier: Apache-2.0
"""Compares recorded packets with the plan, and describes them in a README."""
import collections

from capture import pcap
from capture.plan import HOME, JOINS, SEGMENTS, STREAMS, UDP_PORT, wanted_on

NOTES = """\
Recorded by `tools/record-capture` from Linux hosts in network namespaces: kernel-made IGMPv3 and
MLDv2 reports, UDP streams with sequence numbers, and the ARP, neighbour discovery and mDNS of real
hosts. One file per router port, with what arrives there. This page is written by the script; its
counts are taken from the files, and `tools/record-capture --check` compares both with the plan in
`tools/capture/plan.py`.
"""
STREAM_NOTES = f"""\
UDP to port {UDP_PORT}; the payload starts with a sequence number, seconds and microseconds (32 bits
each, big endian). The TTL or hop limit is {STREAMS[0].ttl}, but 1 in the packets counted under
*TTL 1*, which must not be forwarded. IPv4 packets have DF set, as Linux does by default. *left* and
*right* are the copies that a router owes each port once it knows the joins. Packets at port `left`
come from a source that lives behind port `source`: wrong interface.
"""
REPLAY_NOTES = """\
224.0.0.251 is joined like any group, but link-local: nothing to forward.

Joins come before the first stream packet and leaves after the last one, by the timestamps. A replay
that ignores them (`net_pcap` reads each file as fast as it can) sees the leaves early: the groups
then last as long as the last member query time (RFC 3376 8.8: 2 s by default).
"""


def key_of(port, packet):
    return (port, packet.source, packet.group, packet.ttl)


def differences(capture):
    """What in the capture ({port: packets}) is not as planned, as sentences."""
    found = collections.defaultdict(list)
    for port, packets in capture.items():
        for packet in packets:
            if packet.udp_port == UDP_PORT:
                found[key_of(port, packet)].append(packet.sequence)
    planned = {stream.key: list(range(stream.count)) for stream in STREAMS}
    for key in sorted(planned.keys() | found.keys()):
        if found.get(key) != planned.get(key):
            yield (f"stream {key}: {len(found.get(key, ()))} packets in place of "
                   f"{len(planned.get(key, ()))}, or out of order")
    for wish in JOINS:
        if not reported(capture, wish, leaving=False):
            yield f"no report of {wish}"
        if reported(capture, wish, leaving=True) != wish.leaves:
            yield f"leave differs from {wish}"


def reported(capture, wish, leaving):
    """Whether the host of a join has reported that it joins, or leaves."""
    home = HOME[wish.host]
    if wish.source:
        kind = pcap.BLOCK_OLD_SOURCES if leaving else pcap.ALLOW_NEW_SOURCES
        record = (kind, wish.group, (wish.source,))
    else:
        record = (pcap.TO_INCLUDE if leaving else pcap.TO_EXCLUDE, wish.group, ())
    return any(record in packet.records and packet.mac == home.mac and packet.source != "::"
               for packet in capture[home.segment])


def readme(capture, drawing):
    """The page for a capture ({port: packets})."""
    return "\n".join((
        "<!-- SPDX-License-Identifier: Apache-2.0 -->", "# The shipped capture", "", NOTES,
        "```", drawing, "```", "", "## Streams", "", STREAM_NOTES, *stream_table(capture), "",
        "## Members", "", *member_table(), "", REPLAY_NOTES,
        "## Frames per file", "", *frame_table(capture), ""))


def table(titles, rows):
    yield f"| {' | '.join(titles)} |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"


def stream_table(capture):
    counts = collections.Counter(
        key_of(port, packet) for port, packets in capture.items() for packet in packets
        if packet.udp_port == UDP_PORT)
    flows = list(dict.fromkeys(stream.key[:3] for stream in STREAMS))
    rows = []
    for flow in flows:
        total = sum(count for key, count in counts.items() if key[:3] == flow)
        expired = counts[(*flow, 1)]
        wanted = wanted_on(*flow[1:])
        copies = [total - expired if flow[0] == "source" and port in wanted else 0
                  for port in ("left", "right")]
        rows.append((*flow, total, expired, " ".join(wanted) or "nowhere", *copies))
    titles = ("port", "source", "group", "packets", "TTL 1", "wanted on", "left", "right")
    return table(titles, rows)


def member_table():
    return table(("port", "host", "group", "source", "at the end"),
                 ((HOME[j.host].segment, j.host, j.group, j.source or "any",
                   "leaves" if j.leaves else "stays") for j in JOINS))


def frame_table(capture):
    counts = {port: collections.Counter(packet.kind for packet in packets)
              for port, packets in capture.items()}
    kinds = sorted(set().union(*counts.values()))
    rows = [(kind, *(counts[port][kind] for port in SEGMENTS)) for kind in kinds]
    totals = ("total", *(counts[port].total() for port in SEGMENTS))
    return table(("frames", *(f"{port}.pcap" for port in SEGMENTS)), (*rows, totals))
