# SPDX-License-Identifier: Apache-2.0
"""What tools/bench computes: figures out of samples, the probe's files, labels, frames."""

import pathlib
import struct
import xml.etree.ElementTree
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools"))
from benchmark import (configuration, figures, page, peers, plot, probe,  # noqa: E402
                       programs, report, scenario, targets, timing, traffic)

HZ = 2_000_000_000


def sample(cpu_ns, received, copies=4, phase=probe.MEASURING, extra=0):
    return probe.Sample(0, cpu_ns, received, extra, received * copies, 0, 0, phase)


def packed(samples, histogram=()):
    """A report as the probe writes it."""
    counts = list(histogram) + [0] * (probe.BUCKETS - len(histogram))
    words = [word for each in samples for word in
             (each.tsc, each.cpu_ns, each.received, each.extra, each.sent, each.learned,
              each.missed, each.phase)]
    words += [0] * (8 * probe.SAMPLES - len(words))
    return struct.pack(f"<3Q{len(words)}Q{len(counts)}Q", probe.MAGIC, HZ, len(samples), *words,
                       *counts)


def test_samples_come_back_from_a_report():
    learning, measured = sample(1, 2, phase=0), sample(3, 4)
    parsed = probe.Report(packed([learning, measured]))
    assert parsed.hz == HZ
    assert parsed.learning == [learning]
    assert parsed.measured == [measured]


def test_a_file_that_is_no_report_is_refused():
    with pytest.raises(ValueError):
        probe.Report(b"\0" * len(packed([])))


def test_a_report_that_is_not_complete_is_none(tmp_path):
    file = tmp_path / "report"
    assert probe.read(file) is None
    file.write_bytes(packed([])[:-1])
    assert probe.read(file) is None
    file.write_bytes(packed([]))
    assert probe.read(file).samples == []


def test_a_percentile_is_the_end_of_its_bucket():
    histogram = [0] * probe.BUCKETS
    histogram[10] = 90
    histogram[64] = 9       # 64 and 65 cycles
    histogram[96] = 1       # 128 to 131
    parsed = probe.Report(packed([], histogram))
    assert parsed.percentile(50) == 11 / HZ
    assert parsed.percentile(99) == 66 / HZ
    assert parsed.percentile(99.9) == 132 / HZ


def test_no_times_have_no_percentile():
    assert probe.Report(packed([])).percentile(50) is None


def test_buckets_follow_each_other():
    ends = [probe.bucket_end(bucket) for bucket in range(probe.BUCKETS)]
    assert ends == sorted(set(ends))
    assert ends[31:34] == [32, 33, 34]
    assert ends[63:66] == [64, 66, 68]


def test_the_median_of_slices_ignores_a_disturbed_one():
    # 100 packets in each; 50 ns a packet, but one slice of 500.
    times = [0, 5_000, 10_000, 60_000, 65_000, 70_000]
    parsed = probe.Report(packed([sample(t, 100 * n) for n, t in enumerate(times)]))
    run = figures.run(parsed, warm_up=0)
    assert run.cycles_per_in == pytest.approx(50e-9 * HZ)
    assert run.copies == 4


def test_warm_up_does_not_count():
    cold = [sample(0, 0), sample(1_000_000, 1)]
    warm = [sample(2_000_000, 100), sample(2_001_000, 200), sample(2_002_000, 300)]
    run = figures.run(probe.Report(packed(cold + warm)), warm_up=2)
    assert run.cycles_per_in == pytest.approx(10e-9 * HZ)


def test_too_short_a_run_has_no_figure():
    with pytest.raises(ValueError):
        figures.run(probe.Report(packed([sample(0, 0), sample(1, 1)])), warm_up=1)


def test_the_share_of_new_flows_is_that_of_the_measured_time():
    samples = [sample(0, 1000, extra=500), sample(1, 2000, extra=600)]
    assert figures.run(probe.Report(packed(samples)), warm_up=0).extra_share == 0.1


@pytest.mark.parametrize("sent, missing", [(3600, 0), (3345, 0), (3344, 0), (3343, 1)])
def test_copies_of_established_flows_are_missed(sent, missing):
    # 1000 packets, 100 of them of flows that nobody wants; what is under way may come yet.
    last = probe.Sample(1, 1, 1000, 100, sent, 0, 0, probe.MEASURING)
    parsed = probe.Report(packed([sample(0, 0), last]))
    assert figures.missing(parsed, 0, copies=4, extra_copies=0) == missing
    assert figures.missing(parsed, 0, copies=4, extra_copies=4) == missing + (
        400 if missing else max(0, 3744 - sent))


