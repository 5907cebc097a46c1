# SPDX-License-Identifier: Apache-2.0
"""What every lab device must do, with the three ports of config/examples/lab-*.yaml:

        10.1.0.10, fd00:1::10 ── source │ mgmd │ left ── 10.2.0.11
                                        │      │ right

239.1.1.1 and ff1e::1:1 are wanted on left and right, 239.1.1.2 on right alone, others nowhere.
"""

from netlab.wait import until

from . import frames as fr
from .mgmd import REPOSITORY

SOURCE, LEFT, RIGHT = range(3)
NAMES = ("source", "left", "right")
HOST, HOST6, LEFT_HOST = "10.1.0.10", "fd00:1::10", "10.2.0.11"
BOTH, BOTH6, RIGHT_ONLY, UNWANTED = "239.1.1.1", "ff1e::1:1", "239.1.1.2", "239.9.9.9"


def example(device):
    return REPOSITORY / "config" / "examples" / f"lab-{device}.yaml"


def check_generated_stream(router, generator, recorder):
    """testpmd sends to a group that both other ports want: `recorder` has all, in order."""
    generator.send(10)
    generator.send(90)
    until(lambda: (recorder.received(0), recorder.received(1)) == (100, 100),
          what="100 frames on left and on right")

    outputs = [recorder.frames(0), recorder.frames(1)]
    summary = router.finish()
    for output, name in zip(outputs, NAMES[LEFT:]):
        fr.check_routed(output, summary.port(name)["mac"], sent_ttl=64)
    flow = summary.flow(HOST, BOTH)
    assert (flow.state, flow.incoming, flow.packets) == ("active", "source", 100)
    assert flow.sent == {"left": 100, "right": 100}
    assert summary.forwarded == 100
    assert summary.dropped == {}


def check_streams(router, stations):
    """Wanted, unwanted and misplaced streams, all frames checked at all three stations."""
    stations.send(SOURCE, fr.interleaved(
        fr.stream(HOST, BOTH, 60), fr.stream(HOST6, BOTH6, 50), fr.stream(HOST, RIGHT_ONLY, 40),
        fr.stream(HOST, UNWANTED, 30)))
    until(lambda: stations.received(LEFT) == 60 + 50, what="two streams on left")
    until(lambda: stations.received(RIGHT) == 60 + 50 + 40, what="three streams on right")
    # The host on left is entitled to send; frames ahead of its own that come from HOST are not.
    stations.send(LEFT, fr.stream(HOST, BOTH, 12) + fr.stream(LEFT_HOST, BOTH, 20))
    until(lambda: stations.received(RIGHT) == 60 + 50 + 40 + 20, what="left's stream on right")

    recorded = stations.frames()
    summary = router.finish()
    assert recorded[SOURCE] == []
    assert fr.flows(recorded[LEFT]) == {(HOST, BOTH), (HOST6, BOTH6)}
    assert fr.flows(recorded[RIGHT]) == {(HOST, BOTH), (HOST6, BOTH6), (HOST, RIGHT_ONLY),
                                         (LEFT_HOST, BOTH)}
    for station in (LEFT, RIGHT):
        assert fr.numbers(recorded[station], HOST, BOTH) == list(range(60))
        assert fr.numbers(recorded[station], HOST6, BOTH6) == list(range(50))
        fr.check_routed(recorded[station], summary.port(NAMES[station])["mac"])
    assert fr.numbers(recorded[RIGHT], HOST, RIGHT_ONLY) == list(range(40))
    assert fr.numbers(recorded[RIGHT], LEFT_HOST, BOTH) == list(range(20))
    _check_counters(summary)


def _check_counters(summary):
    both = summary.flow(HOST, BOTH)
    assert (both.packets, both.wrong_interface) == (60, 12)
    assert both.sent == {"left": 60, "right": 60}
    assert summary.flow(HOST6, BOTH6).sent == {"left": 50, "right": 50}
    assert summary.flow(HOST, RIGHT_ONLY).sent == {"right": 40}
    assert summary.flow(LEFT_HOST, BOTH).incoming == "left"
    assert summary.flow(LEFT_HOST, BOTH).sent == {"right": 20}
    unwanted = summary.flow(HOST, UNWANTED)
    assert (unwanted.state, unwanted.negative_hits, unwanted.sent) == ("negative", 30, {})
    assert summary.forwarded == 60 + 50 + 40 + 20
    assert summary.dropped == {"negative_entry": 30, "wrong_interface": 12}
    assert summary.interface("left")["tx_packets"] == 60 + 50
    assert summary.interface("right")["tx_packets"] == 60 + 50 + 40 + 20
    assert summary.interface("source")["tx_packets"] == 0
