# SPDX-License-Identifier: Apache-2.0
"""The real mgmctl, run to its end."""

import json
import os
import subprocess
from pathlib import Path

from .mgmd import REPOSITORY

OK, USAGE, REFUSED, SYSTEM = 0, 64, 69, 71


def binary():
    """The mgmctl to test: $MGMCTL_BIN, else the one in build/."""
    return Path(os.environ.get("MGMCTL_BIN",
                               REPOSITORY / "build" / "tools" / "mgmctl" / "mgmctl"))


def why_no_mgmctl():
    if "MGMCTL_BIN" in os.environ or binary().exists():
        return None
    return f"no {binary()}: build mgmctl, or name it in MGMCTL_BIN"


class Mgmctl:
    """mgmctl for the router whose control socket is at `path`."""

    def __init__(self, path):
        self.path = path

    def run(self, *words):
        """The finished process: status, output, errors."""
        return subprocess.run([binary(), "--socket", self.path, *map(str, words)],
                              capture_output=True, text=True, timeout=60)

    def text(self, *words):
        """What it prints for people. It has to succeed."""
        done = self.run(*words)
        assert done.returncode == OK, (words, done.returncode, done.stderr)
        assert done.stderr == ""
        return done.stdout

    def rows(self, *words):
        """What it prints for programs."""
        return json.loads(self.text("--json", *words))

    def refusal(self, status, *words):
        """The message of a command that has to end with that status."""
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (status, ""), (words, done)
        return done.stderr
