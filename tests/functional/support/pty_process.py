# SPDX-License-Identifier: Apache-2.0
"""A program on a terminal of its own: what it shows there, and keys pressed on it."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

from netlab.wait import until

HOME = "\x1b[H"
ERASE = "\x1b[K"
SEQUENCE = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")


def _as_a_shell_would():
    """In the child: its terminal is its own, and a hang-up is for it, too: nohup had it ignored."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class PtyProcess:
    """Runs `argv` on a new terminal of `columns` x `rows`, which is its controlling one."""

    def __init__(self, argv, columns=80, rows=24, environment=None):
        self._keys, self._terminal = pty.openpty()
        self.resize(columns, rows, tell=False)
        self.attributes_before = self.attributes()
        self._output = b""
        self._child = subprocess.Popen(
            [*map(str, argv)], stdin=self._terminal, stdout=self._terminal,
            stderr=self._terminal, env={**os.environ, **(environment or {})},
            start_new_session=True,
            preexec_fn=_as_a_shell_would)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        for descriptor in (self._terminal, self._keys):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _read(self):
        with contextlib.suppress(OSError):
            while octets := os.read(self._keys, 65536):
                self._output += octets

    def resize(self, columns, rows, tell=True):
        self._rows = rows
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self.signal(signal.SIGWINCH)

    def attributes(self):
        """Of the terminal: what tcsetattr() has made of it."""
        return termios.tcgetattr(self._terminal)

    def press(self, keys):
        os.write(self._keys, keys.encode())

    def signal(self, number):
        self._child.send_signal(number)

    def wait(self):
        """The status it has ended with."""
        return self._child.wait(timeout=15)

    @property
    def output(self):
        return self._output.decode(errors="replace")

    def screen(self):
        """The lines of the last screen that is complete and has the terminal's size, or []."""
        for frame in reversed(self.output.split(HOME)[1:]):
            lines = frame.split("\r\n")
            if len(lines) == self._rows and lines[-1].endswith(ERASE):
                return [SEQUENCE.sub("", line) for line in lines]
        return []

    def until_shows(self, *texts):
        """Waits for a screen with all of these, and returns it."""
        def shown():
            screen = self.screen()
            return screen if all(any(text in line for line in screen) for text in texts) else None
        return until(shown, 15, f"a screen with {texts}")
