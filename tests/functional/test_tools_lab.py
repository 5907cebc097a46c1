# SPDX-License-Identifier: Apache-2.0
"""tools/lab as one uses it: start, join, send, watch; and that nothing of it stays.

    host "source" ── source │ mgmd │ left ── hosts "left1", "left2"
                            │      │ right ── hosts "right1", "right2"
"""

import os
import signal

import pytest
from netlab.labs import STATE
from netlab.netns import ip, why_no_namespaces
from netlab.process import Process

from support.mgmd import REPOSITORY, binary, why_no_binary

TOOL = REPOSITORY / "tools" / "lab"
EXIT_FAILED, EXIT_USAGE, EXIT_SKIP = 1, 64, 77
WHY_NOT = why_no_binary() or why_no_namespaces()

PROGRAM = ("sh", "-c", "echo up; exec sleep 1000")

needs_lab = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
pytestmark = pytest.mark.usefixtures("no_build")


@pytest.fixture
def no_build(monkeypatch):
    monkeypatch.setenv("MGMD_BIN", str(binary().resolve()))


class RunningLab(Process):
    """tools/lab in a process group of its own, as in a terminal."""

    def __init__(self, directory, *arguments, label="lab"):
        super().__init__(label, ["setsid", TOOL, *arguments], directory)

    def on_started(self):
        self.number = int(self.wait_for(rf"{STATE}/(\d+)/mgmd.log", deadline=90).group(1))
        self.wait_for("takes all of it down")

    def ctrl_c(self):
        os.killpg(self.number, signal.SIGINT)

    def command(self, label, *words):
        """One more process of the tool, for this lab."""
        return Process(label, [TOOL, "--lab", self.number, *words], self.directory)

    def namespaces(self):
        return [line.split()[0] for line in ip("netns", "list").splitlines()
                if line.startswith(f"mgmd-lab-{self.number}-")]

    def processes(self):
        return [pid for name in self.namespaces() for pid in ip("netns", "pids", name).split()]

    def check_nothing_left(self, pids):
        assert self.namespaces() == []
        assert not (STATE / str(self.number)).exists()
        assert [pid for pid in pids if _runs(pid)] == []


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"  # nobody's child any more
    except FileNotFoundError:
        return False


@needs_lab
@pytest.mark.parametrize(("arguments", "group", "source"), [
    ((), "239.1.1.1", None),
    ((), "ff1e::1:1", None),
    (("--af-xdp",), "232.1.1.1", "10.1.0.10"),
], ids=["IPv4", "IPv6", "AF_XDP-one-source"])
def test_streams_reach_who_joins(tmp_path, arguments, group, source):
    with RunningLab(tmp_path, *arguments) as lab:
        wish = [group, *(["--source", source] if source else [])]
        with lab.command("watch", "watch") as watch, \
                lab.command("join", "join", "left1", *wish, "--packets", 5) as join, \
                lab.command("other", "join", "right1", *wish, "--packets", 1) as other:
            watch.wait_for("IGMP and MLD")
            join.wait_for("left1 has joined")
            other.wait_for("right1 has joined")
            with lab.command("send", "send", "source", group, "--rate", 50) as send:
                join.expect_exit(0, deadline=30)
                other.expect_exit(0, deadline=30)
                send.wait_for(f"source sends to {group}")
            watch.wait_for(rf"mgmd .* entry \(.*, {group}\) is active")
            watch.wait_for(r"packets source \d+ in 0 out \| left \d+ in [1-9]\d* out")
        assert f"{group} from {'10.1.0.10' if '.' in group else 'fd00:1::10'}: " in join.log
        assert "0 missing" in join.log


@needs_lab
@pytest.mark.parametrize("end", ["Ctrl-C", "SIGTERM"])
def test_all_of_it_is_taken_down(tmp_path, end):
    with RunningLab(tmp_path) as lab, \
            lab.command("join", "join", "left1", "239.1.1.1") as join, \
            lab.command("run", "run", "left2", *PROGRAM) as run:
        join.wait_for("left1 has joined")
        run.wait_for("up")
        pids = lab.processes()
        assert len(pids) >= 3, "mgmd, the member, and the program"
        lab.ctrl_c() if end == "Ctrl-C" else lab.signal(signal.SIGTERM)
        lab.expect_exit(0)
        lab.check_nothing_left(pids)
        join.expect_exit(0)
        assert run.wait() == -signal.SIGTERM


@needs_lab
def test_the_next_start_removes_what_a_killed_lab_left(tmp_path):
    with RunningLab(tmp_path, label="first") as first, \
            first.command("run", "run", "left2", *PROGRAM) as run:
        run.wait_for("up")
        pids = first.processes()
        first.signal(signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
        assert first.namespaces()
        with RunningLab(tmp_path, label="second") as second:
            first.check_nothing_left(pids)
            assert second.namespaces()
        assert run.wait() == -signal.SIGTERM
    second.check_nothing_left([])


@needs_lab
def test_a_lab_ends_with_its_router(tmp_path):
    with RunningLab(tmp_path) as lab:
        pids = lab.processes()
        router, = ip("netns", "pids", f"mgmd-lab-{lab.number}-router").split()
        os.kill(int(router), signal.SIGKILL)
        lab.expect_exit(EXIT_FAILED)
        assert "mgmd has ended" in lab.log
        lab.check_nothing_left(pids)


@pytest.mark.parametrize(("arguments", "message"), [
    (("join", "left1", "10.1.1.1"), "10.1.1.1 is no multicast address"),
    (("join", "nowhere", "239.1.1.1"), "invalid choice: 'nowhere'"),
    (("send", "source", "239.1.1.1", "--rate", "0"), "0 is not above 0"),
])
def test_wrong_use_is_explained(tmp_path, arguments, message):
    with Process("wrong", [TOOL, *arguments], tmp_path) as wrong:
        wrong.expect_exit(EXIT_USAGE)
    assert message in wrong.log


@needs_lab
def test_commands_say_that_there_is_no_such_lab(tmp_path):
    with Process("lost", [TOOL, "--lab", 0, "watch"], tmp_path) as lost:
        lost.expect_exit(EXIT_FAILED)
    assert "no lab runs; start one with tools/lab" in lost.log


@pytest.mark.skipif(os.geteuid() != 0, reason="runs as nobody, which needs root")
@pytest.mark.parametrize("arguments", [(), ("watch",)], ids=["start", "watch"])
def test_who_is_not_root_is_told(tmp_path, arguments):
    nobody = ["setpriv", "--reuid", "65534", "--clear-groups"]
    with Process("unprivileged", [*nobody, TOOL, *arguments], tmp_path) as lab:
        lab.expect_exit(EXIT_SKIP)
    assert "network namespaces needs root" in lab.log
