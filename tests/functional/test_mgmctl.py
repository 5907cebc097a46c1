# SPDX-License-Identifier: Apache-2.0
"""mgmctl and a running router: what it shows is what happened, what it changes changes packets.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ control socket ── mgmctl
"""

import os
import re
import subprocess

import pytest
from netlab.wait import until

from support import frames as fr
from support import mgmctl
from support import three_ports as lab3
from support.mgmctl import REFUSED, SYSTEM, USAGE, Mgmctl
from support.mgmd import REPOSITORY, why_no_binary
from support.operated import Running
from support.watching import Monitor

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

SOURCE, LEFT, RIGHT = lab3.NAMES


@pytest.fixture
def running(lab):
    return Running(lab)


def test_mroutes_are_what_was_forwarded(running):
    running.send(lab3.BOTH, 60, left=60, right=60)
    running.send(lab3.BOTH6, 50, left=50, right=50, source=lab3.HOST6)
    running.send(lab3.UNWANTED, 30)
    running.send(lab3.BOTH, 12, station=lab3.LEFT)  # not where its source is
    until(lambda: running.mroute(lab3.HOST, lab3.BOTH)["wrong_interface"] == 12,
          what="12 misplaced")
    until(lambda: (running.mroute(lab3.HOST, lab3.UNWANTED) or {}).get("negative_hits") == 30,
          what="30 unwanted")
    both = running.mroute(lab3.HOST, lab3.BOTH)
    assert (both["state"], both["incoming"], both["packets"]) == ("active", [SOURCE], 60)
    assert {out["interface"]: out["packets"] for out in both["outgoing"]} == {LEFT: 60, RIGHT: 60}
    assert both["owner"] == "static"
    assert both["route"] == "10.1.0.0/24"
    assert 0 < both["expires_s"] <= 210
    unwanted = running.mroute(lab3.HOST, lab3.UNWANTED)
    assert (unwanted["state"], unwanted["why"]) == ("negative", "nobody wants it")
    assert running.mroute(lab3.HOST6, lab3.BOTH6)["family"] == "ipv6"


def test_filters_choose(running):
    running.send(lab3.BOTH, 5, left=5, right=5)
    running.send(lab3.RIGHT_ONLY, 5, right=5)
    running.send(lab3.BOTH6, 5, left=5, right=5, source=lab3.HOST6)

    def groups(*words):
        return [row["group"] for row in running.mgmctl.rows("show", "mroutes", *words)]

    assert groups() == [lab3.BOTH, lab3.RIGHT_ONLY, lab3.BOTH6]
    assert groups("--group", lab3.BOTH) == [lab3.BOTH]
    assert groups("--group", "239.1.1.0/24") == [lab3.BOTH, lab3.RIGHT_ONLY]
    assert groups("--group", "239.1.2.0/24") == []
    assert groups("--interface", LEFT) == [lab3.BOTH, lab3.BOTH6]
    assert groups("--family", "ipv6") == [lab3.BOTH6]
    assert groups("--source", "fd00::/16") == [lab3.BOTH6]
    assert groups("--state", "negative") == []
    assert groups("--table", 7) == []
    joined = running.mgmctl.rows("show", "groups", "--interface", LEFT, "--family", "ipv4")
    assert [(row["group"], row["by"]) for row in joined] == [(lab3.BOTH, ["static"])]


