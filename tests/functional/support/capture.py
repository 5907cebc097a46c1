# SPDX-License-Identifier: Apache-2.0
"""The shipped capture: a directory to route it in, and what its README says must come of it."""

import re
from dataclasses import dataclass

from .mgmd import REPOSITORY

PORTS = ("source", "left", "right")
CAPTURE = REPOSITORY / "examples" / "capture"


@dataclass(frozen=True)
class Stream:
    """One row of the table "Streams"."""

    port: str
    source: str
    group: str
    packets: int
    ttl_1: int
    wanted_on: str
    left: int
    right: int

    @property
    def key(self):
        return self.source, self.group

    @property
    def copies(self):
        """By port, those of none left out."""
        sent = {"left": self.left, "right": self.right}
        return {port: count for port, count in sent.items() if count}

    @property
    def unwanted(self):
        return self.wanted_on == "nowhere"


def streams():
    """What arrives at each port and what is owed for it."""
    rows = re.findall(r"^\| (source|left) \| (\S+) \| (\S+) \| (\d+) \| (\d+) \| ([a-z ]+) "
                      r"\| (\d+) \| (\d+) \|$", (CAPTURE / "README.md").read_text(), re.MULTILINE)
    assert len(rows) == 11, "the table in the capture's README has another form"
    return [Stream(row[0], row[1], row[2], int(row[3]), int(row[4]), row[5], int(row[6]),
                   int(row[7])) for row in rows]


def streams_at(port):
    return {stream.key: stream for stream in streams() if stream.port == port}


def frames_at(port, kind="total"):
    """How many frames the file of a port has, of a kind of the table "Frames per file"."""
    row = re.search(rf"^\| {kind} \| (\d+) \| (\d+) \| (\d+) \|$",
                    (CAPTURE / "README.md").read_text(), re.MULTILINE)
    return int(row.group(1 + PORTS.index(port)))


def working_directory(path):
    """Where the examples expect to be started: with examples/capture/ and a folder out/."""
    (path / "out").mkdir(parents=True)
    (path / "examples").symlink_to(CAPTURE.parent)
    return path
