# SPDX-License-Identifier: Apache-2.0
"""Network namespaces and the links between them."""

import contextlib
import ctypes
import functools
import os
import subprocess


def ip(*arguments):
    """Runs ip(8) and returns its output; a refusal is an error that quotes what ip said."""
    argv = ["ip", *map(str, arguments)]
    result = subprocess.run(argv, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise OSError(f"{' '.join(argv)}: {result.stderr.strip()}")
    return result.stdout


@functools.cache
def why_no_namespaces():
    """None where namespaces can be made, else the reason why not."""
    probe = f"mgmd-{os.getpid()}-probe"
    try:
        ip("netns", "add", probe)
        ip("netns", "del", probe)
    except OSError as error:
        return str(error)
    return None


class Namespace:
    """A network namespace that exists while its block runs.

    IPv6 is off unless asked for: the kernel would otherwise send neighbour discovery and MLD
    of its own into every link, among the frames that a test counts. IPv4 sources are not
    checked: hosts have no routes beyond their link.
    """

    def __init__(self, name, ipv6=False):
        self.name = name
        self._ipv6 = ipv6

    def __enter__(self):
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
            self.run("sysctl", "-qw", f"net.ipv4.conf.{scope}.rp_filter=0",
                     f"net.ipv6.conf.{scope}.disable_ipv6={0 if self._ipv6 else 1}")
        self.up("lo")

    @property
    def exec_prefix(self):
        """Words to put before a command line to run it in here."""
        return ["ip", "netns", "exec", self.name]

    def run(self, *argv):
        command = [*self.exec_prefix, *map(str, argv)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def ip(self, *arguments):
        return ip("-n", self.name, *arguments)

    def up(self, interface):
        self.ip("link", "set", interface, "up")

    @contextlib.contextmanager
    def inside(self):
        """Sockets made in this block, by this thread, belong to the namespace for good."""
        with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{self.name}") as there:
            _enter(there)
            try:
                yield
            finally:
                _enter(home)

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
    """Makes the kernel write whole UDP checksums itself.

    It otherwise leaves that to the device that a packet leaves by: a veth has none to leave it to,
    and who reads packets from its other end finds halves of checksums.
    """
    namespace.run("ethtool", "-K", interface, "tx", "off")


def _enter(namespace_file):
    if ctypes.CDLL(None, use_errno=True).setns(namespace_file.fileno(), 0) != 0:
        raise OSError(ctypes.get_errno(), "setns")
