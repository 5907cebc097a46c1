# SPDX-License-Identifier: Apache-2.0
"""mgmd as a service: what its manager is told and when, the rights it needs, and its unit.

    testpmd ── source ══ to-source │ mgmd │ to-left ══ left ── testpmd
                                   │      │ to-right ══ right ── testpmd
"""

import os
import shutil
import signal
import subprocess

import pytest
from netlab.netns import connect
from netlab.wait import until

from support import devices as dev
from support import frames as fr
from support import service_manager as sm
from support import three_ports as lab3
from support.mgmd import why_no_binary

QUIET = """
ports: {a: "net_null0,no-rx=1", b: "net_null1,no-rx=1"}
interfaces: {a: {addresses: 10.1.0.1/24}, b: {addresses: 10.2.0.1/24}}
memory: {hugepages: no}
workers: {idle: adaptive}
"""
MROUTE = """
mroutes:
  - {group: 239.7.7.7, accept: source, outgoing: [left, right]}
"""

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become nobody")


@pytest.fixture
def manager(lab, monkeypatch):
    listener = sm.Listener(lab.socket_directory())
    monkeypatch.setenv("NOTIFY_SOCKET", str(listener.path))
    yield listener
    listener.close()


def linked(lab):
    """Namespaces of the router and of the stations at the far ends of its links."""
    router, ends = lab.namespace("router"), lab.namespace("ends")
    for name in lab3.NAMES:
        connect(router, f"to-{name}", ends, name)
    return router, ends


def test_it_is_ready_once_static_entries_forward(lab, manager):
    namespace, ends = linked(lab)
    stations = lab.stations(*(dev.af_packet(name, index) for index, name in enumerate(lab3.NAMES)),
                            namespace=ends)
    router = lab.mgmd(lab3.example("af-packet").read_text() + MROUTE, namespace=namespace,
                      ready=None)
    assert manager.wait_for("READY") == 0, "nothing is told before"
    stations.send(lab3.SOURCE, fr.stream(lab3.HOST, "239.7.7.7", 20))
    for station in (lab3.LEFT, lab3.RIGHT):
        until(lambda: stations.received(station) == 20, what="20 frames")
    assert "1 forwarding entries" in manager.told[0]["STATUS"]
    assert "of 3 ports have a link" in manager.told[0]["STATUS"]
    summary = router.finish()
    assert summary.forwarded == 20
    assert summary.events["no_entry"] == 0, "the entry was there before the first packet"
    assert stations.received(lab3.SOURCE) == 0
    assert [lines.get("STOPPING") for lines in manager.look()] == [None, "1"]


def test_a_reload_is_told_from_its_beginning_to_its_end(lab, manager):
    router = lab.mgmd(QUIET, ready=None)
    ready = manager.wait_for("READY")
    for text, told in ((QUIET + "timers: {mfe_idle_timeout: 60s}\n", "1 changes"),
                       (QUIET + "workers: {count: many}\n", "nothing was changed"),
                       (QUIET, "1 changes")):
        router.config_path.write_text(text)
        router.signal(signal.SIGHUP)
        reloading = manager.wait_for("RELOADING", start=ready + 1)
        assert int(manager.told[reloading]["MONOTONIC_USEC"]) > 0
        ready = manager.wait_for("READY", start=reloading + 1)
        assert "of 2 ports have a link" in manager.told[ready]["STATUS"]
        router.wait_for(f"reload: {told}")
    router.finish()
    assert manager.look()[-1]["STOPPING"] == "1"


def test_a_start_that_fails_is_never_ready(lab, manager):
    router = lab.mgmd(QUIET.replace("net_null0,no-rx=1", "net_nonsense0"), ready=None)
    router.expect_exit(71, deadline=30.0)
    assert manager.look() == []


@as_root
def test_the_watchdog_is_fed_while_the_workers_poll(lab, manager, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    router = lab.mgmd(QUIET, ready=None)
    manager.wait_for("WATCHDOG", start=manager.wait_for("WATCHDOG") + 1)
    with sm.StoppedThread(router.pid, "worker"):
        silent = manager.wait_for("STATUS", "worker 0 does not poll its queues.*")
        manager.wait_for("STATUS", "worker 0 does not.*", start=silent + 3)
        assert all("WATCHDOG" not in lines for lines in manager.told[silent:])
    manager.wait_for("WATCHDOG", start=len(manager.told))
    router.finish()
    assert manager.look()[-1]["STOPPING"] == "1"


@as_root
def test_af_packet_needs_no_more_than_the_service_may(lab):
    namespace, ends = linked(lab)
    stations = lab.stations(*(dev.af_packet(name, index) for index, name in enumerate(lab3.NAMES)),
                            namespace=ends)
    router = lab.mgmd(lab3.example("af-packet").read_text(), sm.directory_of_nobody(lab),
                      namespace=namespace, through=sm.with_rights_of_the_service())
    lab3.check_streams(router, stations)


@as_root
def test_tap_needs_no_more_than_the_service_may(lab):
    namespace = lab.namespace("router")
    router = lab.mgmd(lab3.example("tap").read_text(), sm.directory_of_nobody(lab),
                      namespace=namespace, through=sm.with_rights_of_the_service())
    taps = [f"tap-{name}" for name in lab3.NAMES]
    for tap in taps:
        namespace.up(tap)
    stations = lab.stations(*(dev.af_packet(tap, index) for index, tap in enumerate(taps)),
                            namespace=namespace)
    lab3.check_streams(router, stations)


@as_root
@pytest.mark.parametrize(("device", "missing"), [
    ("net_af_packet0,iface=lo", "it needs CAP_NET_RAW and CAP_NET_ADMIN, which this process lacks"),
    ("net_tap0,iface=mgmd-no", "it needs CAP_NET_ADMIN, which this process lacks"),
    ("net_af_xdp0,iface=lo", "CAP_NET_RAW and CAP_NET_ADMIN and CAP_SYS_ADMIN"),
    ("0000:ff:1f.6", "there is no such card (lspci -D lists those there are)"),
])
def test_somebody_without_rights_is_told_what_is_missing(lab, device, missing):
    nobody = ["setpriv", f"--reuid={sm.NOBODY}", f"--regid={sm.NOBODY}", "--clear-groups",
              "--bounding-set=-all", "--no-new-privs", "--"]
    router = lab.mgmd(QUIET.replace("net_null0,no-rx=1", device), sm.directory_of_nobody(lab),
                      ready=None, through=nobody)
    router.expect_exit(71, deadline=30.0)
    last = router.log.splitlines()[-1]
    assert f'port "a" (device "{device}"' in last
    assert missing in last


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_the_unit_is_right_and_confined(tmp_path):
    unit = tmp_path / "mgmd.service"
    unit.write_text(sm.UNIT.read_text().replace("@sbindir@/mgmd", "/bin/true")
                    .replace("@config_dir@", "/etc/mgmd"))
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", unit],
                              capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    # 10 times what it shows: 2.5 and less is "OK".
    confined = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=25",
                               "--no-pager", unit], capture_output=True, text=True)
    assert confined.returncode == 0, confined.stdout + confined.stderr
