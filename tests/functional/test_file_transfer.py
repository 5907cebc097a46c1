# SPDX-License-Identifier: Apache-2.0
"""Files to three receivers at once through mgmd, with programs that people use for it.

    host "source" ── source │ mgmd │ left ──┬── host "left1"
                            │      │        └── host "left2"
                            │      │ right ──── host "right1"

The receivers answer the sender by unicast: that goes through the kernel of mgmd's namespace.
"""

import hashlib
import os
import shutil
import signal

import pytest
from netlab.process import Process
from netlab.wait import until

from support.dissector import why_no_dissector
from support.membership import HOST_NICS, IPV4, MembershipLab

RECEIVERS = ("left1", "left2", "right1")
OCTETS = 3_000_000
TTL = 16
UFTP_ANNOUNCE, UFTP_DATA = "230.4.4.1", "230.5.5.7"
UDPCAST_CONTROL, UDPCAST_DATA = "239.7.7.8", "239.7.7.7"

pytestmark = pytest.mark.skipif(why_no_dissector() is not None, reason=str(why_no_dissector()))


def needs(program, package):
    return pytest.mark.skipif(shutil.which(program) is None,
                              reason=f"no {program}: install Debian's package {package}")


@pytest.fixture
def hosts(lab):
    made = MembershipLab(lab, IPV4)
    let_the_kernel_route_unicast(made.network)
    return made


def let_the_kernel_route_unicast(network):
    """With addresses of its own: those of mgmd are not the kernel's."""
    router = network.namespace("router")
    for nic in network.nics:
        if nic.host == "router":
            router.ip("address", "add", f"{nic.address(4, 99)}/24", "dev", nic.device)
    router.sysctl("ipv4/ip_forward", 1)
    for nic in HOST_NICS:
        network.namespace(nic.host).ip("route", "add", "default", "via", nic.address(4, 99))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(os.urandom(OCTETS))
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def start(lab, hosts, label, host, *argv):
    return lab.start(Process(label, argv, lab.directory / label, hosts.network.namespace(host)))


def finish(hosts, directory):
    """Without comparing counters to the wire: the kernel sends from the same MAC addresses. The
    flow's own copies may be gone already: receivers leave when they have the file."""
    summary = hosts.router.finish()
    hosts.check_sent(directory)
    for side in ("left", "right"):
        assert summary.interface(side)["tx_octets"] > OCTETS
    return summary


@needs("uftp", "uftp")
def test_uftp(lab, hosts, file, tmp_path):
    receivers = [start(lab, hosts, f"uftpd-{name}", name, "uftpd", "-d", "-I", "eth0", "-D",
                       lab.directory / f"uftpd-{name}") for name in RECEIVERS]
    for segment in ("left", "right"):
        until(lambda wire=hosts.wires[segment]: wire.reports(UFTP_ANNOUNCE), what="join")
    addresses = ",".join(hosts.network.nic(name).address(4) for name in RECEIVERS)
    sender = start(lab, hosts, "uftp", "source", "uftp", "-I", "eth0", "-t", TTL, "-R", 40000,
                   "-M", UFTP_ANNOUNCE, "-P", UFTP_DATA, "-H", addresses, file)
    sender.expect_exit(0, deadline=60)
    for receiver in receivers:
        receiver.signal(signal.SIGTERM)
        receiver.wait()  # its status tells of the signal only
    for name in RECEIVERS:
        assert sha256(lab.directory / f"uftpd-{name}" / "file") == sha256(file)
    flow = finish(hosts, tmp_path).flow("10.1.0.10", UFTP_DATA)
    assert flow.packets > 0


@needs("udp-sender", "udpcast")
def test_udpcast(lab, hosts, file, tmp_path):
    common = ("--interface", "eth0", "--mcast-rdv-address", UDPCAST_CONTROL, "--ttl", TTL,
              "--nokbd", "--no-progress")
    receivers = [start(lab, hosts, f"udpcast-{name}", name, "udp-receiver", *common,
                       "--file", lab.directory / f"udpcast-{name}" / "file")
                 for name in RECEIVERS]
    for receiver in receivers:
        receiver.wait_for("UDP receiver for")
    sender = start(lab, hosts, "udpcast", "source", "udp-sender", *common, "--file", file,
                   "--mcast-data-address", UDPCAST_DATA, "--max-bitrate", "40m",
                   "--min-receivers", len(RECEIVERS),
                   "--rexmit-hello-interval", 200)  # a hello before the joins reaches nobody
    for process in (sender, *receivers):
        process.expect_exit(0, deadline=60)
    for name in RECEIVERS:
        assert sha256(lab.directory / f"udpcast-{name}" / "file") == sha256(file)
    flow = finish(hosts, tmp_path).flow("10.1.0.10", UDPCAST_DATA)
    assert flow.packets > 0
