"""A client of ManageSieve (RFC 5804), as much as these tests need of it."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import typing as t

from e2e.clients import PATIENCE

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
ENDS = ("OK", "NO", "BYE")


class Refused(Exception):
    """What the server said instead of OK."""


class ManageSieve:
    """One connection. The server says what it can when it greets and after STARTTLS."""

    def __init__(self, address: str, port: int) -> None:
        self.sock: socket.socket = socket.create_connection((address, port), PATIENCE)
        self.file = self.sock.makefile("rb")
        self.capabilities = self._answer()

    def __enter__(self) -> t.Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.file.close()
        self.sock.close()

    def starttls(self, context: ssl.SSLContext) -> None:
        self._ask("STARTTLS")
        self.sock = context.wrap_socket(self.sock)
        self.file = self.sock.makefile("rb")
        self.capabilities = self._answer()

    def login(self, user: str, password: str) -> None:
        proof = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        self._ask(f'AUTHENTICATE "PLAIN" "{proof}"')

    def put_script(self, name: str, script: str) -> None:
        self._ask(f'PUTSCRIPT "{name}" {{{len(script.encode())}+}}\r\n{script}')

    def activate(self, name: str) -> None:
        self._ask(f'SETACTIVE "{name}"')

    def _ask(self, command: str) -> list[str]:
        self.sock.sendall(f"{command}\r\n".encode())
        return self._answer()

    def _answer(self) -> list[str]:
        """The lines before OK."""
        lines: list[str] = []
        while not (line := self._line()).startswith(ENDS):
            lines.append(line)
        if not line.startswith("OK"):
            raise Refused(line)
        return lines

    def _line(self) -> str:
        """A line with the literals that stand in it."""
        line = self.file.readline()
        assert line, "the server closed the connection"
        while found := LITERAL.search(line):
            line += self.file.read(int(found[1])) + self.file.readline()
        return line.decode().rstrip("\r\n")
