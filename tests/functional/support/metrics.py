# SPDX-License-Identifier: Apache-2.0
"""What Prometheus sees of a router, and what DPDK's telemetry shows of it."""

import json
import os
import re
import socket
import urllib.request
from pathlib import Path

SETTING = "metrics: 127.0.0.1:0\n"
LISTENING = r"metrics: http://127\.0\.0\.1:(\d+)/metrics"
_TYPE = re.compile(r"# TYPE (\w+) (counter|gauge|histogram|summary|untyped)")
_HELP = re.compile(r"# HELP (\w+) (.+)")
_SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)')


class Scrape:
    """One answer of /metrics, whose every line makes sense."""

    def __init__(self, text):
        self.text = text
        self.types = {}
        self.helps = {}
        self._values = {}
        for line in text.splitlines():
            if line.startswith("#"):
                self._comment(line)
            else:
                self._sample(line)

    def _comment(self, line):
        if match := _TYPE.fullmatch(line):
            assert match[1] not in self.types, f"{match[1]} twice"
            self.types[match[1]] = match[2]
        else:
            match = _HELP.fullmatch(line)
            assert match, line
            self.helps[match[1]] = match[2]

    def _sample(self, line):
        match = _SAMPLE.fullmatch(line)
        assert match, line
        name, labels, value = match.groups()
        pairs = _LABEL.findall(labels or "")
        assert _LABEL.sub("", labels or "") == "", line
        family = re.sub(r"_(sum|count|bucket)$", "", name)
        assert name in self.types or family in self.types, f"{name} has no type"
        key = name, frozenset(pairs)
        assert key not in self._values, f"{line} twice"
        self._values[key] = float(value)

    def value(self, name, **labels):
        """Of the one sample with exactly these labels; None: there is none."""
        return self._values.get((name, frozenset((key, str(of)) for key, of in labels.items())))

    def values(self, name, label):
        """Of all samples of a metric, by the value of one label."""
        return {dict(labels)[label]: value for (of, labels), value in self._values.items()
                if of == name}

    def labels(self):
        """The names of the labels of each metric."""
        names = {}
        for name, labels in self._values:
            names.setdefault(name, set()).update(label for label, _ in labels)
        return names

    def counters(self):
        """All samples that may only grow."""
        return {key: value for key, value in self._values.items()
                if self.types.get(key[0]) == "counter"}


def port(router):
    """Where the router serves metrics, by its log."""
    return int(router.wait_for(LISTENING)[1])


def scrape(at, timeout=15):
    with urllib.request.urlopen(f"http://127.0.0.1:{at}/metrics", timeout=timeout) as answer:
        return Scrape(answer.read().decode())


class Telemetry:
    """The socket of DPDK's telemetry of a router, as dpdk-telemetry.py uses it."""

    def __init__(self, router_pid, directory=None):
        runtime = Path(directory or os.environ["RUNTIME_DIRECTORY"])
        path = runtime / "dpdk" / f"mgmd_{router_pid}" / "dpdk_telemetry.v2"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(15)
        self._socket.connect(str(path))
        self.greeting = json.loads(self._socket.recv(1024))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, command):
        self._socket.send(command.encode())
        (answer,) = json.loads(self._socket.recv(self.greeting["max_output_len"])).values()
        return answer