def test_the_other_shows_tell_what_is_there(running):
    running.send(lab3.BOTH, 40, left=40, right=40)
    running.send(lab3.UNWANTED, 10)
    ctl_ = running.mgmctl
    until(lambda: {"reason": "negative_entry", "packets": 10,
                   "meaning": "nobody wants this flow (negative entry)"}
          in ctl_.rows("show", "drops"), what="10 unwanted packets dropped")
    left, = ctl_.rows("show", "interfaces", "--interface", LEFT)
    assert (left["tx_packets"], left["rx_packets"]) == (40, 0)
    assert left["ipv4"] == {"addresses": ["10.2.0.1/24"], "owner": "static"}
    protocols = ctl_.rows("show", "protocols", "--family", "ipv4")
    assert {row["protocol"]: row["interfaces"] for row in protocols} == {
        "static": [SOURCE, LEFT, RIGHT], "igmp": []}
    routes = ctl_.rows("show", "routes", "--source", lab3.HOST)
    assert {(row["view"], row["prefix"], row["interface"], row["protocol"]) for row in routes} == {
        ("multicast", "10.1.0.0/24", SOURCE, "connected"),
        ("unicast", "10.1.0.0/24", SOURCE, "connected")}
    counters = {(row["of"], row["counter"]): row["value"] for row in ctl_.rows("show", "counters")}
    assert counters["packets", "forwarded"] == 40
    assert counters["interface right", "tx_packets"] == 40
    events = {row["event"]: row["count"] for row in ctl_.rows("show", "events")}
    assert events["no_entry"] == 2
    worker, = ctl_.rows("show", "workers")
    assert (worker["forwarded"], worker["dropped"]) == (40, 10)
    assert worker["events"]["capacity"] == 4096
    assert 0 <= worker["idle_share"] <= 1
    memory = {row["what"]: row["used"] for row in ctl_.rows("show", "memory")}
    assert memory["ipv4 entries made by data"] == 2
    assert memory["ipv4 negative entries"] == 1
    assert memory["process"] > 1 << 20


def test_a_static_mroute_forwards_while_it_is_there(running):
    group = "239.7.7.7"
    running.mgmctl.text("add", "mroute", group, "--source", lab3.HOST, "--in", SOURCE,
                        "--out", f"{LEFT},{RIGHT}")
    running.send(group, 10, left=10, right=10)
    assert running.mroute(lab3.HOST, group)["state"] == "installed"
    running.mgmctl.text("del", "mroute", group, "--source", lab3.HOST)
    assert running.mroute(lab3.HOST, group) is None
    running.send(group, 10)
    until(lambda: (running.mroute(lab3.HOST, group) or {}).get("negative_hits") == 10,
          what="10 unwanted")


def test_a_static_join_brings_a_stream_while_it_is_there(running):
    running.send(lab3.RIGHT_ONLY, 10, right=10)
    running.mgmctl.text("add", "join", lab3.RIGHT_ONLY, "--interface", LEFT)
    running.send(lab3.RIGHT_ONLY, 10, left=10, right=10)
    running.mgmctl.text("del", "join", lab3.RIGHT_ONLY, "--interface", LEFT)
    running.send(lab3.RIGHT_ONLY, 10, right=10)


def test_cleared_counters_begin_at_zero(running):
    running.send(lab3.BOTH, 40, left=40, right=40)
    running.mgmctl.text("clear", "counters")
    running.send(lab3.BOTH, 7, left=7, right=7)
    counters = {(row["of"], row["counter"]): row["value"]
                for row in running.mgmctl.rows("show", "counters")}
    assert counters["packets", "forwarded"] == counters["interface left", "tx_packets"] == 7
    assert running.router.finish().forwarded == 47, "the router's own account goes on"


def test_cleared_entries_are_made_anew(running):
    running.send(lab3.BOTH, 40, left=40, right=40)
    running.send(lab3.RIGHT_ONLY, 20, right=20)
    running.mgmctl.text("add", "mroute", "239.7.7.7", "--in", SOURCE, "--out", LEFT)
    running.mgmctl.text("clear", "mroutes", "--group", lab3.BOTH)
    assert running.mroute(lab3.HOST, lab3.BOTH) is None
    assert running.mroute(lab3.HOST, lab3.RIGHT_ONLY)["packets"] == 20
    running.send(lab3.BOTH, 7, left=7, right=7)
    assert running.mroute(lab3.HOST, lab3.BOTH)["packets"] == 7
    running.mgmctl.text("clear", "mroutes")
    left, = running.mgmctl.rows("show", "mroutes")
    assert (left["group"], left["state"]) == ("239.7.7.7", "installed")


def test_the_log_level_can_be_set(running):
    running.mgmctl.text("set", "log", "debug")
    assert "log level: debug" in running.router.log
    running.mgmctl.text("set", "log", "error")
    until(lambda: "log level: error" in running.router.log)


