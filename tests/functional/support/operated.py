# SPDX-License-Identifier: Apache-2.0
"""A running router that mgmctl operates, between hosts that a test plays.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ control socket ── mgmctl
"""

import os

from netlab.wait import until

from . import ctl
from . import devices as dev
from . import frames as fr
from . import three_ports as lab3
from .mgmctl import Mgmctl


class Running:
    """The router of the memif lab, hosts on its three links, and mgmctl."""

    def __init__(self, lab):
        path = lab.socket_directory() / "control"
        name = f"mgmd-mgmctl-{os.getpid()}"
        config = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
        self.router = lab.mgmd(config + ctl.socket_setting(path))
        self.stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                                       for port in range(3)))
        self.mgmctl = Mgmctl(path)
        self._left = self._right = 0

    def send(self, group, count, left=0, right=0, source=lab3.HOST, station=lab3.SOURCE):
        """Sends, and waits until so many copies have come out."""
        self._left += left
        self._right += right
        self.stations.send(station, fr.stream(source, group, count))
        until(lambda: self.stations.received(lab3.LEFT) == self._left, what="copies on left")
        until(lambda: self.stations.received(lab3.RIGHT) == self._right, what="copies on right")

    def mroute(self, source, group):
        rows = self.mgmctl.rows("show", "mroutes", "--source", source, "--group", group)
        return rows[0] if rows else None
