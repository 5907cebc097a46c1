# SPDX-License-Identifier: Apache-2.0
"""mgmctl top on a terminal: it shows what runs, obeys keys, and leaves the terminal as it was.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ control socket ── mgmctl ── terminal
"""

import os
import signal

import pytest
from netlab.wait import until

from support import ctl, mgmctl
from support import devices as dev
from support import frames as fr
from support import three_ports as lab3
from support.mgmd import why_no_binary
from support.pty_process import PtyProcess

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

UTF8 = {"LC_ALL": "C.UTF-8"}


class Running:
    """The router of the memif lab after two streams, and what mgmctl top needs."""

    def __init__(self, lab):
        self.path = lab.socket_directory() / "control"
        name = f"mgmd-top-{os.getpid()}"
        config = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
        self.router = lab.mgmd(config + ctl.socket_setting(self.path))
        self.stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                                       for port in range(3)))
        self.send()
        until(lambda: self.stations.received(lab3.LEFT) == 60, what="the stream on left")

    def send(self):
        self.stations.send(lab3.SOURCE, fr.interleaved(fr.stream(lab3.HOST, lab3.BOTH, 60),
                                                       fr.stream(lab3.HOST, lab3.UNWANTED, 30)))

    def top(self, *arguments, environment=None, **size):
        argv = [mgmctl.binary(), "--socket", self.path, "top", *arguments]
        return PtyProcess(argv, environment=environment or UTF8, **size)


@pytest.fixture
def running(lab):
    return Running(lab)


def test_keys_change_what_is_shown(running):
    with running.top() as top:
        screen = top.until_shows(lab3.BOTH, lab3.UNWANTED)
        assert len(screen) == 24
        assert all(len(line) <= 80 for line in screen)
        assert screen[0].startswith("mgmd ")
        assert screen[3].split()[:4] == ["SOURCE", "GROUP", "IN", ">IN/S"]
        top.press("s")
        top.until_shows(">OUT/S")
        top.press("/9.9.9\r")
        screen = top.until_shows("1 of 2 busiest flows, filter: 9.9.9")
        assert not any(lab3.BOTH in line for line in screen)
        top.press("i")
        top.until_shows("0 of 3 interfaces, filter: 9.9.9")
        top.press("/" + 5 * "\x7f" + "\r")
        top.until_shows("3 interfaces", "right")
        top.press("f")
        top.until_shows("2 busiest flows")
        top.press("p")
        top.until_shows("PAUSED")
        top.press("p++")
        top.until_shows("every 5s")
        top.press("h")
        top.until_shows("keys, and what the figures say")
        top.press("h\x1b[Aq")
        assert top.wait() == 0


def test_rates_and_a_graph_follow_the_traffic(running):
    with running.top() as top:
        top.until_shows(lab3.BOTH)

        def graph():
            running.send()
            rows = [line for line in top.screen() if lab3.BOTH in line]
            return rows and any(block in rows[0] for block in "▁▂▃▄▅▆▇█") and rows[0]

        line = until(graph, 15, "a graph of the stream")
        assert line.split()[0] == lab3.HOST
        top.press("q")
        assert top.wait() == 0
    with running.top(environment={"LC_ALL": "C"}) as top:
        top.until_shows(lab3.BOTH)
        assert top.output.isascii()


def test_it_follows_the_size_of_the_terminal(running):
    with running.top() as top:
        top.until_shows(lab3.BOTH)
        for columns, rows in ((120, 40), (40, 10), (80, 24)):
            top.resize(columns, rows)
            until(lambda: len(top.screen()) == rows, 15, f"{rows} rows")
            assert all(len(line) <= columns for line in top.screen())


def check_left(top):
    """The terminal is as it was: its attributes, the first screen, the cursor."""
    assert top.attributes() == top.attributes_before
    until(lambda: top.output.endswith("\x1b[?25h\x1b[?1049l"), 15, "the first screen again")


@pytest.mark.parametrize(("end", "status"), [
    (lambda top: top.press("q"), 0),
    (lambda top: top.press("\x03"), 0),
    (lambda top: top.signal(signal.SIGTERM), -signal.SIGTERM),
    (lambda top: top.signal(signal.SIGHUP), -signal.SIGHUP),
], ids=["q", "ctrl-c", "SIGTERM", "SIGHUP"])
def test_it_leaves_the_terminal_as_it_was(running, end, status):
    with running.top() as top:
        top.until_shows(lab3.BOTH)
        assert top.attributes() != top.attributes_before
        end(top)
        assert top.wait() == status
        check_left(top)


def test_a_router_that_hangs_or_goes_does_not_take_the_terminal_along(running):
    with running.top() as top:
        top.until_shows(lab3.BOTH)
        running.router.signal(signal.SIGSTOP)
        try:
            top.until_shows("the router has not answered yet")
            top.press("q")
            assert top.wait() == 0
            check_left(top)
        finally:
            running.router.signal(signal.SIGCONT)
    with running.top() as top:
        top.until_shows(lab3.BOTH)
        running.router.finish()
        assert top.wait() == mgmctl.SYSTEM
        until(lambda: "the router has hung up" in top.output, 15, "why it ended")
        assert top.attributes() == top.attributes_before


def test_one_screen_can_be_printed(running):
    lines = mgmctl.Mgmctl(running.path).text("top", "--batch", 1, "--group", lab3.BOTH).splitlines()
    assert lines[2] == "1 busiest flows"
    assert lines[4].split()[:2] == [lab3.HOST, lab3.BOTH]
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(("words", "complaint"), [
    (("top",), "this is no terminal"),
    (("top", "--json"), "--json: not with top"),
    (("top", "--interval", 0), "a number from 1 to 3600"),
    (("show", "mroutes", "--top", 1001), "a number from 1 to 1000"),
])
def test_mistakes_are_named(running, words, complaint):
    assert complaint in mgmctl.Mgmctl(running.path).refusal(mgmctl.USAGE, *words)