def test_watching_tells_rates(running):
    running.send(lab3.BOTH, 5, left=5, right=5)
    watch = [mgmctl.binary(), "--socket", running.mgmctl.path, "show", "mroutes", "--watch", "1"]
    with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as child:
        lines = [child.stdout.readline() for _ in range(5)]
        child.kill()
    assert lines[0].split()[:3] == ["SOURCE", "GROUP", "STATE"]
    assert re.search(r"~\d+/s", lines[1]), "the first look tells the mean"
    assert lines[2] == "\n"
    assert re.search(r" \d+/s", lines[4]), "the next ones what has changed"


@pytest.mark.parametrize(("status", "words", "complaint"), [
    (USAGE, (), "subcommand"),
    (USAGE, ("show",), "subcommand"),
    (USAGE, ("show", "nonsense"), "nonsense"),
    (USAGE, ("show", "mroutes", "--group", "10.0.0.1"), "a multicast address or prefix"),
    (USAGE, ("show", "mroutes", "--state", "asleep"), "one of active, negative, installed"),
    (USAGE, ("add", "mroute"), "group is required"),
    (USAGE, ("add", "join", "239.1.1.1"), "--interface is required"),
    (USAGE, ("set", "log", "loud"), "one of trace, debug"),
    (USAGE, ("--watch", "1", "clear", "counters"), "--watch: only with show"),
    (REFUSED, ("show", "mroutes", "--interface", "nowhere"), "\"nowhere\": there is none"),
    (REFUSED, ("del", "mroute", "239.7.7.7"), "239.7.7.7"),
    (REFUSED, ("del", "join", "239.7.7.7", "--interface", LEFT), f'interface "{LEFT}"'),
    (USAGE, ("trace", "--count", "18446744073709551616"), "must be a number from"),
    (USAGE, ("add", "mroute", "239.7.7.7", "--source", "fd00::1", "--in", SOURCE), "family"),
    (USAGE, ("add", "join", "239.0.0.0/8", "--interface", LEFT), "a single group"),
])
def test_mistakes_are_named(running, status, words, complaint):
    assert complaint in running.mgmctl.refusal(status, *words)


def test_output_that_can_not_be_written_is_an_error(running):
    for words in ("show counters", "show version --json", "show drops --watch 1", "monitor",
                  "top --batch 1", "--help"):
        for output in ("/dev/full", "&-"):
            line = f"{mgmctl.binary()} --socket {running.mgmctl.path} {words} >{output}"
            done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60)
            assert done.returncode == SYSTEM, line
            assert done.stderr == "mgmctl: standard output: can't be written\n", line


def test_without_a_router_it_says_so(tmp_path):
    said = Mgmctl(tmp_path / "none").refusal(SYSTEM, "show", "version")
    assert "No such file or directory; does a router run" in said


def test_help_completion_and_manual_know_each_command():
    def printed(*words):
        return subprocess.run([mgmctl.binary(), *words], capture_output=True, text=True,
                              check=True).stdout

    nouns = re.findall(r"^  (\w+) ", printed("show", "--help").split("Subcommands:")[1], re.M)
    assert {"mroutes", "groups", "interfaces", "version"} <= set(nouns)
    manual, completion = printed("--print-manual"), printed("--print-completion")
    for command in ("monitor", "top"):
        assert f"\\fB{command}\\fR" in manual
    for noun in nouns:
        assert f"\\fBshow {noun}\\fR" in manual
        assert f'"show {noun}")' in completion
    assert "--state" in printed("show", "mroutes", "--help")
    formatted = subprocess.run(["man", "-l", "--warnings", "-"], input=manual, text=True,
                               capture_output=True) if os.path.exists("/usr/bin/man") else None
    assert formatted is None or formatted.stderr == ""


