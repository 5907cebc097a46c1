# SPDX-License-Identifier: Apache-2.0
"""mgmctl monitor, as it runs."""

import json
import subprocess
import threading

from netlab.wait import until

from .mgmctl import binary


class Monitor:
    """`mgmctl [--json] monitor ARGUMENTS`. When its block is entered, it has begun to watch."""

    def __init__(self, path, *arguments, text=False):
        self._argv = [str(binary()), "--socket", str(path), *([] if text else ["--json"]),
                      "monitor", *map(str, arguments)]
        self._text = text
        self.lines = []

    def __enter__(self):
        self._child = subprocess.Popen(self._argv, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: any("begin" in line for line in self.lines), what="monitor to begin")
        return self

    def __exit__(self, *_):
        self._child.terminate()
        self._child.wait()
        self._child.stdout.close()

    def _read(self):
        for line in self._child.stdout:
            self.lines.append(line)

    def rows(self):
        """What it has told so far, as JSON; without the row that it begins with."""
        return [json.loads(line) for line in list(self.lines)][1:]

    def until_told(self, **wanted):
        """The first row with these values that comes."""
        return until(lambda: next((row for row in self.rows() if wanted.items() <= row.items()),
                                  None), 15, f"{wanted} in {self._argv}")
