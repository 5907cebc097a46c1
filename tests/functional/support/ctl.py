# SPDX-License-Identifier: Apache-2.0
"""The control socket as its protocol: lines of JSON, without mgmctl in between."""

import json
import socket


class RefusedRequest(RuntimeError):
    """The router's answer was an error; `code` is its code."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["code"]


class Client:
    """A connection to the control socket at `path`."""

    def __init__(self, path, timeout=15.0):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self._unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        """The next line as JSON; None once the router has hung up."""
        while b"\n" not in self._unread:
            received = self.socket.recv(65536)
            if not received:
                return None
            self._unread += received
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)

    def answer(self):
        """The next line; fails if the router hangs up instead."""
        line = self.line()
        if line is None:
            raise ConnectionResetError("the router has hung up")
        return line

    def hello(self):
        greeting = self.answer()
        assert greeting["hello"] == "mgmd", greeting
        return greeting

    def request(self, command, **arguments):
        """The rows of the answer. Precondition: the greeting has been read."""
        self.send(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        rows = []
        while "end" not in (line := self.answer()):
            if "error" in line:
                raise RefusedRequest(line["error"])
            rows.append(line["row"])
        return rows


def request(path, command, **arguments):
    """One request on a connection of its own."""
    with Client(path) as client:
        client.hello()
        return client.request(command, **arguments)


def socket_setting(path):
    return f"control_socket: {path}\n"
