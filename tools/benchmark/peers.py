# SPDX-License-Identifier: Apache-2.0
"""DPDK's own example of a multicast forwarder, on the devices and with the probe of the others.

It is built from DPDK's source (`apt-get source dpdk`) outside the repository. Its groups and port
masks are compiled in, so each fan-out is a program of its own, and one core is to poll more ports
than it allows for. It forwards to 16 ports at most; the sixteenth is the one that receives."""
import pathlib
import shlex
import signal
import subprocess

from . import configuration, figures, programs, traffic

MAX_FAN_OUT = 16
_CHANGES = (
    ("#define MAX_RX_QUEUE_PER_LCORE 16", "#define MAX_RX_QUEUE_PER_LCORE 32"),
    (".entries = 1024,", ".entries = 65536,"),      # 256 groups never overflow a bucket
    (".offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,", ""),  # pcap and null do it unasked
)


def applies(scenario):
    return (scenario.kind == "replay" and scenario.family == 4
            and scenario.fan_out <= MAX_FAN_OUT)


class Ipv4Multicast:
    def __init__(self, dpdk_source, work):
        self._source = pathlib.Path(dpdk_source) / "examples/ipv4_multicast/main.c"
        self._work = work

    def build(self, fan_out):
        binary = self._work / f"ipv4_multicast-{fan_out}"
        if not binary.exists():
            main = binary.with_suffix(".c")
            main.write_text(adapted(self._source.read_text(encoding="utf-8"), fan_out),
                            encoding="utf-8")
            flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libdpdk"],
                                   capture_output=True, text=True, check=True).stdout
            subprocess.run(["cc", "-O3", "-DALLOW_EXPERIMENTAL_API", main, "-o", binary,
                            *shlex.split(flags), "-march=native"], check=True)
        return binary

    def run(self, tools, scenario):
        """Figures of one run, and its command line."""
        capture = tools.capture(scenario.family, scenario.frame_bytes)
        fan_out = scenario.fan_out
        ports = min(fan_out + 1, MAX_FAN_OUT)
        outputs = [word for index in range(ports - 1)
                   for word in ("--vdev", configuration.output_device(index))]
        command = [self.build(fan_out), f"--lcores=0@{programs.cores()[1]}",
                   *programs.eal_arguments(scenario.hugepages),
                   "--vdev", configuration.input_device(capture), *outputs,
                   "--", "-p", f"{(1 << ports) - 1:x}", "-q", str(ports)]
        run = programs.Run(tools, "ipv4_multicast", command,
                           lambda process: process.send_signal(signal.SIGKILL),
                           ends_with=-signal.SIGKILL, family=4)
        with run:
            result = figures.run(run.measure(tools.seconds), programs.WARM_UP)
        if abs(result.copies - fan_out) > 0.01 * fan_out:
            run.fail(f"{result.copies:.3f} copies a packet, expected {fan_out}")
        return result, run.command


def adapted(text, fan_out):
    """The example's source with the groups of our captures, each to `fan_out` ports."""
    for before, after in _CHANGES:
        if before not in text:
            raise programs.Failed(f"this ipv4_multicast has no line {before!r}")
        text = text.replace(before, after)
    ports = range(MAX_FAN_OUT) if fan_out == MAX_FAN_OUT else range(1, fan_out + 1)
    mask = sum(1 << port for port in ports)
    groups = ", ".join(f"{{0x{int(traffic.group(4, number)):x}, 0x{mask:x}}}"
                       for number in range(traffic.REPLAYED))
    head, found, rest = text.partition("mcast_group_table[] = {")
    if not found:
        raise programs.Failed("this ipv4_multicast has no table of groups")
    return head + found + groups + rest[rest.index("};"):]
