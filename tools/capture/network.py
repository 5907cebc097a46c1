# SPDX-License-Identifier: Apache-2.0
"""The network namespaces in which the capture is recorded."""
import contextlib
import ctypes
import os
import pathlib
import subprocess
import time

from capture.plan import HOME, NICS, ROUTER_NICS, SECOND_SOURCE, SEGMENTS

TIMEOUT_S = 30


class Skip(Exception):
    """This machine does not allow what recording needs."""


class Failure(Exception):
    """Something that the plan asks for did not happen."""


def run(*command, error=Failure):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise error(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def wait_until(condition, what):
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"no {what} within {TIMEOUT_S} s")
        time.sleep(0.02)


@contextlib.contextmanager
def inside(namespace):
    """Sockets and processes made in this block belong to the namespace for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as home, open(f"/run/netns/{namespace}") as there:
        if libc.setns(there.fileno(), 0):
            raise Skip(f"setns: {os.strerror(ctypes.get_errno())}")
        try:
            yield
        finally:
            libc.setns(home.fileno(), 0)


class Network:
    """The namespaces of the topology; removed when the block ends."""

    def __init__(self):
        self.prefix = f"capture{os.getpid()}-"
        self.made = []

    def __enter__(self):
        try:
            for name in ("router", "switch", *HOME):
                self.made.append(name)
                run("ip", "netns", "add", self.name(name), error=Skip)
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for name in self.made:
            command = ("ip", "netns", "del", self.name(name))
            subprocess.run(command, capture_output=True, check=False)  # one may not exist yet

    def name(self, host):
        return self.prefix + host

    def ip(self, host, command, error=Failure):
        return run("ip", "-n", self.name(host), *command.split(), error=error)

    def sysctl(self, host, key, value):
        path = pathlib.Path("/proc/sys/net", key)
        with inside(self.name(host)):
            if path.read_text().strip() != value:  # may be read-only where it is right already
                path.write_text(value)

    def build(self):
        """Everything but the hosts' links, which come up once the capture runs."""
        self.sysctl("switch", "ipv6/conf/default/disable_ipv6", "1")  # bridges stay silent
        for family in ("ipv4", "ipv6"):
            self.sysctl("router", f"{family}/conf/all/forwarding", "0")
        for segment in SEGMENTS:
            bridge = f"link add {segment} up type bridge mcast_snooping 0"
            self.ip("switch", bridge, error=Skip)
        for nic in ROUTER_NICS + NICS:
            self.plug(nic)
        for nic in ROUTER_NICS:
            self.start(nic)

    def plug(self, nic):
        jack = f"{nic.host}-{nic.device}"
        peer = f"peer name {jack} netns {self.name('switch')}"
        self.ip(nic.host, f"link add {nic.device} address {nic.mac} type veth {peer}", error=Skip)
        self.ip("switch", f"link set {jack} up master {nic.segment}")
        with inside(self.name(nic.host)):  # the sender fills in checksums, nothing is cut up later
            run("ethtool", "-K", nic.device, "tx", "off", "tso", "off", "gso", "off")
        self.sysctl(nic.host, f"ipv6/conf/{nic.device}/disable_ipv6", "0")
        self.sysctl(nic.host, f"ipv6/conf/{nic.device}/addr_gen_mode", "0")
        self.sysctl(nic.host, f"ipv4/conf/{nic.device}/force_igmp_version", "0")
        self.sysctl(nic.host, f"ipv6/conf/{nic.device}/force_mld_version", "0")

    def start(self, nic):
        numbers = (nic.number, SECOND_SOURCE) if nic.host == "source" else (nic.number,)
        for number in numbers if nic.addressed else ():
            self.ip(nic.host, f"addr add {nic.address(4, number)}/24 dev {nic.device}")
            self.ip(nic.host, f"addr add {nic.address(6, number)}/64 dev {nic.device}")
        self.ip(nic.host, f"link set {nic.device} up")

    def start_hosts(self):
        for nic in NICS:
            self.start(nic)
        wait_until(lambda: all(map(self.ready, ROUTER_NICS + NICS)),
                   "end of duplicate address detection")

    def ready(self, nic):
        show = f"-6 addr show dev {nic.device}"
        return "fe80:" in self.ip(nic.host, show) and not self.ip(nic.host, f"{show} tentative")
