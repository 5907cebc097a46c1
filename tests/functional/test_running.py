# SPDX-License-Identifier: Apache-2.0
"""How a run begins and ends: signals, --until-idle, exit statuses, and what failures say.

    null without no-rx: frames for ever ── flood │ mgmd │ sink ── null
"""

import os
import shlex
import signal

import pytest
from netlab.process import Process
from netlab.wait import until
from scapy.utils import wrpcap

from support import capture
from support import frames as fr
from support.mgmd import REPOSITORY, binary, why_no_binary
from support.summary import Summary

FLOOD = """
ports: {flood: net_null0, sink: "net_null1,no-rx=1"}
interfaces: {flood: {addresses: 10.1.0.1/24}, sink: {addresses: 10.2.0.1/24}}
memory: {hugepages: no}
"""
QUIET = FLOOD.replace("net_null0", '"net_null0,no-rx=1"')
OK, USAGE, SYSTEM, CONFIGURATION = 0, 64, 71, 78
NOBODY = 65534

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_under_load_ends_it_in_order(lab, number):
    router = lab.mgmd(FLOOD)
    router.signal(number)
    summary = router.finish_by_itself()
    assert f"stopping: signal {number.value}" in router.log
    assert summary.received == summary.dropped["not_for_us"] > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_start_ends_it_in_order(lab, number):
    router = lab.mgmd(QUIET, ready="packet buffers")  # the first line of a start
    router.signal(number)
    assert router.finish_by_itself().received == 0
    assert f"stopping: signal {number.value}" in router.log


def test_until_idle_ends_a_quiet_router_and_not_a_busy_one(lab, tmp_path):
    quiet = lab.mgmd(QUIET, tmp_path / "quiet", until_idle_ms=300, label="quiet")
    busy = lab.mgmd(FLOOD, tmp_path / "busy", until_idle_ms=300, label="busy")
    quiet.finish_by_itself()
    assert "stopping: nothing received for 300 ms" in quiet.log
    busy.finish()
    assert "nothing received" not in busy.log


@pytest.mark.parametrize("workers", ["2", "{count: 2, idle: adaptive}",
                                     "{count: 2, idle: adaptive, idle_max_sleep: 100ms}"])
def test_two_workers_share_ports_and_lose_nothing(lab, tmp_path, workers):
    """A pcap port of two files has two receive queues, one for each worker."""
    wrpcap(str(tmp_path / "0.pcap"), fr.stream("10.1.0.10", "239.1.1.1", 200))
    wrpcap(str(tmp_path / "1.pcap"), fr.stream("10.1.0.11", "239.1.1.1", 200))
    router = lab.mgmd(f"""
        ports:
          left: net_pcap0,rx_pcap={tmp_path}/0.pcap,rx_pcap={tmp_path}/1.pcap
          right: net_pcap1,tx_pcap={tmp_path}/out.pcap
          sink: net_null0,no-rx=1
        interfaces:
          left: {{addresses: 10.1.0.1/24}}
          right: {{addresses: 10.2.0.1/24, protocol: static, static_joins: 239.1.1.1}}
          sink: {{addresses: 10.3.0.1/24, protocol: static, static_joins: 239.1.1.1}}
        workers: {workers}
        memory: {{hugepages: no, mbufs: 16384}}
        limits: {{held_packets_per_flow: 255, per_interface_percent: 100}}
        """, until_idle_ms=500)
    summary = router.finish_by_itself()
    assert [worker["received"] for worker in summary.workers] == [200, 200]
    assert summary.dropped == {}
    output = fr.read(tmp_path / "out.pcap")
    for source in ("10.1.0.10", "10.1.0.11"):
        assert summary.flow(source, "239.1.1.1").sent == {"right": 200, "sink": 200}
        assert fr.numbers(output, source, "239.1.1.1") == list(range(200))


