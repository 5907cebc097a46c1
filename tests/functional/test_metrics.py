# SPDX-License-Identifier: Apache-2.0
"""Metrics: what Prometheus scrapes is what mgmctl, DPDK's telemetry and the summary say.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ /metrics ── scrapers, hostile ones among them
"""

import contextlib
import os
import shutil
import socket
import subprocess

import pytest
from netlab.wait import until

from support import ctl
from support import devices as dev
from support import frames as fr
from support import metrics
from support import mgmctl
from support import three_ports as lab3
from support.metrics import Telemetry, scrape
from support.mgmctl import Mgmctl
from support.mgmd import why_no_binary

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

QUIET = """
ports: {a: "net_null0,no-rx=1", b: "net_null1,no-rx=1"}
interfaces: {a: {addresses: 10.1.0.1/24}, b: {addresses: 10.2.0.1/24}}
memory: {hugepages: no}
"""


class Running:
    """The router of the memif lab with hosts on its three links, after some traffic."""

    def __init__(self, lab, setting=metrics.SETTING):
        path = lab.socket_directory() / "control"
        name = f"mgmd-metrics-{os.getpid()}"
        config = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
        self.router = lab.mgmd(config + ctl.socket_setting(path) + setting)
        self.stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                                       for port in range(3)))
        self.mgmctl = Mgmctl(path)
        self.port = metrics.port(self.router)

    def send_some(self):
        """To two groups that are wanted, one that is not, and from where its source is not."""
        self.stations.send(lab3.SOURCE, fr.interleaved(
            fr.stream(lab3.HOST, lab3.BOTH, 60), fr.stream(lab3.HOST6, lab3.BOTH6, 50),
            fr.stream(lab3.HOST, lab3.UNWANTED, 30)))
        until(lambda: self.stations.received(lab3.LEFT) == 110, what="two streams on left")
        self.stations.send(lab3.LEFT, fr.stream(lab3.HOST, lab3.BOTH, 12))
        self.wait_for(lambda seen: seen.values("mgmd_dropped_packets_total", "reason"),
                      {"negative_entry": 30, "wrong_interface": 12})

    def wait_for(self, figures, expected):
        """Until `figures` of a scrape have these values among them: one may be a second old."""
        return until(lambda: expected.items() <= figures(scrape(self.port)).items(),
                     what=str(expected))


def counts(rows, name, count):
    return {row[name]: row[count] for row in rows}


def test_a_scrape_is_what_mgmctl_and_the_summary_say(lab):
    running = Running(lab)
    running.send_some()
    seen = scrape(running.port)
    for interface in running.mgmctl.rows("show", "interfaces"):
        for figure, metric in (("rx_packets", "receive_packets"), ("rx_octets", "receive_bytes"),
                               ("tx_packets", "transmit_packets"), ("tx_octets", "transmit_bytes"),
                               ("discarded", "discarded")):
            assert seen.value(f"mgmd_interface_{metric}_total",
                              interface=interface["interface"]) == interface[figure], metric
    drops = counts(running.mgmctl.rows("show", "drops"), "reason", "packets")
    assert {reason: count for reason, count
            in seen.values("mgmd_dropped_packets_total", "reason").items() if count} == drops
    events = counts(running.mgmctl.rows("show", "events"), "event", "count")
    for event, count in seen.values("mgmd_events_total", "event").items():
        assert count == events[event], event
    flow = {"table": 0, "family": "ipv4", "source": lab3.HOST, "group": lab3.BOTH}
    assert seen.value("mgmd_flow_packets_total", **flow) == 60
    assert seen.value("mgmd_flow_copies_total", **flow) == 120
    assert seen.value("mgmd_flow_wrong_interface_packets_total", **flow) == 12
    assert seen.value("mgmd_flow_unwanted_packets_total",
                      **{**flow, "group": lab3.UNWANTED}) == 30
    running.stations.frames()
    summary = running.router.finish()
    worker = {"worker": 0}
    assert seen.value("mgmd_worker_received_packets_total", **worker) == summary.received
    assert seen.value("mgmd_worker_forwarded_packets_total", **worker) == summary.forwarded
    assert seen.value("mgmd_worker_punted_packets_total", **worker) == summary.punted
    assert seen.value("mgmd_worker_dropped_packets_total", **worker) == 42


def test_clearing_and_time_never_make_a_counter_smaller(lab):
    running = Running(lab)
    running.send_some()
    before = scrape(running.port).counters()
    running.mgmctl.run("clear", "counters")
    assert running.mgmctl.rows("show", "drops") == []
    running.stations.send(lab3.SOURCE, fr.stream(lab3.HOST, lab3.BOTH, 10, first=60))
    running.wait_for(lambda seen: seen.values("mgmd_worker_forwarded_packets_total", "worker"),
                     {"0": 120})
    after = scrape(running.port).counters()
    assert all(after[key] >= value for key, value in before.items())


def test_only_the_busiest_flows_have_metrics_of_their_own(lab):
    running = Running(lab, "metrics: {listen: 127.0.0.1:0, flows: 2}\n")
    running.send_some()
    seen = scrape(running.port)
    assert seen.values("mgmd_flow_packets_total", "source") == {lab3.HOST: 60, lab3.HOST6: 50}
    assert (seen.value("mgmd_flows"), seen.value("mgmd_flows_left_out")) == (3, 1)


