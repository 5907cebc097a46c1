# SPDX-License-Identifier: Apache-2.0
"""Everything one test builds, taken down in reverse order when it ends."""

import contextlib
import itertools
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from netlab import hosts, netns

from . import mgmd, testpmd

_numbers = itertools.count()


def _require(reason_why_not):
    if reason_why_not:
        pytest.skip(reason_why_not)


class Lab:
    """Makes namespaces and processes whose names and paths no other test run uses."""

    def __init__(self, directory):
        self.directory = directory
        self.name = f"mgmd-{os.getpid()}-{next(_numbers)}"
        self._stack = contextlib.ExitStack()
        self._processes = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._stack.callback(self._disentangle)  # what is pushed last is done first
        return self._stack.__exit__(*exception)

    def _disentangle(self):
        """Lets nobody poll a link whose far end goes: DPDK 22.11's memif crashes on that.

        Its disconnect unmaps the rings in the interrupt thread while others may read them. So
        first testpmd stops polling, everywhere, then mgmd ends, and then everything is removed.
        """
        running = [process for process in self._processes if process.running]
        for process in sorted(running, key=lambda process: isinstance(process, mgmd.Mgmd)):
            process.let_go()

    def enter(self, context):
        """Takes it down with the rest. Skips the test where namespaces can't be made."""
        _require(netns.why_no_namespaces())
        return self._stack.enter_context(context)

    def namespace(self, label, **options):
        return self.enter(netns.Namespace(f"{self.name}-{label}", **options))

    def host(self, namespace, interface, address):
        """`address` with its prefix length, as in 10.0.0.2/24, is added to the interface."""
        alone = address.split("/")[0]
        namespace.ip("address", "add", address, "dev", interface,
                     *(["nodad"] if ":" in alone else []))
        return self._stack.enter_context(hosts.Host(namespace, interface, alone))

    def socket_directory(self):
        """A directory with a short path: a UNIX socket's is limited to 107 bytes."""
        path = Path(tempfile.mkdtemp(prefix="mgmd-"))
        self._stack.callback(shutil.rmtree, path)
        return path

    def mgmd(self, config, directory=None, **options):
        """Runs in `directory`, if one is given. Skips the test where there is nothing to test."""
        _require(mgmd.why_no_binary())
        return self.start(mgmd.Mgmd(config, directory or self.directory / "mgmd", **options))

    def generator(self, device, label="generator", **options):
        return self._testpmd(testpmd.Generator, label, device, **options)

    def replayer(self, device, label="replayer", **options):
        return self._testpmd(testpmd.Replayer, label, device, **options)

    def recorder(self, *devices, label="recorder", **options):
        return self._testpmd(testpmd.Recorder, label, devices, **options)

    def stations(self, *devices, label="stations", **options):
        return self._testpmd(testpmd.Stations, label, devices, **options)

    def bridge(self, left, right, label="bridge", **options):
        """Copies between two devices as they are: stands in for the router to check a lab."""
        return self._testpmd(testpmd.Bridge, label, left, right, **options)

    def start(self, process):
        """Starts it; a failed test's report will have its log."""
        self._processes.append(process)
        return self._stack.enter_context(process)

    def logs(self):
        """(title, text) of every process started, for the report of a failed test."""
        return [(f"{process.label}: {process.log_path}", process.log)
                for process in self._processes]

    def _testpmd(self, kind, label, *arguments, **options):
        _require(testpmd.why_no_testpmd())
        return self.start(kind(label, *arguments, self.directory / label, **options))
