# SPDX-License-Identifier: Apache-2.0
"""mgmd on ring and null, with config/examples/lab-ring-null.yaml.

    examples/capture/source.pcap ── source │ mgmd │ left ── ring: what is sent comes back
                                           │      │ right ── null: what is sent is gone
"""

from support import capture
from support.three_ports import example


def test_shipped_capture(lab, tmp_path):
    router = lab.mgmd(example("ring-null"), capture.working_directory(tmp_path / "here"),
                      until_idle_ms=500)
    summary = router.finish_by_itself()

    streams = capture.streams_at("source")
    copies = {port: sum(getattr(stream, port) for stream in streams.values())
              for port in ("left", "right")}
    for key, stream in streams.items():
        flow = summary.flow(*key)
        assert flow.sent == stream.copies
        assert flow.wrong_interface == stream.left, "what left on the ring came back"
    assert summary.port("left")["rx_packets"] == copies["left"]
    assert summary.port("right")["rx_packets"] == 0
    assert summary.port("right")["tx_packets"] == copies["right"]
    assert summary.dropped["wrong_interface"] == copies["left"]
    assert summary.received == capture.frames_at("source") + copies["left"]
    assert not summary.port("left")["shares_frames"], "a ring's peer gets the very same buffer"