@pytest.mark.parametrize(("line", "words"), [
    ("mgmctl ", {"show", "add", "del", "set", "monitor", "top"}),
    ("mgmctl monitor ", {"--group", "--kind"}),
    ("mgmctl monitor --kind ", {"host", "entry"}),
    ("mgmctl --json monitor --group 239.1.1.1 --", {"--source", "--kind"}),
    ("mgmctl show ", {"mroutes", "groups"}),
    ("mgmctl show mr", {"mroutes"}),
    ("mgmctl --socket /x show mroutes --", {"--group", "--state", "--json"}),
    ("mgmctl show mroutes --state ", {"active", "negative", "installed"}),
    ("mgmctl set log ", {"debug", "info"}),
    ("mgmctl capture --", {"--drop", "--write", "--json"}),
    ("mgmctl capture --reason ttl", {"ttl_expired"}),
    ("mgmctl ex", {"explain"}),
    ("mgmctl explain 10.1.0.10 --", {"--in", "--packet", "--ttl"}),
])
def test_bash_completes(tmp_path, line, words):
    script = tmp_path / "mgmctl.bash"
    script.write_bytes(subprocess.run([mgmctl.binary(), "--print-completion"],
                                      capture_output=True, check=True).stdout)
    typed = line.split(" ")
    program = (f"source {script}; COMP_WORDS=({' '.join(map(repr, typed))}); "
               f"COMP_CWORD={len(typed) - 1}; _mgmctl; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    offered = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert words <= set(offered.stdout.split()), offered
    assert all(word.startswith(typed[-1]) for word in offered.stdout.split())


def test_the_readme_shows_what_a_running_router_shows(running):
    """The section "Operate it", command by command; numbers that differ between runs aside."""
    running.send(lab3.BOTH, 60, left=60, right=60)
    running.send(lab3.BOTH6, 50, left=50, right=50, source=lab3.HOST6)
    running.send(lab3.UNWANTED, 30)
    until(lambda: (running.mroute(lab3.HOST, lab3.UNWANTED) or {}).get("negative_hits") == 30,
          what="30 unwanted")
    section = (REPOSITORY / "README.md").read_text().split("## Operate it")[1].split("\n## ")[0]
    shown = re.findall(r"^\$ mgmctl (.*)\n((?:(?!\$|```).*\n)*)", section, re.M)
    assert shown
    for words, expected in shown:
        compared = same_but_for_figures if words.startswith("top") else same_but_for_time
        assert compared(shown_by(running, words.split())) == compared(expected), words


def shown_by(running, words):
    """What that command prints; of those that watch, while there is something to see."""
    if words[0] == "monitor":
        with Monitor(running.mgmctl.path, *words[1:], text=True) as monitor:
            running.mgmctl.text("add", "join", lab3.UNWANTED, "--interface", LEFT)
            until(lambda: len(monitor.lines) == 4, what="two events")
            running.mgmctl.text("del", "join", lab3.UNWANTED, "--interface", LEFT)
            until(lambda: len(monitor.lines) == 6, what="two more")
            return "".join(monitor.lines)
    if words[0] != "top":
        return running.mgmctl.text(*words)
    frames = (fr.stream(lab3.HOST, lab3.BOTH, 6) + fr.stream(lab3.HOST6, lab3.BOTH6, 3)
              + fr.stream(lab3.HOST, lab3.UNWANTED, 1)) * 20
    top = [mgmctl.binary(), "--socket", running.mgmctl.path, *words]
    with subprocess.Popen(top, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}) as child:
        while child.poll() is None:
            running.stations.send(lab3.SOURCE, frames)
        return child.stdout.read()


def same_but_for_figures(text):
    """As below, with all figures that stand alone replaced, and graphs left out."""
    text = re.sub("[▁▂▃▄▅▆▇█]", " ", text)
    text = re.sub(r"(?<= )\d+(\.\d+)?[kMGT]?%?(/s)?(?= |$)", "#", text, flags=re.M)
    return same_but_for_time(text)


def same_but_for_time(text):
    """Ages, rates and loads replaced, and the blanks that depend on their width."""
    text = re.sub(r"\d\d:\d\d:\d\d\.\d+|~?\d+/s|\d+[smhd](\d+[smh])?\b|\d+\.\d+%?", "#", text)
    return [re.sub(r" +", " ", line).strip() for line in text.strip().splitlines()]
