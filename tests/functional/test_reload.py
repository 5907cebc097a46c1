# SPDX-License-Identifier: Apache-2.0
"""A running router takes another configuration over, as a whole or not at all.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ control socket ── mgmctl, and a client that reloads
"""

import os
import re
import signal
import threading
import urllib.request

import pytest
from netlab.wait import until

from support import ctl
from support import devices as dev
from support import frames as fr
from support import mgmctl
from support import three_ports as lab3
from support.mgmctl import REFUSED, Mgmctl
from support.mgmd import why_no_binary

WHY_NOT = why_no_binary() or mgmctl.why_no_mgmctl()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

QUIET = """
ports: {a: "net_null0,no-rx=1", b: "net_null1,no-rx=1"}
interfaces:
  a: {addresses: 10.1.0.1/24, protocol: static}
  b: {addresses: 10.2.0.1/24, protocol: static, static_joins: [JOINS]}
memory: {hugepages: no}
"""
RELOADS = 1000
CHUNK = 100
INSTALLED = "239.2.2.2"


class Quiet:
    """A router without traffic, whose file changes."""

    def __init__(self, lab):
        self.path = lab.socket_directory() / "control"
        self.router = lab.mgmd(self.text("239.1.1.1"))
        self.mgmctl = Mgmctl(self.path)

    def text(self, joins, more=""):
        return QUIET.replace("JOINS", joins) + ctl.socket_setting(self.path) + more

    def write(self, *arguments):
        self.router.config_path.write_text(self.text(*arguments))

    def groups(self):
        return [row["group"] for row in self.mgmctl.rows("show", "groups")]


@pytest.fixture
def quiet(lab):
    return Quiet(lab)


def test_sighup_takes_the_file_over(quiet):
    quiet.write("239.1.1.2", "timers: {mfe_idle_timeout: 60s}\n")
    quiet.router.signal(signal.SIGHUP)
    quiet.router.wait_for(r"reload: 3 changes")
    quiet.router.wait_for(r"reload: timers.mfe_idle_timeout: 210s -> 60s")
    assert quiet.groups() == ["239.1.1.2"]
    quiet.router.finish()


def test_sighup_with_a_bad_file_changes_nothing(quiet):
    quiet.write("239.1.1.2, 10.0.0.1")
    quiet.router.signal(signal.SIGHUP)
    quiet.router.wait_for(r"reload: nothing was changed")
    quiet.router.wait_for(r"reload: .*mgmd.yaml:5:\d+: interfaces.b.static_joins\[1\]")
    assert quiet.groups() == ["239.1.1.1"]
    quiet.router.config_path.unlink()
    quiet.router.signal(signal.SIGHUP)
    quiet.router.wait_for(r"reload: .*can't be read")
    os.mkfifo(quiet.router.config_path)
    quiet.router.signal(signal.SIGHUP)
    quiet.router.wait_for(r"reload: .* is no regular file")
    quiet.router.config_path.unlink()
    quiet.write("239.1.1.3")
    quiet.router.signal(signal.SIGHUP)
    until(lambda: quiet.groups() == ["239.1.1.3"], what="the next good file")


def test_mgmctl_shows_what_would_change_and_changes_it(quiet):
    assert quiet.mgmctl.text("reload") == "nothing has changed\n"
    quiet.write("239.1.1.2", "mroutes: [{group: 239.2.0.1, accept: a, outgoing: b}]\n")
    shown = quiet.mgmctl.rows("reload", "--dry-run")
    assert [(row["item"], row.get("before"), row.get("after"), row["how"]) for row in shown] == [
        ("interfaces.b.static_joins[239.1.1.1]", "239.1.1.1", None, "live"),
        ("interfaces.b.static_joins[239.1.1.2]", None, "239.1.1.2", "live"),
        ("mroutes[239.2.0.1]", None, "group 239.2.0.1, accept a, outgoing b", "live")]
    assert quiet.groups() == ["239.1.1.1"]
    assert quiet.mgmctl.text("reload").splitlines()[1].split() == [
        "interfaces.b.static_joins[239.1.1.1]", "239.1.1.1", "-", "live"]
    assert quiet.groups() == ["239.1.1.2"]
    mroute, = quiet.mgmctl.rows("show", "mroutes")
    assert (mroute["group"], mroute["state"]) == ("239.2.0.1", "installed")
    assert quiet.mgmctl.rows("reload") == []


