# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the functional tests, and the processes' logs in the report of a failed one."""

import tempfile

import pytest

from support.lab import Lab


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


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed and "lab" in getattr(item, "funcargs", {}):
        report.sections += item.funcargs["lab"].logs()
