# SPDX-License-Identifier: Apache-2.0
"""dpdk-testpmd as traffic generator and as sink, on any DPDK device, without hugepages."""

import itertools
import os
import re
import shutil
from dataclasses import dataclass

from netlab.process import Process, ProcessFailed
from netlab.wait import until
from scapy.utils import wrpcap

from . import devices as dev
from . import frames as fr

PROGRAM = "dpdk-testpmd"
PROMPT = r"testpmd> "
BURST = 32  # frames; testpmd's default
MEMORY_MIB = 64
MBUFS = 8192  # fits MEMORY_MIB; af_xdp alone keeps 2048 for each receive queue

_numbers = itertools.count()


def why_no_testpmd():
    """None where dpdk-testpmd is installed, else what to install."""
    return None if shutil.which(PROGRAM) else f"no {PROGRAM}: install Debian's package dpdk"


@dataclass(frozen=True)
class PortStats:
    """What the driver counts, in frames."""

    rx: int
    rx_missed: int
    rx_errors: int
    rx_nombuf: int
    tx: int
    tx_errors: int


class Testpmd(Process):
    """An interactive dpdk-testpmd, driven over its standard input; ports in `devices`' order.

    Both its threads share one CPU, the last one allowed, and poll it only while forwarding.
    When its standard input closes it exits by itself.
    """

    __test__ = False  # a name that pytest would otherwise collect

    def __init__(self, label, devices, arguments, directory, namespace=None):
        cpu = max(os.sched_getaffinity(0))
        argv = [
            "stdbuf", "-oL", PROGRAM,
            f"--lcores=(0,1)@{cpu}", "--no-huge", "--no-shconf", "-m", MEMORY_MIB,
            "--no-pci", "--no-telemetry", f"--file-prefix=mgmd-{os.getpid()}-{next(_numbers)}",
            *(f"--vdev={device}" for device in devices),
            "--", "-i", "--no-mlockall", f"--total-num-mbufs={MBUFS}", "--no-flush-rx",
            *arguments,
        ]
        super().__init__(label, argv, directory, namespace)
        self._port_count = len(devices)
        self._answered = 0

    def on_started(self):
        self._answer(deadline=30.0)
        found = self.command("show port summary all")
        if f"available ports: {self._port_count}\n" not in found:
            raise ProcessFailed(self._describe("a device could not be opened"))

    def stop(self):
        self.write("quit\n")
        self.expect_exit()

    def let_go(self):
        self.command("stop")

    def command(self, text):
        """What testpmd prints in answer to a command."""
        self.write(f"{text}\n")
        return self._answer()

    def stats(self, port=0):
        text = self.command(f"show port stats {port}")
        names = ("RX-packets", "RX-missed", "RX-errors", "RX-nombuf", "TX-packets", "TX-errors")
        return PortStats(*(_number(name, text) for name in names))

    def link_up(self, port=0):
        return bool(re.search(r"^Link status: up$", self.command(f"show port info {port}"), re.M))

    def _answer(self, deadline=15.0):
        prompt = self.wait_for(PROMPT, deadline, start=self._answered)
        answer = self.log[self._answered:prompt.start()]
        self._answered = prompt.end()
        return answer


