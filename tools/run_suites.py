#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds mgmd and runs every suite: lint, unit, pipeline, model, stress, fuzz, functional.
With --ci also: a clang build, a Debian package of it, the tests under the address, undefined and
thread sanitizers, and tools/run as a newcomer has it. Tests that need root or network namespaces
skip with a reason where they can't have them. What tools/test runs once the packages are there."""
import argparse
import collections
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Build:
    """One build directory: how it is set up, what is built, and which tests run in it."""
    directory: str
    compilers: tuple = ()
    options: tuple = ()
    targets: tuple = ()  # all when empty
    tests: tuple | None = ()  # all when empty; None: that it builds without a warning is the test
    environment: dict = dataclasses.field(default_factory=dict)


PLAIN = Build("build")
CLANG = Build("build-clang", ("clang-14", "clang++-14"),
              ("-Doptimization=0", "-Ddebug=false", "--prefix=/usr"), tests=None)
CI = [
    CLANG,
    # DPDK's EAL keeps what it allocated until the process ends.
    Build("build-asan", (), ("-Db_sanitize=address,undefined", "-Doptimization=1"),
          ("tests/unit/common/common_tests", "tests/unit/config/config_tests",
           "tests/unit/control/control_tests", "tests/unit/control/mgm/mgm_tests",
           "tests/unit/control/membership/membership_tests",
           "tests/unit/dataplane/table_tests", "tests/unit/dataplane/limits_tests",
           "tests/unit/dataplane/ingress_tests", "tests/unit/dataplane/side_exit_tests",
           "tests/pipeline/pipeline_tests", "tests/model/mgm_model_test",
           "tests/fuzz/membership_host_fuzz",
           "tests/fuzz/membership_state_fuzz", "tests/fuzz/ctl_request_fuzz",
           "tests/stress/forwarding_table_stress", "tests/stress/entry_levels_stress"),
          ("common", "config", "control", "mgm", "membership", "table", "limits", "ingress",
           "side_exits", "pipeline", "mgm_model", "membership_host fuzz",
           "membership_state fuzz", "ctl_request fuzz", "forwarding_table", "entry_levels"),
          {"ASAN_OPTIONS": "detect_leaks=0",
           "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}),
    # The thread sanitizer can't see into DPDK.
    Build("build-tsan", (), ("-Db_sanitize=thread", "-Doptimization=1", "-Ddataplane=false"),
          ("tests/stress/forwarding_table_stress", "tests/stress/entry_levels_stress",
           "tests/stress/interface_versions_stress", "tests/stress/packet_taps_stress",
           "tests/unit/dataplane/packet_taps_tests"),
          ("forwarding_table", "entry_levels", "interface_versions", "packet_taps")),
]


def run(command, **options):
    print("+", " ".join(str(word) for word in command), flush=True)
    return subprocess.run(command, cwd=ROOT, **options)


def build(kind):
    environment = dict(os.environ)
    if kind.compilers:
        environment["CC"], environment["CXX"] = kind.compilers
    if not (ROOT / kind.directory / "build.ninja").exists():
        run(["meson", "setup", kind.directory, "-Dtests=enabled", *kind.options],
            env=environment, check=True)
    else:  # tools/run may have made it before GoogleTest was there
        run(["meson", "configure", kind.directory, "-Dtests=enabled", *kind.options],
            check=True)
    run(["ninja", "-C", kind.directory, "--quiet", *kind.targets], env=environment, check=True)


class Results:
    """What became of the tests of all builds, and why some could not run."""

    def __init__(self):
        self.counts = {"OK": 0, "FAIL": 0, "SKIP": 0}
        self.reasons = collections.Counter()

    def add(self, name):
        """By meson's own log of that build directory."""
        log = ROOT / name / "meson-logs" / "testlog.json"
        for line in log.read_text(encoding="utf-8").splitlines():
            test = json.loads(line)
            known = {"OK": "OK", "EXPECTEDFAIL": "OK", "SKIP": "SKIP"}
            self.counts[known.get(test["result"], "FAIL")] += 1
            self.reasons.update(re.findall(r"^SKIPPED \[\d+\] (.*)$", test.get("stdout", ""),
                                           re.MULTILINE))

    def show(self):
        for reason in self.reasons:
            print(f"skipped: {reason}")
        print(f"{self.counts['OK']} passed, {self.counts['FAIL']} failed, "
              f"{self.counts['SKIP']} skipped")


def test(kind, arguments):
    slowness = "1" if kind is PLAIN else "5"  # instrumented code takes its time
    at_once = str(len(os.sched_getaffinity(0)) + 1)  # functional tests mostly wait
    run(["meson", "test", "-C", kind.directory, "--no-rebuild", "--print-errorlogs",
         "--num-processes", at_once, "--timeout-multiplier", slowness, *kind.tests, *arguments],
        env={**os.environ, **kind.environment})


def main():
    parser = argparse.ArgumentParser("tools/test", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ci", action="store_true", help="also clang and the sanitizers")
    parser.add_argument("meson", nargs="*", help="arguments for meson test, after --")
    options = parser.parse_args()
    results = Results()
    for kind in [PLAIN] + (CI if options.ci else []):
        build(kind)
        if kind.tests is not None:
            test(kind, options.meson if kind is PLAIN else [])
            results.add(kind.directory)
    if options.ci:
        run(["tools/check_package", CLANG.directory], check=True)
        run(["tools/check_run"], check=True)
    results.show()
    return 1 if results.counts["FAIL"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"tools/test: {' '.join(map(str, error.cmd))} failed ({error.returncode})")
