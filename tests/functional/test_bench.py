# SPDX-License-Identifier: Apache-2.0
"""tools/bench on a real mgmd and testpmd, as short as it goes: that it measures, not how fast."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

from support.mgmd import REPOSITORY, binary, why_no_binary

PROBE = pathlib.Path(os.environ.get("BENCH_PROBE",
                                    REPOSITORY / "build/tests/bench/libbench_probe.so"))
ROUTES = pathlib.Path(os.environ.get("BENCH_ROUTES",
                                     REPOSITORY / "build/tests/bench/libbench_routes.so"))
FIELDS = {"scenario", "frame_bytes", "fan_out", "entries", "family", "classes", "mpps_in",
          "mpps_out", "cycles_per_in", "cycles_per_out", "testpmd_cycles"}

pytestmark = [
    pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary())),
    pytest.mark.skipif(not PROBE.exists(), reason=f"{PROBE} is not built"),
    pytest.mark.skipif(not ROUTES.exists(), reason=f"{ROUTES} is not built"),
    pytest.mark.skipif(shutil.which("dpdk-testpmd") is None, reason="no dpdk-testpmd"),
]


def bench(tmp_path, *arguments):
    file = tmp_path / "bench.json"
    command = [REPOSITORY / "tools/bench", "--binary", binary(), "--probe", PROBE,
               "--routes", ROUTES, "--no-huge", "--rounds", "1", "--seconds", "0.2", "--json", file,
               *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    return json.loads(file.read_text()), done.stdout


@pytest.mark.parametrize("label, fan_out, classes, family", [
    ("replay-v4-64B-x4-one-", 4, 1, 4),
    ("replay-v6-64B-x4-each-", 4, 4, 6),
])
def test_a_replay_is_measured(tmp_path, label, fan_out, classes, family):
    [row], output = bench(tmp_path, "--scenario", label)
    assert row.keys() >= FIELDS
    assert (row["fan_out"], row["classes"], row["family"]) == (fan_out, classes, family)
    assert row["copies_per_in"] == pytest.approx(fan_out, rel=0.01)
    assert row["cycles_per_in"] > 0 and row["testpmd_cycles"] > 0
    assert "replay" in output


def test_flows_at_random_are_measured_beside_a_flood(tmp_path):
    [row], _ = bench(tmp_path, "--scenario", "flood-v4-64B-x4-one-256", "--extra-rate", "1000")
    assert 0 < row["extra_share"] < 0.5
    assert row["copies_per_in"] == pytest.approx(4 * (1 - row["extra_share"]), rel=0.01)
    assert row["extra_rate"] == 1000 < row["miss_capacity"]
    assert row["missing"] == 0


def test_routes_are_installed_beside_traffic(tmp_path):
    [row], output = bench(tmp_path, "--scenario", "routes-v4-64B-x4-")
    assert row["entries_per_second"] > 0
    assert row["cycles"] > 0 and row["quiet_cycles"] > 0
    assert row["missing"] == 0
    assert "routes/s installed" in output


def test_latency_is_measured_and_ordered(tmp_path):
    [row], output = bench(tmp_path, "--scenario", "latency-v4-64B-x4-")
    assert 0 < row["p50_us"] <= row["p99_us"] <= row["p99_9_us"]
    assert "latency-v4-64B-x4-" in output


def test_a_hosts_join_is_timed(tmp_path):
    [row], output = bench(tmp_path, "--scenario", "join-v4-64B-x1-one-*-poll")
    assert row["joins"] >= 1
    assert 0 < row["p50_us"] <= row["p99_us"] <= row["max_us"]
    assert "join-v4-64B-x1-" in output


def test_learned_entries_are_counted_and_weighed(tmp_path):
    [row], _ = bench(tmp_path, "--scenario", "install-v4-64B-x4-one-100000")
    assert row["entries_per_control_cpu_second"] > 0
    assert row["control_octets_per_entry"] > 0
    assert row["dataplane_octets_per_entry"] > 0


def test_a_pattern_that_matches_nothing_is_said(tmp_path):
    command = [REPOSITORY / "tools/bench", "--scenario", "no such thing"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "no scenario matches" in done.stderr
