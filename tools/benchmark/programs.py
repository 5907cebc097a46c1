# SPDX-License-Identifier: Apache-2.0
"""mgmd and testpmd on the same devices: net_pcap with infinite_rx in, net_null out."""
import json
import pathlib
import re
import signal
import subprocess
import time

from . import traffic

ROOT = pathlib.Path(__file__).resolve().parents[2]


def config(capture, fan_out, hugepages):
    outs = [f"out{number}" for number in range(1, fan_out + 1)]
    lines = ["router_mac: 02:00:00:00:00:01", "memory:", f"  hugepages: {hugepages}",
             "log:", "  level: warning", "ports:",
             f"  in: {{device: '{input_device(capture)}'}}"]
    lines += [f"  {out}: {{device: '{output_device(index)}'}}" for index, out in enumerate(outs)]
    lines += ["interfaces:", "  in: {addresses: [10.1.0.1/24], protocol: static}"]
    lines += [f"  {out}: {{protocol: static}}" for out in outs]
    lines += ["mroutes:"]
    lines += [f"  - {{group: {traffic.group(number)}, source: {traffic.SOURCE}, accept: [in], "
              f"outgoing: [{', '.join(outs)}]}}" for number in range(traffic.GROUPS)]
    return "\n".join(lines) + "\n"


def input_device(capture):
    return f"net_pcap0,rx_pcap={capture},infinite_rx=1"


def output_device(index):
    return f"net_null{index + 1},no-rx=1"


class Failed(Exception):
    pass


def run_mgmd(binary, work, capture, fan_out, hugepages, seconds):
    """Packets in, copies out and worker cycles of one run of about `seconds`."""
    (work / "bench.yaml").write_text(config(capture, fan_out, hugepages))
    command = [binary, "--config", "bench.yaml", "--summary", "summary.json"]
    with open(work / "mgmd.log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=work, stdout=log, stderr=subprocess.STDOUT)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        if process.returncode != 0:
            log.seek(0)
            raise Failed(f"{' '.join(map(str, command))} ended with {process.returncode}:\n"
                         + log.read())
    summary = json.loads((work / "summary.json").read_text(encoding="utf-8"))
    cycles = sum(worker["busy_cycles"] for worker in summary["workers"])
    received = sum(worker["received"] for worker in summary["workers"])
    sent = sum(i["tx_packets"] for i in summary["interfaces"])
    expected = received * fan_out
    if sent != expected:
        raise Failed(f"sent {sent} copies of {received} packets, expected {expected}")
    return {"in": received, "out": sent, "cycles": cycles,
            "cycles_per_second": summary["cycles_per_second"]}


def run_testpmd(work, capture, hugepages, seconds, cycles_per_second):
    """Cycles per packet of testpmd's io forwarding: the floor of these devices."""
    memory = [] if hugepages == "yes" else ["--no-huge", "--no-shconf", "-m", "512"]
    command = ["dpdk-testpmd", "-l", "0,1", "--no-pci", "--no-telemetry", *memory,
               "--file-prefix", f"bench{work.name}", "--vdev", input_device(capture),
               "--vdev", output_device(0), "--", "-i", "--forward-mode=io", "--nb-cores=1",
               "--total-num-mbufs=16384"]
    process = subprocess.Popen(command, cwd=work, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    process.stdin.write("start\n")
    process.stdin.flush()
    for line in process.stdout:  # testpmd takes commands once its ports are up
        if "io packet forwarding" in line:
            break
    begin = time.monotonic()
    time.sleep(seconds)  # measuring means letting it run
    process.stdin.write("stop\nquit\n")
    process.stdin.flush()
    elapsed = time.monotonic() - begin
    output, _ = process.communicate(timeout=60)
    match = re.search(r"Accumulated forward statistics.*?RX-packets:\s*(\d+)", output, re.S)
    if not match or int(match.group(1)) == 0:
        raise Failed("testpmd forwarded nothing:\n" + output)
    return elapsed * cycles_per_second / int(match.group(1))