def runs_of(*cycles, copies=4.0):
    return [figures.RunFigures(each, copies, 0.0, HZ) for each in cycles]


def test_a_row_has_medians_spread_and_ratios_of_neighbours():
    row = figures.row(scenario.Scenario(fan_out=4), runs_of(100, 240, 90), runs_of(50, 80, 45))
    assert row["cycles_per_in"] == 100
    assert (row["cycles_per_in_low"], row["cycles_per_in_high"]) == (90, 240)
    assert row["cycles_per_out"] == 25
    assert row["mpps_in"] == 20
    assert row["mpps_out"] == 80
    assert row["testpmd_cycles"] == 50
    assert row["ratio"] == 2  # of 2, 3 and 2; the medians' own ratio would be 2 as well
    assert row["rounds"] == 3


def test_a_row_has_the_fields_that_were_promised():
    row = figures.row(scenario.Scenario(), runs_of(1), runs_of(1))
    assert row.keys() >= {"scenario", "frame_bytes", "fan_out", "entries", "family", "classes",
                          "mpps_in", "mpps_out", "cycles_per_in", "cycles_per_out",
                          "testpmd_cycles"}
    assert len(report.line(row)) == len(report.HEADER)


def test_labels_tell_scenarios_apart():
    for rows in (scenario.quick(True) + timing.quick(True), scenario.quick(False),
                 scenario.full(True) + timing.full(True)):
        labels = [row.label for row in rows]
        assert len(set(labels)) == len(labels)


def test_a_pattern_selects_by_label():
    rows = scenario.full(False)
    assert all(row.family == 6 and row.fan_out == 16
               for row in scenario.matching(rows, ["v6-*-x16-"]))
    assert {row.family for row in scenario.matching(rows, ["v6", "v4"])} == {4, 6}
    assert scenario.matching(rows, ["no such thing"]) == []


@pytest.mark.parametrize("family, header", [(4, 20), (6, 40)])
@pytest.mark.parametrize("frame_bytes", scenario.FRAMES)
def test_frames_are_as_long_as_they_say(family, header, frame_bytes):
    frame = traffic.frame(family, 3, frame_bytes)
    assert len(frame) == frame_bytes - traffic.FCS
    length = int.from_bytes(frame[16:18] if family == 4 else frame[18:20], "big")
    assert length == len(frame) - 14 - (0 if family == 4 else header)


def test_an_ipv4_header_sums_up():
    frame = traffic.frame(4, 255, 64)
    assert traffic.checksum(frame[14:34]) == 0
    assert frame[:6].hex() == "01005e4000ff"


def test_copies_beyond_the_ports_go_to_vlans():
    text = configuration.mgmd(scenario.Scenario(fan_out=64, one_class=False), "in.pcap")
    assert text.count("device: 'net_null") == scenario.VLAN_PORTS
    assert text.count("vlan: ") == 64


def test_learned_entries_are_joined_instead_of_configured():
    text = configuration.mgmd(scenario.Scenario(entries=100_000, random=True), "in.pcap")
    assert "mroutes" not in text
    assert "static_joins: ['239.64.0.0', '239.64.0.1'" in text


def test_control_threads_settings_come_first():
    text = configuration.mgmd(scenario.Scenario(), "in.pcap", ["workers: {control: poll}"])
    assert text.startswith("workers: {control: poll}\n")


def test_a_plugin_has_the_routes_instead_of_the_configuration():
    loaded = scenario.Scenario(fan_out=4, load="routes")
    text = configuration.mgmd(loaded, "in.pcap", configuration.routes("r.so", "out", loaded, 7))
    assert "mroutes" not in text
    assert "plugin: r.so" in text and "rate: 7" in text and "established: 256" in text
    assert "protocol: static" not in text.split("  in:")[2].splitlines()[0]


EXAMPLE = """
#define MAX_RX_QUEUE_PER_LCORE 16
	.entries = 1024,
	.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
static struct mcast_group_params mcast_group_table[] = {
		{RTE_IPV4(224,0,0,101), 0x1},
};
"""


@pytest.mark.parametrize("fan_out, mask", [(1, 0x2), (4, 0x1E), (16, 0xFFFF)])
def test_the_peer_gets_our_groups_and_ports(fan_out, mask):
    text = peers.adapted(EXAMPLE, fan_out)
    assert "224,0,0,101" not in text
    assert text.count(f", 0x{mask:x}}}") == traffic.REPLAYED
    assert "{0xef400000, " in text and "{0xef4000ff, " in text
    assert text.rstrip().endswith("};")


