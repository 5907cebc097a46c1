# SPDX-License-Identifier: Apache-2.0
"""The router under test."""

import os
import shlex
from pathlib import Path

from .process import Process

REPOSITORY = Path(__file__).resolve().parents[3]
READY = r"(?i)\bready\b"


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

    `config` is a path, or the text of a file to write. $MGMD_WRAPPER, if set, goes before the
    command line ("gdb --args", "strace -f").
    """

    def __init__(self, config, directory, *, namespace=None, until_idle_ms=None,
                 log_level=None, ready=READY, label="mgmd"):
        self._ready = ready
        argv = [*shlex.split(os.environ.get("MGMD_WRAPPER", "")), binary().resolve(),
                "--config", self._config_file(config, directory, label)]
        if until_idle_ms is not None:
            argv += ["--until-idle", until_idle_ms]
        if log_level is not None:
            argv += ["--log-level", log_level]
        super().__init__(label, argv, directory, namespace,
                         environment={"RUNTIME_DIRECTORY": str(directory)})

    def on_started(self):
        if self._ready is not None:
            self.wait_for(self._ready, deadline=30.0)

    def let_go(self):
        self.stop()

    @staticmethod
    def _config_file(config, directory, label):
        if isinstance(config, Path):
            return config.resolve()
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{label}.yaml"
        path.write_text(config)
        return path
