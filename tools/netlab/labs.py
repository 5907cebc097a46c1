# SPDX-License-Identifier: Apache-2.0
"""Which labs run on this machine, and what belongs to them.

A lab is known by the process id of the tool that started it. It has a folder with a lock that the
tool holds as long as it lives, so what a killed tool left behind is recognised and removed; and
namespaces of names that begin with its own.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import signal

from netlab.hosts import Host
from netlab.netns import Namespace, ip
from netlab.network import SEGMENTS, SWITCH, Nic
from netlab.wait import until

STATE = pathlib.Path("/run/mgmd-lab")
ROUTER = "router"
# mgmd alone speaks there: the kernel has no address on the router's ends.
ROUTER_NICS = tuple(Nic(ROUTER, name, name, 1, addressed=False, ipv6=False) for name in SEGMENTS)
HOST_NICS = (
    Nic("source", "eth0", "source", 10),
    Nic("left1", "eth0", "left", 11),
    Nic("left2", "eth0", "left", 12),
    Nic("right1", "eth0", "right", 11),
    Nic("right2", "eth0", "right", 12),
)
HOSTS = {nic.host: nic for nic in HOST_NICS}


class Lab:
    """One lab, running or not."""

    def __init__(self, number):
        self.number = number
        self.name = f"mgmd-lab-{number}"
        self.folder = STATE / str(number)
        self.log = self.folder / "mgmd.log"

    @property
    def runs(self):
        """Whether the tool that started it lives."""
        try:
            with open(self.folder / "lock", "rb") as lock:
                return not _try_lock(lock)
        except FileNotFoundError:
            return False

    def namespace(self, host):
        return Namespace(f"{self.name}-{host}")

    def host(self, name):
        """A host's sockets."""
        nic = HOSTS[name]
        return Host(self.namespace(name), nic.device, nic.address(4), nic.address(6))

    def switch(self):
        return self.namespace(SWITCH)

    def end_processes(self):
        """Those in its namespaces: a namespace lives on, nameless, as long as one is in it."""
        for namespace in self._namespaces():
            _end(namespace.pids)

    def remove(self):
        """Whatever there is of it, however far building or removing it had got."""
        self.end_processes()
        for namespace in self._namespaces():
            ip("netns", "del", namespace.name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _namespaces(self):
        names = [line.split()[0] for line in ip("netns", "list").splitlines()]
        return [Namespace(name) for name in names if name.startswith(f"{self.name}-")]


@contextlib.contextmanager
def registered():
    """This process's lab: nobody takes it for dead during the block. Nothing of it stays."""
    lab = Lab(os.getpid())
    with contextlib.ExitStack() as stack:
        with _exclusively():
            _remove_dead()
            lab.folder.mkdir()
            stack.callback(lab.remove)
            lock = stack.enter_context(open(lab.folder / "lock", "wb"))
            _try_lock(lock)
        yield lab


def running():
    with _exclusively():
        return [lab for lab in _known() if lab.runs]


def _remove_dead():
    for lab in _known():
        if not lab.runs:
            lab.remove()


def _known():
    return [Lab(int(folder.name)) for folder in STATE.iterdir() if folder.name.isdigit()]


@contextlib.contextmanager
def _exclusively():
    STATE.mkdir(exist_ok=True)
    with open(STATE / "lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(pids):
    """Ends the processes that `pids` returns, those that don't want to as well."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        with contextlib.suppress(TimeoutError):
            until(lambda: not pids(), 5, "end of the processes in the lab")
            return
