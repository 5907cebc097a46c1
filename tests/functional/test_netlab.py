# SPDX-License-Identifier: Apache-2.0
"""Namespaces of runs that were killed, of tools/record-capture or of these tests."""

import os
import subprocess

import pytest
from netlab import netns
from netlab.wait import until

pytestmark = pytest.mark.skipif(netns.why_no_namespaces() is not None,
                                reason=str(netns.why_no_namespaces()))


def namespaces():
    return {line.split()[0] for line in netns.ip("netns", "list").splitlines() if line}


@pytest.fixture
def left_behind():
    """What a killed recorder leaves: a namespace, and a process that listens there."""
    recorder = subprocess.Popen(["true"])
    recorder.wait()
    name = f"capture-{recorder.pid}-router"
    netns.ip("netns", "add", name)
    orphan = subprocess.Popen(["ip", "netns", "exec", name, "sleep", "600"])
    until(lambda: netns.ip("netns", "pids", name).split(), what="the process in its namespace")
    yield name, orphan
    orphan.kill()
    orphan.wait()
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def test_the_next_run_removes_what_a_killed_one_left(left_behind):
    name, orphan = left_behind
    with netns.Namespace(f"mgmd-{os.getpid()}-next") as own:
        assert name not in namespaces()
        assert own.name in namespaces()
    orphan.wait(timeout=30)


def test_a_run_that_goes_on_keeps_its_namespaces():
    name = f"capture-{os.getpid()}-router"
    netns.ip("netns", "add", name)
    try:
        netns.remove_left_behind()
        assert name in namespaces()
    finally:
        netns.ip("netns", "del", name)
