# SPDX-License-Identifier: Apache-2.0
"""What a service manager does for mgmd: listens to it, and starts it with few rights."""

import ctypes
import os
import re
import socket
from pathlib import Path

from netlab.wait import until

from .mgmd import REPOSITORY

UNIT = REPOSITORY / "tools" / "systemd" / "mgmd.service.in"
NOBODY = 65534
PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
ANY_CHILD_THREAD = 0x40000000  # __WALL


class Listener:
    """The socket that $NOTIFY_SOCKET names, and all that has been told there."""

    def __init__(self, directory):
        self.path = directory / "notify"
        self.told = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(str(self.path))
        self.path.chmod(0o777)

    def close(self):
        self._socket.close()

    def look(self):
        """All datagrams so far, each as a dictionary of its lines."""
        while True:
            try:
                datagram = self._socket.recv(4096)
            except BlockingIOError:
                return self.told
            self.told.append(dict(line.split("=", 1) for line in datagram.decode().split("\n")))

    def wait_for(self, name, value="1", start=0, deadline=30.0):
        """The number of the first datagram from `start` on that says so."""
        def find():
            return [number for number, lines in enumerate(self.look())
                    if number >= start and re.fullmatch(value, lines.get(name, ""))]
        return until(find, deadline, f"{name}={value}")[0]


class StoppedThread:
    """A thread of another process, the one with `name` in its, stands still inside the block."""

    def __init__(self, pid, name):
        self._libc = ctypes.CDLL(None, use_errno=True)
        threads = Path(f"/proc/{pid}/task").iterdir()
        [self._id] = [int(thread.name) for thread in threads
                      if name in (thread / "comm").read_text()]

    def _ptrace(self, request):
        if self._libc.ptrace(request, self._id, None, None) != 0:
            raise OSError(ctypes.get_errno(), f"ptrace request {request:#x}")

    def __enter__(self):
        self._ptrace(PTRACE_SEIZE)
        self._ptrace(PTRACE_INTERRUPT)
        os.waitpid(self._id, ANY_CHILD_THREAD)
        return self

    def __exit__(self, *_):
        self._ptrace(PTRACE_DETACH)


def setting(name):
    """The value of a line of the unit."""
    return re.search(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE).group(1)


def with_rights_of_the_service():
    """What goes before a command line: nobody, with exactly the unit's capabilities."""
    assert setting("AmbientCapabilities") == setting("CapabilityBoundingSet")
    names = setting("AmbientCapabilities").lower().replace("cap_", "+").replace(" ", ",")
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
            *(f"--{kind}=-all,{names}" for kind in ("inh-caps", "ambient-caps", "bounding-set")),
            "--no-new-privs", "--pdeathsig", "KILL", "--"]


def directory_of_nobody(lab):
    """For a configuration and what the router writes."""
    directory = lab.socket_directory()
    os.chown(directory, NOBODY, NOBODY)
    os.chown(os.environ["RUNTIME_DIRECTORY"], NOBODY, NOBODY)
    return directory
