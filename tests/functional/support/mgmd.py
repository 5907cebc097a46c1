# SPDX-License-Identifier: Apache-2.0
"""The router under test."""

import os
import shlex
import signal
from pathlib import Path

from netlab.process import Process

from .summary import Summary

REPOSITORY = Path(__file__).resolve().parents[3]
READY = r"\bready\b"


def binary():
    """The mgmd to test: $MGMD_BIN, else the one in build/."""
    return Path(os.environ.get("MGMD_BIN", REPOSITORY / "build" / "mgmd"))


def why_no_binary():
    """None if there is an mgmd to test, else what to do. A wrong $MGMD_BIN is not excused."""
    if "MGMD_BIN" in os.environ or binary().exists():
        return None
    return f"no {binary()}: build mgmd, or name it in MGMD_BIN"


class Mgmd(Process):
    """mgmd on a configuration, ready when the block is entered, ended by SIGTERM with status 0.

    `config` is a path, or the text of a file to write. Before the command line go the words of
    $MGMD_WRAPPER ("gdb --args", "strace -f"), if set, and those of `through`.
    """

    def __init__(self, config, directory, *, namespace=None, until_idle_ms=None,
                 log_level=None, ready=READY, label="mgmd", through=()):
        self._ready = ready
        self._summary_path = directory / f"{label}.json"
        self.config_path = self._config_file(config, directory, label)
        argv = [*shlex.split(os.environ.get("MGMD_WRAPPER", "")), *through, binary().resolve(),
                "--config", self.config_path]
        if until_idle_ms is not None:
            argv += ["--until-idle", until_idle_ms]
        if log_level is not None:
            argv += ["--log-level", log_level]
        argv += ["--summary", self._summary_path]
        super().__init__(label, argv, directory, namespace)

    def on_started(self):
        if self._ready is not None:
            self.wait_for(self._ready, deadline=30.0)

    def let_go(self):
        self.stop()

    def finish(self):
        """Ends it by SIGTERM, if it runs, and returns its summary, whose accounts add up."""
        if self.running:
            self.signal(signal.SIGTERM)
        self.expect_exit(0, deadline=30.0)
        return self.summary()

    def finish_by_itself(self):
        """Waits until it has ended, as with `until_idle_ms`, and returns its summary."""
        self.expect_exit(0, deadline=30.0)
        return self.summary()

    def summary(self):
        """What it wrote when it ended."""
        return Summary(self._summary_path)

    @staticmethod
    def _config_file(config, directory, label):
        if isinstance(config, Path):
            return config.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{label}.yaml"
        path.write_text(config)
        return path