@pytest.mark.parametrize("idle", ["busy", "adaptive"])
def test_workers_tell_where_their_time_went(lab, idle):
    """Every cycle of a worker is one stage's, so that together they are the time it ran."""
    router = lab.mgmd(FLOOD + f"workers: {{stage_cycles: yes, idle: {idle}}}\n")
    [worker] = router.finish().workers
    stages = worker["stage_cycles"]
    assert stages["receive"] > 0 and stages["classify"] > 0
    assert sum(stages.values()) >= worker["busy_cycles"]


def test_two_workers_under_load_end_in_order(lab):
    summary = lab.mgmd(FLOOD + "workers: 2\n").finish()
    assert len(summary.workers) == 2
    assert summary.received == summary.dropped["not_for_us"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become nobody")
def test_nobody_can_route_the_shipped_capture(lab):
    directory = capture.working_directory(lab.socket_directory())
    for path in (directory, directory / "out"):
        os.chown(path, NOBODY, NOBODY)
    become_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                     "--no-new-privs", "--pdeathsig", "KILL", "--"]
    example = REPOSITORY / "config" / "examples" / "lab-pcap.yaml"
    router = lab.mgmd(example, directory, until_idle_ms=500, through=become_nobody)
    summary = router.finish_by_itself()
    for key, stream in capture.streams_at("source").items():
        assert summary.flow(*key).sent == stream.copies
    assert (directory / "out" / "left.pcap").stat().st_uid == NOBODY


class Command(Process):
    """mgmd with any command line, run to its end."""

    def __init__(self, directory, *arguments):
        super().__init__("command", [binary().resolve(), *arguments], directory,
                         environment={"RUNTIME_DIRECTORY": str(directory)})


@pytest.mark.parametrize("arguments", [
    ("--print-schema",), ("--print-reference",), ("--config", "good.yaml", "--check"),
    ("--config", "good.yaml", "--until-idle", "1")])
def test_output_that_can_not_be_written_is_an_error(tmp_path, arguments):
    (tmp_path / "good.yaml").write_text(QUIET)
    line = shlex.join([str(binary().resolve()), *arguments])
    with Process("full", ["sh", "-c", f"{line} > /dev/full"], tmp_path,
                 environment={"RUNTIME_DIRECTORY": str(tmp_path)}) as command:
        command.expect_exit(SYSTEM, deadline=30.0)
        assert "standard output: can't be written" in command.log


def test_a_reader_of_its_output_that_goes_away_does_not_kill_it(tmp_path):
    (tmp_path / "quiet.yaml").write_text(QUIET)
    line = shlex.join([str(binary().resolve()), "--config", "quiet.yaml", "--until-idle", "100",
                       "--summary", "end.json"])
    with Process("pipe", ["bash", "-c", f"{line} 2>&1 | true; exit ${{PIPESTATUS[0]}}"], tmp_path,
                 environment={"RUNTIME_DIRECTORY": str(tmp_path)}) as command:
        command.expect_exit(SYSTEM, deadline=30.0)
    assert Summary(tmp_path / "end.json").received == 0


def run(directory, status, *arguments):
    """What mgmd prints, once it has ended with that status."""
    with Command(directory, *arguments) as command:
        command.expect_exit(status, deadline=30.0)
        return command.log


@pytest.mark.parametrize(("arguments", "complaint"), [
    ((), "--config FILE is required"),
    (("--nonsense",), "--nonsense"),
    (("--config", "x", "--until-idle", "soon"), "--until-idle"),
    (("--config", "x", "--log-level", "loud"), "--log-level"),
])
def test_wrong_command_lines(tmp_path, arguments, complaint):
    said = run(tmp_path, USAGE, *arguments)
    assert complaint in said
    assert "--help" in said


