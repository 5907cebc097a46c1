# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the functional tests, and the processes' logs in the report of a failed one."""

import pytest

from support.lab import Lab


@pytest.fixture
def lab(tmp_path):
    with Lab(tmp_path) as lab_of_this_test:
        yield lab_of_this_test


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed and "lab" in getattr(item, "funcargs", {}):
        report.sections += item.funcargs["lab"].logs()
