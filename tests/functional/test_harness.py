# SPDX-License-Identifier: Apache-2.0
"""The harness itself: it must notice what goes wrong, and leave nothing behind.

No topology: a shell script stands in for mgmd.
"""

import signal

import pytest
from netlab.netns import connect, ip, why_no_namespaces
from netlab.process import Process, ProcessFailed
from netlab.wait import until
from scapy.layers.inet import IP, IPOption_Router_Alert
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from support import dissector
from support.dissector import why_no_dissector
from support.lab import Lab
from support.mgmd import Mgmd


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Makes a shell script the mgmd under test."""

    def install(script):
        path = tmp_path / "stand-in"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("MGMD_BIN", str(path))

    return install


WAIT_FOR_SIGTERM = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done"


def test_until_returns_what_came_true():
    values = iter([None, 0, "three"])
    assert until(lambda: next(values)) == "three"


def test_until_fails_at_the_deadline_and_says_what_it_saw():
    with pytest.raises(TimeoutError, match="7 frames: not within 0.05 s .*last seen: 0"):
        until(lambda: 0, deadline=0.05, what="7 frames")


def test_mgmd_gets_its_command_line_and_ends_on_sigterm(stand_in, tmp_path):
    stand_in(f'echo "$@"; cat "$2"; {WAIT_FOR_SIGTERM}')
    with Mgmd("ports: []", tmp_path / "run", until_idle_ms=500, log_level="debug") as mgmd:
        assert mgmd.running
    assert f"--config {tmp_path}/run/mgmd.yaml --until-idle 500 --log-level debug" in mgmd.log
    assert "ports: []" in mgmd.log
    assert mgmd.log.endswith("bye\n")


def test_mgmd_that_never_gets_ready_is_reported_with_its_log(stand_in, tmp_path):
    stand_in("echo no such device: net_nonsense0; exit 71")
    with pytest.raises(ProcessFailed, match="no such device: net_nonsense0"):
        with Mgmd("", tmp_path):
            pytest.fail("entered the block although mgmd was not ready")


def test_expected_exit_status_is_no_failure(stand_in, tmp_path):
    stand_in("exit 78")
    with Mgmd("", tmp_path, ready=None) as mgmd:
        mgmd.expect_exit(78)


@pytest.mark.parametrize("script", [
    "echo ready; exit 1",  # ended by itself, before or after the test looked
    "trap 'exit 70' TERM; echo ready; while :; do sleep 0.01; done",
    "echo ready; kill -SEGV $$",
])
def test_unexpected_exit_status_fails_the_block(stand_in, tmp_path, script):
    stand_in(script)
    with pytest.raises(ProcessFailed):
        with Mgmd("", tmp_path):
            pass


def test_wrapper_goes_before_the_command_line(stand_in, tmp_path, monkeypatch):
    stand_in(f"echo $WRAPPED; {WAIT_FOR_SIGTERM}")
    monkeypatch.setenv("MGMD_WRAPPER", "env WRAPPED='by gdb'")
    with Mgmd("", tmp_path) as mgmd:
        assert "by gdb" in mgmd.log


def test_process_that_ignores_signals_is_killed(tmp_path):
    script = "trap '' TERM; echo up; while :; do sleep 0.01; done"
    with pytest.raises(RuntimeError, match="the test's own"):
        with Process("stubborn", ["sh", "-c", script], tmp_path) as stubborn:
            stubborn.wait_for("up")
            stubborn.signal(signal.SIGTERM)
            raise RuntimeError("the test's own")
    assert not stubborn.running


@pytest.mark.skipif(why_no_namespaces() is not None, reason=str(why_no_namespaces()))
def test_lab_removes_what_it_made_even_after_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="the test's own"):
        with Lab(tmp_path) as lab:
            left, right = lab.namespace("left"), lab.namespace("right")
            connect(left, "veth", right, "veth")
            sockets = lab.socket_directory()
            assert {left.name, right.name} <= namespaces()
            raise RuntimeError("the test's own")
    assert not {left.name, right.name} & namespaces()
    assert not sockets.exists()


def namespaces():
    return {line.split()[0] for line in ip("netns", "list").splitlines()}


GENERAL_QUERY = bytes.fromhex("1164ec1e00000000027d0000")  # RFC 9776 4.1


def query_frame(message):
    return bytes(Ether(src="02:00:00:00:02:01", dst="01:00:5e:00:00:01")
                 / IP(src="10.2.0.1", dst="224.0.0.1", ttl=1, proto=2,
                      options=[IPOption_Router_Alert()])
                 / Raw(message))


@pytest.mark.skipif(why_no_dissector() is not None, reason=str(why_no_dissector()))
def test_dissector_finds_what_is_wrong_with_a_frame(tmp_path):
    dissector.check([query_frame(GENERAL_QUERY)], tmp_path / "good.pcap")
    wrong_checksum = GENERAL_QUERY[:3] + b"\0" + GENERAL_QUERY[4:]
    sources_missing = GENERAL_QUERY[:3] + b"\x1d" + GENERAL_QUERY[4:-1] + b"\x01"
    for message, problem in ((wrong_checksum, "Bad checksum"), (sources_missing, "Malformed")):
        with pytest.raises(AssertionError, match=problem):
            dissector.check([query_frame(message)], tmp_path / "bad.pcap")
