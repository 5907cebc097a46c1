# SPDX-License-Identifier: Apache-2.0
"""mgmd on tap devices, with config/examples/lab-tap.yaml: the kernel is at the far ends.

    testpmd ── AF_PACKET on tap-source │ mgmd │ tap-left, AF_PACKET ── testpmd
                                       │      │ tap-right, AF_PACKET ── testpmd
or
    host "source" ── macvlan on tap-source │ mgmd │ tap-left, macvlan ── host "left"
                                           │      │ tap-right, macvlan ── host "right"
"""

import pytest
from netlab.wait import until

from support import devices as dev
from support import three_ports as lab3

TAPS = [f"tap-{name}" for name in lab3.NAMES]


@pytest.fixture
def namespace(lab):
    return lab.namespace("router")


@pytest.fixture(params=["busy", "adaptive"])
def idle(request):
    return request.param


@pytest.fixture
def router(lab, namespace, idle):
    config = lab3.example("tap").read_text() + f"workers: {{idle: {idle}}}\n"
    router = lab.mgmd(config, namespace=namespace)
    for tap in TAPS:
        namespace.up(tap)
    return router


def test_generated_stream(lab, router, namespace):
    recorder = lab.recorder(dev.af_packet(TAPS[1]), dev.af_packet(TAPS[2], 1), namespace=namespace)
    generator = lab.generator(dev.af_packet(TAPS[0]), source=lab3.HOST, group=lab3.BOTH,
                              namespace=namespace)
    lab3.check_generated_stream(router, generator, recorder)


def test_streams(lab, router, namespace):
    stations = lab.stations(*(dev.af_packet(tap, index) for index, tap in enumerate(TAPS)),
                            namespace=namespace)
    lab3.check_streams(router, stations)


@pytest.mark.parametrize(
    ("addresses", "group"),
    [(("10.1.0.10/24", "10.2.0.11/24", "10.3.0.11/24"), lab3.BOTH),
     (("fd00:1::10/64", "fd00:2::11/64", "fd00:3::11/64"), lab3.BOTH6)],
    ids=["IPv4", "IPv6"],
)
def test_linux_hosts(lab, router, namespace, addresses, group):
    sender, *receivers = hosts(lab, namespace, addresses)
    listeners = [receiver.join(group) for receiver in receivers]

    payloads = numbered(0, 50)
    sender.send(group, payloads)

    source = addresses[0].split("/")[0]
    for listener in listeners:
        until(lambda: len(listener.received()) == 50, what="50 datagrams")
        assert listener.received() == [(source, payload) for payload in payloads]
    flow = router.finish().flow(source, group)
    assert (flow.packets, flow.sent) == (50, {"left": 50, "right": 50})


def test_no_copies_for_an_interface_without_link(lab, router, namespace):
    sender, *receivers = hosts(lab, namespace, ("10.1.0.10/24", "10.2.0.11/24", "10.3.0.11/24"))
    left, right = (receiver.join(lab3.BOTH) for receiver in receivers)
    sender.send(lab3.BOTH, numbered(0, 10))
    until(lambda: len(left.received()) == len(right.received()) == 10, what="10 datagrams each")

    namespace.ip("link", "set", TAPS[1], "down")
    router.wait_for("interface left: link down")
    sender.send(lab3.BOTH, numbered(10, 10))
    until(lambda: len(right.received()) == 20, what="20 datagrams on right")

    namespace.up(TAPS[1])
    router.wait_for("interface left: link up", start=router.log.index("left: link down"))
    sender.send(lab3.BOTH, numbered(20, 10))
    until(lambda: len(left.received()) >= 20 and len(right.received()) >= 30, what="all datagrams")

    assert [payload for _, payload in left.received()] == numbered(0, 10) + numbered(20, 10)
    assert [payload for _, payload in right.received()] == numbered(0, 30)
    summary = router.finish()
    assert summary.flow(lab3.HOST, lab3.BOTH).sent == {"left": 20, "right": 30}
    assert summary.events["no_entry"] == 1, "the entry stayed"


def hosts(lab, namespace, addresses):
    """A Linux host of its own namespace on each tap."""
    made = []
    for tap, name, address in zip(TAPS, lab3.NAMES, addresses):
        host = lab.namespace(name, ipv6=":" in address)
        namespace.macvlan(tap, host, "lan")
        made.append(lab.host(host, "lan", address))
    return made


def numbered(first, count):
    return [bytes([number]) for number in range(first, first + count)]