class Generator(Testpmd):
    """Sends UDP over IPv4 from `source` to `group`, TTL 64, on request.

    It counts its frames out (`start tx_first`, then receive only) and so never floods.
    testpmd makes no IPv6 (that takes a Replayer), and its --txonly-multi-flow derives the
    *source* addresses from the destination: nothing a router would forward.
    """

    def __init__(self, label, device, directory, *, source, group, size=100, namespace=None):
        arguments = [
            "--forward-mode=rxonly", f"--tx-ip={source},{group}", "--tx-udp=5000,6000",
            f"--txpkts={size}", f"--eth-peer=0,{fr.multicast_mac(group)}",
        ]
        super().__init__(label, [device], arguments, directory, namespace)

    def send(self, count):
        """Hands exactly `count` frames to the device, or fails."""
        for burst, repeats in ((BURST, count // BURST), (count % BURST, 1)):
            if burst and repeats:
                self._send(burst, repeats)

    def _send(self, burst, repeats):
        until(self.link_up, what=f"link of {self.label}")
        self.command(f"set burst {burst}")
        self.command(f"start tx_first {repeats}")
        sent = _number("TX-packets", self.command("stop"))
        if sent != burst * repeats:
            raise ProcessFailed(self._describe(f"sent {sent} of {burst * repeats} frames"))


class Replayer(Testpmd):
    """Sends any frames, as made with scapy, out of a device; each frame once."""

    DEVICE, FILE = 0, 1

    def __init__(self, label, device, directory, *, namespace=None):
        self._path = directory / f"{label}.pcap"
        directory.mkdir(parents=True, exist_ok=True)
        wrpcap(str(self._path), [], linktype=1)  # the driver wants to see a file at start
        super().__init__(label, [device, dev.pcap_reader(self._path, index=9)],
                         ["--forward-mode=io"], directory, namespace)

    def send(self, frames):
        """Hands all frames to the device, in order, or fails."""
        until(self.link_up, what=f"link of {self.label}")
        self.command(f"port stop {self.FILE}")
        wrpcap(str(self._path), frames)
        before = self.stats(self.DEVICE).tx
        self.command(f"port start {self.FILE}")
        self.command("start")
        until(lambda: self.stats(self.DEVICE).tx - before == len(frames),
              what=f"{self.label} sending {len(frames)} frames")
        self.command("stop")


class Recorder(Testpmd):
    """A sink: writes whatever arrives on each of its devices to a pcap file per device."""

    def __init__(self, label, devices, directory, *, namespace=None):
        self._paths = [directory / f"{label}-{index}.pcap" for index in range(len(devices))]
        writers = [dev.pcap_writer(path, index=9 + n) for n, path in enumerate(self._paths)]
        ports = [port for pair in zip(devices, writers) for port in pair]
        super().__init__(label, ports, ["--forward-mode=io"], directory, namespace)

    def on_started(self):
        super().on_started()
        self.command("start")

    def received(self, device=0):
        """Frames so far that arrived on the device and were written."""
        return self.stats(2 * device + 1).tx

    def frames(self, device=0):
        """The recorded frames. Nothing is recorded from then on."""
        self.command("stop")
        self.command(f"port stop {2 * device + 1}")  # this is what completes the file
        return fr.read(self._paths[device])


class Stations(Testpmd):
    """Several stations in one process, each on a device: sends any frames, records what arrives."""

    def __init__(self, label, devices, directory, *, namespace=None):
        directory.mkdir(parents=True, exist_ok=True)
        self._inputs = [directory / f"{label}-in-{n}.pcap" for n in range(len(devices))]
        self._outputs = [directory / f"{label}-out-{n}.pcap" for n in range(len(devices))]
        ports = []
        for number, device in enumerate(devices):
            wrpcap(str(self._inputs[number]), [], linktype=1)
            ports += [dev.pcap_reader(self._inputs[number], index=50 + number), device,
                      dev.pcap_writer(self._outputs[number], index=70 + number)]
        # Each port's frames go to the next one: file, device, file; a written file gives none.
        super().__init__(label, ports, ["--forward-mode=io", "--port-topology=chained"],
                         directory, namespace)

    def on_started(self):
        super().on_started()
        self.command("start")

    def send(self, station, frames):
        """Hands all frames to the station's device, in order, or fails."""
        until(lambda: self.link_up(3 * station + 1), what=f"link of {self.label} {station}")
        before = self.stats(3 * station + 1).tx
        self.command("stop")
        self.command(f"port stop {3 * station}")
        wrpcap(str(self._inputs[station]), frames)
        self.command(f"port start {3 * station}")  # this is what makes it read the file
        self.command("start")
        until(lambda: self.stats(3 * station + 1).tx - before >= len(frames),
              what=f"{self.label} {station} sending {len(frames)} frames")

    def received(self, station):
        """Frames so far that arrived at the station and were written."""
        return self.stats(3 * station + 2).tx

    def frames(self):
        """What each station recorded. From then on it neither records nor sends."""
        self.command("stop")
        for station in range(len(self._outputs)):
            self.command(f"port stop {3 * station + 2}")  # this is what completes the file
        return [fr.read(path) for path in self._outputs]


class Bridge(Testpmd):
    """Copies frames between two devices, both ways, unchanged."""

    def __init__(self, label, left, right, directory, *, namespace=None):
        super().__init__(label, [left, right], ["--forward-mode=io"], directory, namespace)

    def on_started(self):
        super().on_started()
        self.command("start")


def _number(name, text):
    return int(re.search(rf"{name}: *(\d+)", text).group(1))
