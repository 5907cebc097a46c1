#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tools/test [--ci] [-- MESON_TEST_ARGUMENTS]

Installs what is missing, builds mgmd and runs every suite: lint, unit, pipeline, fuzz, functional.
With --ci also: a clang build, and the tests under the address, undefined and thread sanitizers.
Tests that need root or network namespaces skip with a reason where they can't have them."""
import argparse
import dataclasses
import json
import os
import pathlib
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
CI = [
    Build("build-clang", ("clang-14", "clang++-14"), ("-Doptimization=0", "-Ddebug=false"),
          tests=None),
    # DPDK's EAL keeps what it allocated until the process ends.
    Build("build-asan", (), ("-Db_sanitize=address,undefined", "-Doptimization=1"),
          ("tests/unit/common/common_tests", "tests/unit/config/config_tests",
           "tests/unit/control/control_tests", "tests/unit/dataplane/table_tests",
           "tests/stress/forwarding_table_stress", "tests/stress/entry_levels_stress"),
          ("common", "config", "control", "table", "forwarding_table", "entry_levels"),
          {"ASAN_OPTIONS": "detect_leaks=0",
           "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}),
    # The thread sanitizer can't see into DPDK.
    Build("build-tsan", (), ("-Db_sanitize=thread", "-Doptimization=1", "-Ddataplane=false"),
          ("tests/stress/forwarding_table_stress", "tests/stress/entry_levels_stress"),
          ("forwarding_table", "entry_levels")),
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
        run(["meson", "configure", kind.directory, "-Dtests=enabled"], check=True)
    run(["ninja", "-C", kind.directory, "--quiet", *kind.targets], env=environment, check=True)


def counts_of(name):
    """Results by meson's own log: passed, failed, skipped."""
    counts = {"OK": 0, "FAIL": 0, "SKIP": 0}
    log = ROOT / name / "meson-logs" / "testlog.json"
    for line in log.read_text(encoding="utf-8").splitlines():
        result = json.loads(line)["result"]
        key = {"OK": "OK", "EXPECTEDFAIL": "OK", "SKIP": "SKIP"}.get(result, "FAIL")
        counts[key] += 1
    return counts


def test(kind, arguments):
    run(["meson", "test", "-C", kind.directory, "--no-rebuild", "--print-errorlogs", *kind.tests,
         *arguments], env={**os.environ, **kind.environment})
    return counts_of(kind.directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ci", action="store_true", help="also clang and the sanitizers")
    parser.add_argument("meson", nargs="*", help="arguments for meson test, after --")
    options = parser.parse_args()
    kinds = ["build", "lab", "test"] + (["ci"] if options.ci else [])
    run(["tools/install-packages", *kinds], check=True)
    total = {"OK": 0, "FAIL": 0, "SKIP": 0}
    for kind in [PLAIN] + (CI if options.ci else []):
        build(kind)
        if kind.tests is None:
            continue
        for key, count in test(kind, options.meson if kind is PLAIN else []).items():
            total[key] += count
    print(f"{total['OK']} passed, {total['FAIL']} failed, {total['SKIP']} skipped")
    return 1 if total["FAIL"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"tools/test: {' '.join(map(str, error.cmd))} failed ({error.returncode})")
