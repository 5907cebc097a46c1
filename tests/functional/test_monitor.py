# SPDX-License-Identifier: Apache-2.0
"""mgmctl monitor: hosts, entries and drops are told of as they come, and no client hurts.

The topologies are those of support/membership.py and, for floods, of support/three_ports.py.
"""

import contextlib
import json
import os

import pytest
from netlab.wait import until

from support import ctl, mgmctl
from support import devices as dev
from support import frames as fr
from support import three_ports as lab3
from support.ctl import Client
from support.membership import IPV4, IPV6, MembershipLab
from support.mgmd import why_no_binary
from support.watching import Monitor
from test_ctl import memory_octets

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))


@pytest.fixture
def path(lab):
    return lab.socket_directory() / "control"


@pytest.fixture(params=[IPV4, IPV6], ids=str)
def family(request):
    return request.param


def in_this_order(rows, *expected):
    """Whether rows with these (kind, event) are there, one after the other."""
    left = iter((row["kind"], row["event"]) for row in rows)
    return all(each in left for each in expected)


def test_a_member_comes_and_goes(lab, path, family):
    hosts = MembershipLab(lab, family, more=ctl.socket_setting(path))
    protocol = family.protocol.lower()
    with Monitor(path, "--group", family.group) as monitor:
        listener = hosts.join("left1")
        joined = monitor.until_told(kind="host", event="join", interface="left")
        monitor.until_told(kind="membership", event="added", interface="left", protocol=protocol)
        hosts.until_reaches("left")
        made = monitor.until_told(kind="entry", event="created")
        listener.leave()
        monitor.until_told(kind="alert", event="local leave")
        rows = monitor.rows()
    assert joined["host"] == hosts.network.nic("left1").address(4) or family is IPV6
    assert ":" in joined["host"] or family is IPV4
    assert joined["details"] == "from any"
    assert (made["source"], made["group"]) == (family.source, family.group)
    assert (made["incoming"], made["outgoing"], made["state"]) == ("source", ["left"], "active")
    assert in_this_order(rows, ("host", "join"), ("membership", "added"), ("alert", "local join"),
                         ("entry", "created"), ("host", "ask"), ("host", "leave"),
                         ("membership", "deleted"), ("entry", "emptied"),
                         ("alert", "local leave")), rows
    assert {row["group"] for row in rows} == {family.group}
    assert {row["family"] for row in rows} == {str(family).lower()}


class Running:
    """The router of the memif lab and hosts on its three links."""

    def __init__(self, lab, path):
        name = f"mgmd-monitor-{os.getpid()}"
        config = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
        self.router = lab.mgmd(config + ctl.socket_setting(path))
        self.stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                                       for port in range(3)))


@pytest.fixture
def running(lab, path):
    return Running(lab, path)


def test_misplaced_and_unwanted_packets_are_told_of(running, path):
    kinds = "entry,wrong-interface,drops"
    with Monitor(path, "--kind", kinds) as monitor, \
            Monitor(path, "--kind", kinds, "--interface", "right") as right_only, \
            Monitor(path, "--kind", "link") as links:
        def dropped():
            running.stations.send(lab3.SOURCE, fr.stream(lab3.HOST, lab3.UNWANTED, 30))
            return [row["count"] for row in monitor.rows() if row["event"] == "negative_entry"]

        until(dropped, 15, "unwanted packets told of")
        negative = monitor.until_told(kind="entry", event="created", group=lab3.UNWANTED)
        running.stations.send(lab3.SOURCE, fr.stream(lab3.HOST, lab3.BOTH, 10))
        until(lambda: running.stations.received(lab3.LEFT) == 10, what="the stream on left")
        running.stations.send(lab3.LEFT, fr.stream(lab3.HOST, lab3.BOTH, 12))
        wrong = monitor.until_told(kind="wrong-interface")
        monitor.until_told(kind="drops", event="wrong_interface")
        right_only.until_told(kind="entry", group=lab3.BOTH)
        assert [row["group"] for row in right_only.rows()] == [lab3.BOTH]
        assert links.rows() == []
        assert all(count > 0 for count in dropped())
    assert (negative["state"], negative["outgoing"]) == ("negative", [])
    assert (wrong["interface"], wrong["incoming"]) == ("left", "source")
    assert wrong["protocol"] == "static"