def test_they_are_not_served_unless_asked_for(lab):
    router = lab.mgmd(QUIET)
    assert "metrics:" not in router.log


def test_a_port_in_use_is_named_with_what_to_do(lab, tmp_path):
    port = metrics.port(lab.mgmd(QUIET + metrics.SETTING))
    second = lab.mgmd(QUIET + f"metrics: 127.0.0.1:{port}\n", tmp_path / "second", label="second",
                      ready=None)
    second.expect_exit(71)
    assert f'metrics.listen "127.0.0.1:{port}": Address already in use' in second.log
    assert "choose another port" in second.log
    assert scrape(port).value("mgmd_flows") == 0, "the first one's is untouched"


def garbage(port, stack):
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 15))
    client.send(os.urandom(4000))


def huge_request(port, stack):
    """A header without an end."""
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 15))
    client.settimeout(1)
    with contextlib.suppress(OSError):
        client.sendall(b"GET /metrics HTTP/1.1\r\nA: " + b"x" * (1 << 20))


def silent_connections(port, stack):
    for _ in range(50):
        client = stack.enter_context(socket.socket())
        client.setblocking(False)
        with contextlib.suppress(OSError):
            client.connect(("127.0.0.1", port))


def stalled_readers(port, stack):
    """They ask, and read nothing."""
    for _ in range(10):
        client = stack.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.settimeout(15)
        client.connect(("127.0.0.1", port))
        client.send(b"GET /metrics HTTP/1.1\r\n\r\n")


@pytest.mark.parametrize("attack", [garbage, huge_request, silent_connections, stalled_readers],
                         ids=lambda attack: attack.__name__)
def test_hostile_scrapers_cost_no_packet(lab, attack):
    """New flows, each of which needs control, are routed whole and in order meanwhile."""
    running = Running(lab)
    flows, packets = 10, 20
    with contextlib.ExitStack() as stack:
        for number in range(flows):
            attack(running.port, stack)
            running.stations.send(lab3.SOURCE,
                                  fr.stream(f"10.1.0.{10 + number}", lab3.BOTH, packets))
        until(lambda: running.stations.received(lab3.LEFT) == flows * packets,
              what="all packets on left")
    until(lambda: answers(running.port), deadline=60, what="an answer to Prometheus")
    recorded = running.stations.frames()
    summary = running.router.finish()
    for number in range(flows):
        source = f"10.1.0.{10 + number}"
        assert fr.numbers(recorded[lab3.LEFT], source, lab3.BOTH) == list(range(packets))
    assert summary.dropped == {}


def answers(port):
    with contextlib.suppress(OSError):
        return scrape(port, timeout=5).value("mgmd_build_info", version=None) is None


def test_it_ends_at_once_while_scrapers_hold_on(lab):
    router = lab.mgmd(QUIET + metrics.SETTING)
    with contextlib.ExitStack() as stack:
        silent_connections(metrics.port(router), stack)
        router.finish()


def test_dpdk_telemetry_shows_the_same(lab):
    running = Running(lab)
    running.send_some()
    with Telemetry(running.router.pid) as telemetry:
        drops = telemetry.ask("/mgm/drops")
        assert {reason: count for reason, count in drops.items() if count} == {
            "negative_entry": 30, "wrong_interface": 12}
        assert telemetry.ask("/mgm/workers") == [0]
        assert telemetry.ask("/mgm/workers,0")["forwarded"] == 110
        assert telemetry.ask("/mgm/verdicts")["dropped"] == 42
        assert telemetry.ask("/mgm/interfaces") == list(lab3.NAMES)
        assert telemetry.ask("/mgm/interfaces,left")["tx_packets"] == 110
        port = telemetry.ask("/mgm/ports,right")
        assert (port["link_up"], port["mtu"]) == (1, 1500)
        assert telemetry.ask(f"/ethdev/stats,{port['id']}")["opackets"] == 110
        until(lambda: telemetry.ask("/mgm/tables")["ipv4_entries"] == 2, what="two entries")
        for wrong in ("/mgm/workers,1", "/mgm/workers,x", "/mgm/ports,nowhere",
                      "/mgm/interfaces," + "x" * 400):
            assert telemetry.ask(wrong) is None, wrong


def test_dpdk_telemetry_of_two_routers(lab, tmp_path):
    """Each has a socket of its own, which goes with it."""
    routers = [lab.mgmd(QUIET, tmp_path / name, label=name) for name in ("one", "two")]
    for router in routers:
        with Telemetry(router.pid) as telemetry:
            assert telemetry.greeting["pid"] == router.pid
            assert telemetry.ask("/mgm/interfaces") == ["a", "b"]


@pytest.mark.skipif(shutil.which("dpdk-telemetry.py") is None, reason="needs Debian's dpdk")
def test_dpdk_telemetry_script(lab):
    router = lab.mgmd(QUIET)
    done = subprocess.run(["dpdk-telemetry.py", "-f", f"mgmd_{router.pid}"], text=True,
                          input="/mgm/ports\nquit\n", capture_output=True, timeout=60)
    assert '{"/mgm/ports": ["a", "b"]}' in done.stdout, done
