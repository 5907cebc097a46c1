# SPDX-License-Identifier: Apache-2.0
"""mgmd on AF_XDP, with config/examples/lab-af-xdp.yaml: veth pairs to testpmd on AF_PACKET.

    testpmd ── source ══ to-source │ mgmd │ to-left ══ left ── testpmd
                                   │      │ to-right ══ right ── testpmd
"""

import pytest
from netlab.netns import connect

from support import devices as dev
from support import three_ports as lab3


@pytest.fixture
def far_ends(lab):
    return lab.namespace("ends")


@pytest.fixture
def router(lab, far_ends):
    namespace = lab.namespace("router")
    for name in lab3.NAMES:
        connect(namespace, f"to-{name}", far_ends, name)
    return lab.mgmd(lab3.example("af-xdp"), namespace=namespace)


def test_generated_stream(lab, router, far_ends):
    recorder = lab.recorder(dev.af_packet("left"), dev.af_packet("right", 1), namespace=far_ends)
    generator = lab.generator(dev.af_packet("source"), source=lab3.HOST, group=lab3.BOTH,
                              namespace=far_ends)
    lab3.check_generated_stream(router, generator, recorder)


def test_streams(lab, router, far_ends):
    stations = lab.stations(*(dev.af_packet(name, index) for index, name in enumerate(lab3.NAMES)),
                            namespace=far_ends)
    lab3.check_streams(router, stations)