def test_a_peer_that_is_another_one_is_refused():
    with pytest.raises(programs.Failed):
        peers.adapted("int main(void) { return 0; }", 4)


def test_the_ratio_to_a_peer_is_how_much_faster_we_are():
    assert figures.peer("x", runs_of(10, 20, 10), runs_of(30, 40, 30)) == {
        "x_cycles": 30, "x_ratio": 3}


def test_timings_are_medians_with_a_row_like_any_other(monkeypatch):
    values = iter([3.0, 9.0, 1.0])
    monkeypatch.setitem(timing._FUNCTIONS, "start",
                        lambda *_: {"seconds": next(values), "cpu_seconds": 1.0})
    row = timing.Timing("start", scenario.Scenario(fan_out=4)).measure(tools=None, rounds=3)
    assert (row["seconds_low"], row["seconds"], row["seconds_high"]) == (1, 3, 9)
    assert row.keys() >= {"scenario", "frame_bytes", "fan_out", "entries", "family", "classes",
                          "mpps_in", "mpps_out", "cycles_per_in", "cycles_per_out",
                          "testpmd_cycles"}
    assert "3.00 s from exec" in timing.line(row)


@pytest.mark.parametrize("top, last", [(0.3, 0.3), (7, 8), (13, 15), (99, 100), (23000, 25000)])
def test_the_axis_goes_a_little_beyond_the_highest_value(top, last):
    marks = plot.ticks(top)
    assert marks[0] == 0
    assert marks[-1] == pytest.approx(last)


def test_charts_have_a_line_for_what_has_two_points(tmp_path):
    rows = [figures.row(scenario.Scenario(fan_out=n, one_class=one), runs_of(c), runs_of(30))
            for n, one, c in ((1, True, 100), (4, True, 200), (64, False, 9000))]
    assert [name for name, _ in plot.write_all(tmp_path, rows, "a machine & more")] == [
        "cycles-per-copy.svg", "cycles-per-packet.svg"]
    chart = xml.etree.ElementTree.parse(tmp_path / "cycles-per-copy.svg")
    texts = [text.text for text in chart.iter("{http://www.w3.org/2000/svg}text")]
    # One packet out has one class whatever the addresses: the first point of both lines.
    assert "64 B, IPv4, one class, normal pages" in texts
    assert "64 B, IPv4, a MAC each, normal pages" in texts
    assert "a machine & more" in texts
    circles = list(chart.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(circles) == 4


def test_a_page_has_a_line_for_each_result_and_the_machine(tmp_path):
    rate = figures.row(scenario.Scenario(fan_out=4, entries=1_000_000), runs_of(100), runs_of(50))
    start = {"scenario": "start", "label": "start-v4", "seconds": 1.5, "cpu_seconds": 1.0,
             "cycles_per_in": None}
    page.write(tmp_path / "new", [rate, start], {"cpu": "a CPU", "dpdk": "1", "mgmd": "2"})
    text = (tmp_path / "new/results.md").read_text()
    assert "- cpu: `a CPU`" in text
    assert "| replay | 64 B | v4 | 4 | 1 | 1,000,000 | normal | 20.00 | 80.00 | 100 |" in text
    assert "ipv4_multicast" not in text     # no row has it
    assert "- start-v4: 1.50 s from exec" in text


def rate(cycles, **values):
    return figures.row(scenario.Scenario(**values), runs_of(cycles), runs_of(50))


def test_targets_say_what_is_reached_and_leave_out_what_was_not_measured():
    lines = targets.table([rate(100), rate(300, fan_out=16), rate(420, fan_out=16,
                                                                  frame_bytes=1400)])
    assert [line.split(" | ")[1:] for line in lines[2:4]] == [
        ["≤ 1.3", "1.40", "not reached |"], ["≤ 2.5", "2.00", "reached |"]]
    assert lines[4:] == [""]


def test_targets_prefer_hugepages():
    rows = [rate(200), rate(100, hugepages=True), rate(300)]
    assert "| 2.00 | reached |" in targets.table(rows)[2]


def test_a_flood_is_compared_with_the_same_flows_without_it():
    rows = [rate(100, fan_out=4, random=True), rate(108, fan_out=4, random=True, load="flood")]
    line, missing = targets.table(rows)[2:-1]
    assert "| 0.00 | reached" in missing
    assert "flood" in line and "| 8.00 | reached |" in line


def test_results_without_a_line_make_no_chart(tmp_path):
    row = figures.row(scenario.Scenario(), runs_of(1), runs_of(1))
    assert plot.write_all(tmp_path, [row], "") == []