def test_answers_without_a_router(tmp_path):
    (tmp_path / "good.yaml").write_text(QUIET)
    assert "mgmd" in run(tmp_path, OK, "--version")
    usage = run(tmp_path, OK, "--help")
    assert "--until-idle" in usage
    assert usage.replace("\n", "").isprintable()
    assert run(tmp_path, OK, "--config", "good.yaml", "--check") == "good.yaml: ok\n"
    assert '"$schema"' in run(tmp_path, OK, "--print-schema")


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["run", "check"])
def test_every_mistake_of_a_configuration_is_reported(tmp_path, check):
    (tmp_path / "bad.yaml").write_text(
        "ports:\n  a: {device: net_null0, mtu: 12}\ninterfaces:\n  a: {adresses: 10.1.0.1/24}\n"
        "  b: {port: c}\n")
    said = run(tmp_path, CONFIGURATION, "--config", "bad.yaml", *check)
    assert said.splitlines()[0].startswith('bad.yaml:2:31: ports.a.mtu: value "12"')
    assert 'bad.yaml:4:7: interfaces.a.adresses: unknown setting; did you mean "addresses"?' in said
    assert "bad.yaml:5:13: interfaces.b.port" in said
    assert "dpdk" not in said, "nothing starts on a bad file"


@pytest.mark.parametrize(("text", "complaint"), [
    (None, "config.yaml: can't be read: No such file or directory"),
    ("ports: [", "config.yaml:1:1: not YAML"),
    ("", "config.yaml"),
])
def test_configurations_that_cannot_be_read(tmp_path, text, complaint):
    if text is not None:
        (tmp_path / "config.yaml").write_text(text)
    assert complaint in run(tmp_path, CONFIGURATION, "--config", "config.yaml")


@pytest.mark.parametrize(("device", "complaints"), [
    ("net_nonsense0", ["net_nonsense0", "check the device string"]),
    ("net_pcap0,rx_pcap=missing.pcap", ["missing.pcap: No such file or directory"]),
    ("net_af_packet0,iface=nonesuch", ["iface=nonesuch", "No such device"]),
    ("0000:ff:1f.6", ["Cannot find device (0000:ff:1f.6)", "there is no such card"]),
])
def test_a_device_that_cannot_be_opened_is_named_with_the_reason(tmp_path, device, complaints):
    (tmp_path / "config.yaml").write_text(QUIET.replace("net_null1,no-rx=1", device))
    said = run(tmp_path, SYSTEM, "--config", "config.yaml")
    last = said.splitlines()[-1]
    assert 'port "sink"' in last
    for complaint in complaints:
        assert complaint in last


def available_octets():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.skipif(available_octets() > 60 << 30, reason="there is memory for any configuration")
@pytest.mark.parametrize(("hugepages", "advice"), [
    ("no", "memory.mbufs"), ("yes", "vm.nr_hugepages")])
def test_too_little_memory_is_told_with_what_asks_for_less(tmp_path, hugepages, advice):
    (tmp_path / "config.yaml").write_text(
        QUIET.replace("hugepages: no", f"hugepages: {hugepages}, mbufs: 16777216"))
    said = run(tmp_path, SYSTEM, "--config", "config.yaml")
    assert "MiB are needed" in said
    assert advice in said


def test_files_that_cannot_be_written_are_named_before_anything_starts(tmp_path):
    (tmp_path / "config.yaml").write_text(QUIET)
    said = run(tmp_path, SYSTEM, "--config", "config.yaml", "--summary", "no/such/folder.json")
    assert '--summary "no/such/folder.json": can\'t be written: No such file or directory' in said
    assert "packet buffers" not in said
    (tmp_path / "config.yaml").write_text(QUIET + f"log: {{file: {tmp_path}}}\n")  # a directory
    said = run(tmp_path, SYSTEM, "--config", "config.yaml")
    assert f'log.file "{tmp_path}"' in said
    assert "Is a directory" in said


def test_without_log_or_terminal_it_runs_as_well(lab):
    router = lab.mgmd(QUIET, log_level="off", ready=None, until_idle_ms=300)
    router.finish_by_itself()
    until(lambda: "Verdicts: 0 received" in router.log, what="the summary")
