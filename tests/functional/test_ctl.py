# SPDX-License-Identifier: Apache-2.0
"""The control socket: who may, who gets what, and that no client hurts the router.

    testpmd ── memif ── source │ mgmd │ left, right ── memif ── testpmd
                               │      │ control socket ── clients, hostile ones among them
"""

import contextlib
import os
import resource
import signal
import socket
import stat

import pytest

from netlab.wait import until
from support import ctl
from support import devices as dev
from support import frames as fr
from support import three_ports as lab3
from support.ctl import Client
from support.mgmd import why_no_binary

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))

QUIET = """
ports: {a: "net_null0,no-rx=1", b: "net_null1,no-rx=1"}
interfaces: {a: {addresses: 10.1.0.1/24}, b: {addresses: 10.2.0.1/24}}
memory: {hugepages: no}
"""
FLOWS, PACKETS = 20, 20
CONNECTIONS_EACH = 50  # 1 000 and more in a test


@pytest.fixture
def path(lab):
    return lab.socket_directory() / "control"


def test_it_greets_and_answers(lab, path):
    lab.mgmd(QUIET + ctl.socket_setting(path))
    with Client(path) as client:
        greeting = client.hello()
        (version,) = client.request("show version")
    assert greeting["protocol"] == 1
    assert version["version"] == greeting["version"]
    assert (version["ports"], version["interfaces"], version["workers"]) == (2, 2, 1)


def test_it_is_a_file_with_permissions_that_goes_with_the_router(lab, path):
    router = lab.mgmd(QUIET + f"control_socket: {{path: {path}, mode: 0640}}\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    router.finish()
    assert not path.exists()


def test_what_a_killed_router_leaves_is_replaced_and_a_running_ones_is_not(lab, tmp_path, path):
    config = QUIET + ctl.socket_setting(path)
    killed = lab.mgmd(config, label="killed")
    killed.signal(signal.SIGKILL)
    killed.wait()
    assert path.exists()
    lab.mgmd(config, tmp_path / "next", label="next")
    assert ctl.request(path, "show version")
    second = lab.mgmd(config, tmp_path / "second", label="second", ready=None)
    second.expect_exit(71)
    assert "another process listens on it" in second.log
    assert ctl.request(path, "show version"), "the first one's is untouched"


def memory_octets(router):
    """Resident memory of the router's process."""
    pages = int(open(f"/proc/{router.pid}/statm").read().split()[1])
    return pages * resource.getpagesize()


def garbage(path, stack):
    """Octets that are no text, no JSON, no request, and half of one."""
    client = stack.enter_context(Client(path))
    client.send(os.urandom(2000).replace(b"\n", b" ") + b"\n[[[[\n{}\n{\"command\":")
    client.hello()
    for _ in range(3):
        assert client.line()["error"]["code"] == "invalid_request"


def huge_line(path, stack):
    """A request without an end."""
    client = stack.enter_context(Client(path))
    with contextlib.suppress(OSError):
        client.send(b"x" * (1 << 20))
    client.hello()
    assert "longer than 16384 octets" in client.line()["error"]["message"]
    with contextlib.suppress(ConnectionResetError):
        assert client.line() is None


def flood_of_connections(path, stack):
    """More than there are places for; nobody of them says anything."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
    for _ in range(CONNECTIONS_EACH):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stack.callback(client.close)
        client.setblocking(False)
        with contextlib.suppress(OSError):
            client.connect(str(path))


def stalled_reader(path, stack):
    """Asks and asks, and reads nothing."""
    client = stack.enter_context(Client(path))
    client.socket.setblocking(False)
    requests = b'{"command":"show version"}\n' * 10_000
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while sent < len(requests):
            sent += client.socket.send(requests[sent:])


@pytest.mark.parametrize("attack", [garbage, huge_line, flood_of_connections, stalled_reader],
                         ids=lambda attack: attack.__name__)
def test_hostile_clients_cost_no_packet(lab, path, attack):
    """New flows, each of which needs control, are routed whole and in order meanwhile."""
    name = f"mgmd-ctl-{os.getpid()}"
    config = lab3.example("memif").read_text().replace("socket=mgmd-lab", f"socket={name}")
    router = lab.mgmd(config + ctl.socket_setting(path))
    stations = lab.stations(*(dev.abstract_memif(name, port, "client", index=port)
                              for port in range(3)))
    with contextlib.ExitStack() as stack:
        attack(path, stack)
        before = memory_octets(router)
        for number in range(FLOWS):
            attack(path, stack)
            stations.send(lab3.SOURCE, fr.stream(f"10.1.0.{10 + number}", lab3.BOTH, PACKETS))
        until(lambda: stations.received(lab3.LEFT) == FLOWS * PACKETS, what="all packets on left")
        assert memory_octets(router) - before < 16 << 20
        # An operator still gets through: silent clients make room.
        until(lambda: answers(path), what="an answer to an operator")
    recorded = stations.frames()
    summary = router.finish()
    for number in range(FLOWS):
        source = f"10.1.0.{10 + number}"
        assert fr.numbers(recorded[lab3.LEFT], source, lab3.BOTH) == list(range(PACKETS))
        assert summary.flow(source, lab3.BOTH).sent == {"left": PACKETS, "right": PACKETS}
    assert summary.dropped == {}


def answers(path):
    """Whether an operator gets an answer now."""
    with contextlib.suppress(OSError, ctl.RefusedRequest):
        return bool(ctl.request(path, "show version"))
    return False
