# SPDX-License-Identifier: Apache-2.0
"""mgmd on memif, with config/examples/lab-memif.yaml: shared memory with testpmd.

    testpmd (client) ── id 0 ── source │   mgmd   │ left ── id 1 ── testpmd (client)
                                       │ (server) │ right ── id 2 ── testpmd (client)
"""

import os

import pytest

from support import devices as dev
from support import three_ports as lab3

SOCKET = f"mgmd-lab-{os.getpid()}"  # abstract: other test runs have to use others


@pytest.fixture
def router(lab):
    config = lab3.example("memif").read_text()
    assert "socket=mgmd-lab" in config
    return lab.mgmd(config.replace("socket=mgmd-lab", f"socket={SOCKET}"))


def far_end(port, index=0):
    return dev.abstract_memif(SOCKET, port, "client", index)


def test_generated_stream(lab, router):
    recorder = lab.recorder(far_end(lab3.LEFT), far_end(lab3.RIGHT, 1))
    generator = lab.generator(far_end(lab3.SOURCE), source=lab3.HOST, group=lab3.BOTH)
    lab3.check_generated_stream(router, generator, recorder)


def test_streams(lab, router):
    stations = lab.stations(*(far_end(port, index=port) for port in range(3)))
    lab3.check_streams(router, stations)