def test_mgmctl_refuses_bad_files_and_what_needs_a_restart(quiet):
    quiet.write("239.1.1.2, 10.0.0.1")
    for words in (["reload"], ["reload", "--dry-run"]):
        assert re.search(r"mgmd.yaml:5:\d+: interfaces.b.static_joins\[1\]",
                         quiet.mgmctl.refusal(REFUSED, *words))
    quiet.write("239.1.1.2", "workers: {count: 2, burst: 16}\n")
    refusal = quiet.mgmctl.refusal(REFUSED, "reload")
    assert "restart" in refusal and "workers.burst: 32 -> 16" in refusal
    assert {row["item"]: row["how"] for row in quiet.mgmctl.rows("reload", "--dry-run")} == {
        "interfaces.b.static_joins[239.1.1.1]": "live",
        "interfaces.b.static_joins[239.1.1.2]": "live",
        "workers.count": "restart", "workers.burst": "restart"}
    assert quiet.groups() == ["239.1.1.1"]


def test_the_control_socket_and_metrics_move(quiet):
    """Who is connected stays so; where a place can't be had, nothing moves."""
    old, new = quiet.path, quiet.path.with_name("moved")
    at_new = quiet.text("239.1.1.1").replace(str(old), str(new))
    with ctl.Client(old) as client:
        client.hello()
        quiet.router.config_path.write_text(at_new + "metrics: 127.0.0.1:0\n")
        rows = client.request("reload")
        assert {(row["item"], row["how"]) for row in rows} == {("control_socket.path", "live"),
                                                               ("metrics.listen", "live")}
        endpoint = quiet.router.wait_for(r"metrics: (http://127.0.0.1:\d+/metrics)")[1]
        assert client.request("show version"), "the connection is still there"
        assert not old.exists()
    with urllib.request.urlopen(endpoint, timeout=30.0) as answer:
        assert b"mgmd_" in answer.read()
    quiet.mgmctl.path = new
    assert quiet.groups() == ["239.1.1.1"]
    quiet.router.config_path.write_text(at_new + "metrics: 192.0.2.1:9475\n")
    assert "192.0.2.1:9475" in quiet.mgmctl.refusal(REFUSED, "reload")
    quiet.router.config_path.write_text(
        at_new.replace(f"control_socket: {new}", f"control_socket: {{path: {new}, mode: 0600}}"))
    assert len(quiet.mgmctl.rows("reload")) == 2
    assert new.stat().st_mode & 0o777 == 0o600
    quiet.router.finish()
    assert not new.exists()


def test_a_renamed_log_is_opened_anew(lab, tmp_path):
    log, kept = tmp_path / "mgmd.log", tmp_path / "mgmd.log.1"
    router = lab.mgmd(QUIET.replace("JOINS", "239.1.1.1") + f"log: {{file: {log}}}\n", ready=None)
    until(lambda: log.exists() and "ready" in log.read_text(), what="a router that is ready")
    log.rename(kept)
    router.signal(signal.SIGHUP)
    until(lambda: log.exists() and "reload: 0 changes" in log.read_text(), what="a new log")
    router.finish()
    assert "stopping" in log.read_text() and "stopping" not in kept.read_text()


