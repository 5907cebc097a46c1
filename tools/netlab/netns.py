# SPDX-License-Identifier: Apache-2.0
"""Network namespaces and the links between them."""

import contextlib
import ctypes
import functools
import os
import pathlib
import re
import signal
import subprocess


def ip(*arguments, commands=None):
    """Runs ip(8), on many `commands` at once if given, and returns its output.

    A refusal is an error that quotes what ip said.
    """
    argv = ["ip", *map(str, arguments), *(["-batch", "-"] if commands else [])]
    lines = "\n".join(commands) if commands else None
    result = subprocess.run(argv, input=lines, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise OSError(f"{' '.join(argv)}: {result.stderr.strip()}")
    return result.stdout


@functools.cache
def why_no_namespaces():
    """None where namespaces and veth pairs can be made, else the reason why not."""
    if os.geteuid():
        return "making network namespaces needs root"
    probe = f"mgmd-{os.getpid()}-probe"
    try:
        ip("netns", "add", probe)
        try:
            ip("-n", probe, "link", "add", "veth0", "type", "veth", "peer", "name", "veth1")
        finally:
            ip("netns", "del", probe)
    except OSError as error:
        return f"no network namespaces here: {error}"
    return None


def remove_left_behind():
    """Removes namespaces of runs that were killed before they could, and ends what runs there.

    A namespace that goes with the process that made it is called PROGRAM-PID-...
    """
    for name in sorted(entry.name for entry in pathlib.Path("/run/netns").glob("*-*-*")):
        maker = re.match(r"(capture|mgmd)-(\d+)-", name)
        if maker is None or pathlib.Path("/proc", maker[2]).exists():
            continue
        with contextlib.suppress(OSError):  # another run may be at it too
            for pid in _pids(name):
                os.kill(pid, signal.SIGKILL)
            ip("netns", "del", name)


def _pids(namespace):
    return [int(pid) for pid in ip("netns", "pids", namespace).split()]


class Namespace:
    """A network namespace that exists while its block runs. If its process is killed, the next
    process that makes one removes it, as `remove_left_behind` says.

    IPv6 is off unless asked for: the kernel would otherwise send neighbour discovery and MLD
    of its own into every link, among the frames that a test counts. IPv4 sources are not
    checked: hosts have no routes beyond their link.
    """

    def __init__(self, name, ipv6=False):
        self.name = name
        self._ipv6 = ipv6

    def __enter__(self):
        remove_left_behind()
        ip("netns", "add", self.name)
        try:
            self._configure()
        except BaseException:
            ip("netns", "del", self.name)
            raise
        return self

    def __exit__(self, *_):
        ip("netns", "del", self.name)

    def _configure(self):
        for scope in ("all", "default"):
            self.sysctl(f"ipv4/conf/{scope}/rp_filter", 0)
            self.sysctl(f"ipv6/conf/{scope}/disable_ipv6", 0 if self._ipv6 else 1)
        self.up("lo")

    @property
    def exec_prefix(self):
        """Words to put before a command line to run it in here."""
        return ["ip", "netns", "exec", self.name]

    def run(self, *argv):
        command = [*self.exec_prefix, *map(str, argv)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def ip(self, *arguments, commands=None):
        return ip("-n", self.name, *arguments, commands=commands)

    def up(self, interface):
        self.ip("link", "set", interface, "up")

    def sysctl(self, key, value):
        """Sets a value below /proc/sys/net."""
        path = pathlib.Path("/proc/sys/net", key)
        with self.inside():
            if path.read_text().strip() != str(value):  # may be read-only where it is right already
                path.write_text(str(value))

    def pids(self):
        """The processes in here."""
        return _pids(self.name)

    @contextlib.contextmanager
    def inside(self):
        """Sockets and processes made in this block, by this thread, belong here for good."""
        with open("/proc/thread-self/ns/net") as home:
            self.enter()
            try:
                yield
            finally:
                _enter(home)

    def enter(self):
        """Moves this thread in, for good."""
        with open(f"/run/netns/{self.name}") as there:
            _enter(there)

    def macvlan(self, interface, host, name):
        """Gives namespace `host` an interface of its own, `name`, on top of our `interface`.

        A tap device can't be moved itself: its process would no longer see its link state.
        """
        self.ip("link", "add", name, "link", interface, "netns", host.name,
                "type", "macvlan", "mode", "private")
        host.up(name)


def connect(left, left_name, right, right_name):
    """A veth pair between two namespaces, up at both ends. It goes when either of them does."""
    ip("link", "add", left_name, "netns", left.name,
       "type", "veth", "peer", "name", right_name, "netns", right.name)
    left.up(left_name)
    right.up(right_name)


def complete_checksums(namespace, interface):
    """Makes the kernel write whole UDP checksums itself, and cut nothing up later.

    It otherwise leaves that to the device that a packet leaves by: a veth has none to leave it to,
    and who reads packets from its other end finds halves of checksums.
    """
    namespace.run("ethtool", "-K", interface, "tx", "off", "tso", "off", "gso", "off")


def _enter(namespace_file):
    if ctypes.CDLL(None, use_errno=True).setns(namespace_file.fileno(), 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")
