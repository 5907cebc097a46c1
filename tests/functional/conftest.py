# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the functional tests, and the processes' logs in the report of a failed one."""

import tempfile

import pytest

from support.lab import Lab

MESON_SKIP = 77


@pytest.fixture(autouse=True)
def runtime_directory(monkeypatch):
    """Where DPDK puts its sockets: their paths are limited to 107 bytes, pytest's are longer."""
    with tempfile.TemporaryDirectory(prefix="mgmd-") as directory:
        monkeypatch.setenv("RUNTIME_DIRECTORY", directory)
        yield


@pytest.fixture
def lab(tmp_path):
    with Lab(tmp_path) as lab_of_this_test:
        yield lab_of_this_test


def pytest_sessionfinish(session, exitstatus):
    """Tells meson, by its exit status for it, that no test could run here."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    ran = any(reporter.stats.get(outcome) for outcome in ("passed", "failed", "error"))
    if exitstatus == pytest.ExitCode.OK and not ran and not hasattr(session.config, "workerinput"):
        session.exitstatus = MESON_SKIP


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed and "lab" in getattr(item, "funcargs", {}):
        report.sections += item.funcargs["lab"].logs()