def storm_text(config, step):
    """The lab's configuration, where mroutes, joins, routes and settings of others come and go."""
    outgoing = ("left", "right", "[left, right]")[step % 3]
    mroutes = [f"{{group: {INSTALLED}, accept: source, outgoing: [left, right]}}",
               f"{{group: 239.5.0.1, accept: source, outgoing: {outgoing}}}"]
    mroutes += [f"{{group: 239.5.1.{n}, accept: source, outgoing: left}}"
                for n in range(1, 6) if (step + n) % 3]
    joins = [lab3.BOTH, lab3.RIGHT_ONLY, "ff1e::1:1", f"239.6.0.{step % 7}"]
    config = re.sub(r"(right:\n.*\n +)protocol: static\n +static_joins: .*",
                    rf"\g<1>protocol: static\n    static_joins: [{', '.join(joins)}]", config)
    if step % 4:  # IGMP has right's joins then, else the static protocol
        igmp = f"    igmp: {{query_interval: {60 + step % 5}s}}\n"
        config = config.replace("right:\n", "right:\n" + igmp)
    if step % 2:
        config += f"routes: [{{prefix: 198.51.100.0/24, next_hop: 10.2.0.9, metric: {step % 3}}}]\n"
    config += f"timers: {{mfe_idle_timeout: {210 + step % 2}s}}\n"
    return config + "mroutes:\n" + "".join(f"  - {mroute}\n" for mroute in mroutes)


class Storm(threading.Thread):
    """Reloads without pause, each time another configuration."""

    def __init__(self, path, file, config):
        super().__init__()
        self._path, self._file, self._config = path, file, config
        self.done, self.changes, self.failure = 0, 0, None

    def run(self):
        try:
            with ctl.Client(self._path, timeout=60.0) as client:
                client.hello()
                for step in range(1, RELOADS + 1):
                    self._file.write_text(storm_text(self._config, step))
                    self.changes += len(client.request("reload"))
                    self.done = step
        except (OSError, ctl.RefusedRequest, AssertionError) as failure:
            self.failure = failure


def test_a_storm_of_reloads_costs_flows_that_stay_nothing(lab):
    """Sequence numbers of two flows, one made by data and one installed: none is lost, doubled or
    out of order, while other flows come, go and change a thousand times."""
    path = lab.socket_directory() / "control"
    name = f"mgmd-reload-{os.getpid()}"
    example = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
    example += ctl.socket_setting(path) + "log: warning\n"
    router = lab.mgmd(storm_text(example, 0), ready=None)
    until(path.exists, what="the control socket", deadline=30.0)
    stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                              for port in range(3)))
    with ctl.Client(path) as client:
        client.hello()

        def packets(group):
            rows = client.request("show mroutes", group=group, family="ipv4")
            return sum(row["packets"] for row in rows)

        storm = Storm(path, router.config_path, example)
        sent = 0
        while storm.failure is None and (storm.ident is None or storm.is_alive()):
            stations.send(lab3.SOURCE, fr.interleaved(
                fr.stream(lab3.HOST, lab3.BOTH, CHUNK, first=sent),
                fr.stream(lab3.HOST, "239.5.0.1", CHUNK, first=sent),
                fr.stream(lab3.HOST, INSTALLED, CHUNK, first=sent)))
            sent += CHUNK
            until(lambda: packets(lab3.BOTH) == packets(INSTALLED) == sent,
                  what=f"{sent} packets of each flow that stays")
            if storm.ident is None:
                storm.start()
        storm.join()
        transmitted = {row["interface"]: row["tx_packets"]
                       for row in client.request("show interfaces")}
    assert storm.failure is None
    assert storm.done == RELOADS and storm.changes > 3 * RELOADS
    assert sent > 2 * CHUNK, "packets flowed during the storm"
    until(lambda: (stations.received(lab3.LEFT), stations.received(lab3.RIGHT))
          == (transmitted["left"], transmitted["right"]), what=f"{transmitted} recorded")
    recorded = stations.frames()
    summary = router.finish()
    for group in (lab3.BOTH, INSTALLED):
        for station in (lab3.LEFT, lab3.RIGHT):
            assert fr.numbers(recorded[station], lab3.HOST, group) == list(range(sent))
    assert summary.flow(lab3.HOST, lab3.BOTH).sent == {"left": sent, "right": sent}
    assert summary.dropped == {}
