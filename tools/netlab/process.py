# SPDX-License-Identifier: Apache-2.0
"""A child process with its output in a file, ended and checked when its block is left."""

import os
import re
import signal
import subprocess

from .wait import until


class ProcessFailed(RuntimeError):
    """A process ended early, would not end, or ended with the wrong status."""


class Process:
    """Runs `argv` in `directory` (created if missing), inside `namespace` if one is given.

    Standard output and error go to one file, `log_path`. The child dies with the test run.
    Leaving the block ends it if it still runs; a status other than 0 that nobody asked for fails.
    """

    def __init__(self, label, argv, directory, namespace=None, environment=None):
        self.label = label
        self.directory = directory
        self.log_path = directory / f"{label}.log"
        self._argv = [
            "setpriv", "--pdeathsig", "KILL", "--",
            *(namespace.exec_prefix if namespace else []),
            *map(str, argv),
        ]
        self._environment = {**os.environ, **(environment or {})}
        self._child = None
        self._exit_seen = False

    def __enter__(self):
        self.start()
        try:
            self.on_started()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, exception_type, *_):
        try:
            if exception_type is None and not self._exit_seen:
                self.stop() if self.running else self.expect_exit()
        finally:
            self.kill()

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        with open(self.log_path, "wb") as log:
            self._child = subprocess.Popen(
                self._argv,
                cwd=self.directory,
                env=self._environment,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def on_started(self):
        """What to wait for before the block is entered."""

    def stop(self):
        """Ends the process the way its user would; fails unless it exits with status 0."""
        self.signal(signal.SIGTERM)
        self.expect_exit()

    def let_go(self):
        """Stops touching the far ends of its links: they may disappear after this."""

    @property
    def running(self):
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self):
        return self._child.pid

    @property
    def log(self):
        """All output so far. A character cut in two by a write in progress is replaced."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def signal(self, number):
        self._child.send_signal(number)

    def write(self, text):
        try:
            self._child.stdin.write(text.encode())
        except BrokenPipeError:
            raise ProcessFailed(self._describe("ended early")) from None

    def wait_for(self, pattern, deadline=15.0, start=0):
        """The first match of `pattern` in the log from offset `start` on."""
        expression = re.compile(pattern, re.MULTILINE)

        def match():
            ended = not self.running  # asked first: the log is complete once this is true
            found = expression.search(self.log, start)
            if ended and not found:
                raise ProcessFailed(self._describe(f"ended before it printed {pattern!r}"))
            return found

        return until(match, deadline, f"{self.label} printing {pattern!r}")

    def wait(self, deadline=15.0):
        """The exit status, once the process has ended by itself."""
        try:
            status = self._child.wait(deadline)
        except subprocess.TimeoutExpired:
            raise ProcessFailed(self._describe(f"still running after {deadline} s")) from None
        self._exit_seen = True
        return status

    def expect_exit(self, status=0, deadline=15.0):
        actual = self.wait(deadline)
        if actual != status:
            raise ProcessFailed(self._describe(f"exit status {actual}, expected {status}"))

    def kill(self):
        """Makes sure that nothing is left, whatever happened before."""
        if self._child is None:
            return
        if self.running:
            self._child.kill()
        self._child.wait()
        self._child.stdin.close()

    def _describe(self, problem):
        tail = "\n".join(self.log.splitlines()[-20:])
        return f"{self.label}: {problem}\n{tail}"
