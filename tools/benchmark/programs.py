# SPDX-License-Identifier: Apache-2.0
"""Runs mgmd and testpmd on the same devices, each with the probe in front of it."""
import dataclasses
import os
import pathlib
import signal
import subprocess
import time

from . import configuration, figures, probe, traffic

START_LIMIT = 180       # seconds until a program has forwarded for as long as was asked
END_LIMIT = 120
WARM_UP = 4             # samples of a run that don't count
EACH_PACKET = 10**12    # new flows a second: more than any clock has cycles


class Failed(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Programs:
    """What runs, and where."""
    mgmd: pathlib.Path
    probe: pathlib.Path
    routes: pathlib.Path
    work: pathlib.Path
    seconds: float

    def capture(self, family, frame_bytes):
        path = self.work / f"v{family}-{frame_bytes}.pcap"
        if not path.exists():
            traffic.write_capture(path, family, frame_bytes)
        return path


def cores():
    """CPUs of the control thread and of the worker: the same for both programs."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[min(1, len(usable) - 1)]


class Run:
    """A program with the probe, until its block is left; then it is asked to end."""

    def __init__(self, programs, name, command, stop, ends_with=0, **probe_options):
        self._log = programs.work / f"{name}.log"
        self._report = programs.work / f"{name}.report"
        self._report.unlink(missing_ok=True)
        self._stop = stop
        self._ends_with = ends_with
        self.command = [str(word) for word in command]
        self.environment = probe.environment(programs.probe, self._report,
                                             device=configuration.INPUT, **probe_options)
        self._work = programs.work
        self.process = None

    def __enter__(self):
        with open(self._log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, cwd=self._work, env=self.environment,
                                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                            stderr=log, text=True)
        return self

    def __exit__(self, kind, *_):
        if kind is None and self.process.poll() is None:
            self._stop(self.process)
            try:
                self.process.wait(END_LIMIT)
            except subprocess.TimeoutExpired:
                pass
        ended = self.process.poll()
        if ended is None:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        if kind is None and ended != self._ends_with:
            self.fail("would not end" if ended is None else f"ended with {ended}")

    def fail(self, what):
        log = self._log.read_text(encoding="utf-8", errors="replace")
        raise Failed(f"{' '.join(self.command)}: {what}\n" + "\n".join(log.splitlines()[-20:]))

    def measure(self, seconds):
        """The report once it covers `seconds` after everything is learned and warm."""
        wanted = WARM_UP + 1 + max(1, round(seconds * probe.SAMPLES_PER_SECOND))
        return self.wait_for(lambda report: len(report.measured) >= wanted,
                             "forward for long enough")

    def wait_for(self, condition, what):
        """The first report of which the condition is true."""
        deadline = time.monotonic() + START_LIMIT
        while True:
            report = probe.read(self._report)
            if report is not None and condition(report):
                return report
            if self.process.poll() is not None:
                self.fail(f"ended with {self.process.returncode} before it could {what}")
            if time.monotonic() > deadline:
                self.fail(f"did not {what}")
            time.sleep(0.01)


def _probe_options(scenario, extra_rate):
    if not scenario.random:
        return {"family": scenario.family}
    return {"family": scenario.family, "flows": scenario.entries,
            "source_bits": configuration.source_bits(scenario), "learn": scenario.learned,
            "extra_rate": 0 if scenario.load == "quiet" else extra_rate,
            "extra_wanted": scenario.load == "churn"}


def mgmd_run(programs, scenario, settings=(), **probe_options):
    """mgmd with one worker, as the scenario and further settings want it; not started yet."""
    capture = programs.capture(scenario.family, scenario.frame_bytes)
    file = programs.work / "bench.yaml"
    file.write_text(configuration.mgmd(scenario, capture, settings), encoding="utf-8")
    return Run(programs, "mgmd", [programs.mgmd, "--config", file],
               lambda process: process.send_signal(signal.SIGINT), **probe_options)


def run_mgmd(programs, scenario, extra_rate):
    with mgmd_run(programs, scenario, **_probe_options(scenario, extra_rate)) as run:
        report = run.measure(programs.seconds)
    extra_copies = 0 if scenario.load == "flood" else scenario.fan_out
    result = dataclasses.replace(
        figures.run(report, WARM_UP),
        missing=figures.missing(report, WARM_UP, scenario.fan_out, extra_copies))
    wanted = scenario.fan_out * (1 if scenario.load != "flood" else 1 - result.extra_share)
    if abs(result.copies - wanted) > 0.01 * wanted:
        run.fail(f"{result.copies:.3f} copies a packet, expected {wanted:.3f}")
    return result, run.command


def miss_capacity(programs, scenario):
    """Packets of unknown flows a second that a worker takes in when nothing else comes: each is of
    a flow of its own, and all that the worker asks for is answered."""
    options = _probe_options(dataclasses.replace(scenario, load="flood"), EACH_PACKET)
    with mgmd_run(programs, scenario, **{**options, "learn": False}) as run:
        report = run.measure(programs.seconds)
    result = figures.run(report, WARM_UP)
    return result.hz / result.cycles_per_in


def eal_arguments(hugepages):
    """For programs that take EAL's arguments: memory as mgmd has it, and no devices but ours."""
    memory = ["--in-memory"] if hugepages else ["--no-huge", "--no-shconf", "-m", "512"]
    return [*memory, "--no-pci", "--no-telemetry", "--iova-mode=va",
            "--file-prefix", f"bench{os.getpid()}"]


def run_testpmd(programs, floor):
    """testpmd's io forwarding: what these devices cost without a router."""
    capture = programs.capture(floor.family, floor.frame_bytes)
    control, worker = cores()
    command = ["dpdk-testpmd", f"--lcores=0@{control},1@{worker}",
               *eal_arguments(floor.hugepages),
               "--vdev", configuration.input_device(capture),
               "--vdev", configuration.output_device(0),
               "--", "-i", "--auto-start", "--forward-mode=io", "--nb-cores=1",
               "--total-num-mbufs=16384"]
    options = {"family": floor.family, "flows": traffic.REPLAYED} if floor.random else {}

    def stop(process):
        process.stdin.write("stop\nquit\n")
        process.stdin.flush()

    with Run(programs, "testpmd", command, stop, **options) as run:
        report = run.measure(programs.seconds)
    return figures.run(report, WARM_UP), run.command
