# SPDX-License-Identifier: Apache-2.0
"""What one does in a running lab: join, send, watch, and run other programs."""

import collections
import contextlib
import itertools
import os
import re
import select
import struct
import subprocess
import threading
import time

from netlab.hosts import PORT
from netlab.labs import ROUTER
from netlab.network import SEGMENTS

REPORT_SECONDS = 1.0
SEQUENCE = struct.Struct(">I")  # in front of each payload that `send` makes
NEWS = re.compile(r" entry \(| wanted from ")  # in mgmd's log
# What tcpdump tells of headers: in IPv4 that is a line of its own.
ALL_HEADER = re.compile(r"^IP \(.*\)$")
HEADER = re.compile(r"^IP6 \(.*?\) (?=\S+ > )|(?<=: )HBH .*ok\] ICMP6, ")


def join(lab, host, group, sources, packets=None):
    """Joins, and tells each second what arrived, until `packets` have."""
    lab.namespace(host).enter()  # so that the end of the lab ends this too
    with lab.host(host) as sockets:
        listener = sockets.join(group, sources[0] if sources else None)
        for source in sources[1:]:
            listener.join(source)
        start = time.monotonic()
        wish = f"{group} from {' and '.join(sources)}" if sources else group
        say(f"{host} has joined {wish} on UDP port {PORT}; Ctrl-C leaves")
        arrivals = Arrivals(group)
        while packets is None or arrivals.total < packets:
            readable, _, _ = select.select([listener], [], [], REPORT_SECONDS)
            if readable and not arrivals.total:
                say(f"first packet after {1000 * (time.monotonic() - start):.1f} ms")
            arrivals.take(listener.received(), packets)


class Arrivals:
    """Counts packets by source; gaps in the numbers that `send` gives them are losses."""

    def __init__(self, group):
        self.total = 0
        self._group = group
        self._counts = collections.Counter()
        self._missing = collections.Counter()
        self._expected = {}
        self._told = 0.0

    def take(self, received, wanted):
        for source, payload in received[self.total:]:
            self._count(source, payload)
        news = len(received) > self.total
        self.total = len(received)
        done = wanted is not None and self.total >= wanted
        if news and (done or time.monotonic() - self._told >= REPORT_SECONDS):
            self._told = time.monotonic()
            for source, count in sorted(self._counts.items()):
                say(f"{self._group} from {source}: {count} packets, "
                    f"{self._missing[source]} missing")

    def _count(self, source, payload):
        self._counts[source] += 1
        if len(payload) >= SEQUENCE.size:
            number, = SEQUENCE.unpack_from(payload)
            self._missing[source] += max(0, number - self._expected.get(source, number))
            self._expected[source] = number + 1


def send(lab, host, group, packets, rate, size):
    """Sends numbered packets, `rate` a second."""
    lab.namespace(host).enter()
    padding = bytes(max(0, size - SEQUENCE.size))
    with lab.host(host) as sockets, sockets.sender(
            sockets.address(6 if ":" in group else 4)) as sender:
        say(f"{host} sends to {group}, UDP port {PORT}, {rate:g} packets a second")
        start = time.monotonic()
        for number in itertools.count() if packets is None else range(packets):
            time.sleep(max(0, start + number / rate - time.monotonic()))
            sender.sendto(SEQUENCE.pack(number) + padding, (group, PORT))


def run(lab, host, argv):
    """Becomes another program, in a host's place."""
    lab.namespace(host).enter()
    os.execvp(argv[0], argv)


def watch(lab):
    """Shows IGMP and MLD on each segment, mgmd's entries, and each second's packets."""
    readers = [Reader(name, tcpdump(lab, name)) for name in SEGMENTS]
    readers.append(Reader("mgmd", subprocess.Popen(
        ["tail", "-n", "0", "-f", lab.log], stdout=subprocess.PIPE), NEWS))
    try:
        say("IGMP and MLD, mgmd's entries, and packets a second; Ctrl-C ends this")
        watch_rates(lab)
    finally:
        for reader in readers:
            reader.close()


def tcpdump(lab, segment):
    """On the bridge: what the router sends is not seen on its own interfaces."""
    with lab.switch().inside():
        return subprocess.Popen(
            ["tcpdump", "-i", segment, "-lntv", "igmp or ip6[6] = 0"],  # 0: hop-by-hop options
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


class Reader:
    """Prints the lines of a process that `only` matches, with a label before each."""

    def __init__(self, label, process, only=re.compile("")):
        self._process = process
        self._thread = threading.Thread(target=self._read, args=(label, only), daemon=True)
        self._thread.start()

    def close(self):
        self._process.terminate()
        self._process.wait()
        self._thread.join()

    def _read(self, label, only):
        for octets in self._process.stdout:
            line = octets.decode(errors="replace").strip()
            if only.search(line) and not ALL_HEADER.search(line):
                say(f"{time.strftime('%H:%M:%S')} {label:6} {HEADER.sub('', line)}")


def watch_rates(lab):
    before = counters(lab)
    while lab.runs:
        time.sleep(REPORT_SECONDS)
        now = counters(lab)
        rates = {name: [b - a for a, b in zip(before[name], now[name])] for name in now}
        before = now
        if any(map(any, rates.values())):
            texts = (f"{name} {arrived} in {left} out" for name, (arrived, left) in rates.items())
            say(f"{time.strftime('%H:%M:%S')} packets {' | '.join(texts)}")


def counters(lab):
    """By segment, the packets to and from the router so far."""
    with lab.switch().inside(), open("/proc/thread-self/net/dev", encoding="ascii") as file:
        rows = dict(line.split(":") for line in file if ":" in line)
    devices = {name.strip(): values.split() for name, values in rows.items()}
    found = {}
    for name in SEGMENTS:
        values = devices[f"{ROUTER}-{name}"]
        found[name] = (int(values[9]), int(values[1]))  # sent and received by the bridge's end
    return found


def say(text):
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)