FLOWS, PACKETS = 20, 20
OPERATORS, JOINS = 4, 50


def test_stalled_clients_and_a_flood_of_events_cost_no_packet(running, path):
    """New streams arrive whole among thousands of joins and leaves, each of which is an event."""
    with contextlib.ExitStack() as stack:
        attentive = stack.enter_context(Monitor(path, "--kind", "entry"))
        stalled = [connected(path, stack) for _ in range(8)]
        for client in stalled:
            client.send(b'{"command":"monitor"}\n')
            assert client.answer()["row"]["event"] == "begin"
        operators = [connected(path, stack) for _ in range(OPERATORS)]
        before = memory_octets(running.router)
        for number in range(FLOWS):
            for block, operator in enumerate(operators):
                operator.send(joins_and_leaves(block))
            running.stations.send(lab3.SOURCE,
                                  fr.stream(f"10.1.0.{10 + number}", lab3.BOTH, PACKETS))
            for operator in operators:
                for _ in range(2 * JOINS):
                    assert operator.answer() == {"end": True}
        until(lambda: running.stations.received(lab3.LEFT) == FLOWS * PACKETS, 30,
              "all packets on left")
        attentive.until_told(event="created", source=f"10.1.0.{9 + FLOWS}", group=lab3.BOTH)
        assert memory_octets(running.router) - before < 32 << 20
        for client in stalled:
            check_missed(client)
    recorded = running.stations.frames()
    summary = running.router.finish()
    for number in range(FLOWS):
        source = f"10.1.0.{10 + number}"
        assert fr.numbers(recorded[lab3.LEFT], source, lab3.BOTH) == list(range(PACKETS))
        assert summary.flow(source, lab3.BOTH).sent == {"left": PACKETS, "right": PACKETS}
    assert summary.dropped == {}


def connected(path, stack):
    client = stack.enter_context(Client(path))
    client.hello()
    return client


def joins_and_leaves(block):
    """Requests that add a static join for each of some groups, and take it back."""
    lines = [{"command": f"{change} join",
              "arguments": {"group": f"239.8.{block}.{number}", "interface": "left"}}
             for number in range(JOINS) for change in ("add", "del")]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def check_missed(client):
    """It reads at last: it is told how many it has lost, and then what came last."""
    missed = 0
    while True:
        row = client.answer()["row"]
        missed += row.get("missed", 0)
        if row.get("event") == "created" and row["source"] == f"10.1.0.{9 + FLOWS}":
            break
    assert missed > 0


def test_what_happens_can_be_read_by_people(running, path):
    running.stations.send(lab3.SOURCE, fr.stream(lab3.HOST, lab3.BOTH, 10))
    until(lambda: running.stations.received(lab3.LEFT) == 10, what="the stream on left")
    with Monitor(path, "--kind", "membership,entry", text=True) as monitor:
        ctl.request(path, "add join", group=lab3.RIGHT_ONLY, interface="left")
        until(lambda: len(monitor.lines) >= 3, what="an event")
        header, begin, added = [line.split() for line in monitor.lines[:3]]
    assert header == ["TIME", "KIND", "EVENT", "INTERFACE", "SOURCE", "GROUP", "WHO", "DETAILS"]
    assert begin[1:3] == ["monitor", "begin"]
    assert added[1:] == ["membership", "added", "left", "*", lab3.RIGHT_ONLY, "static"]


@pytest.mark.parametrize(("status", "words", "complaint"), [
    (mgmctl.USAGE, ("--kind", "weather"), "one of host, membership"),
    (mgmctl.USAGE, ("--group", "10.0.0.1"), "a multicast address or prefix"),
    (mgmctl.REFUSED, ("--interface", "nowhere"), "\"nowhere\": there is none"),
])
def test_mistakes_are_named(running, path, status, words, complaint):
    done = mgmctl.Mgmctl(path).run("--json", "monitor", *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert complaint in done.stderr
