# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines to and from a server over TCP, in clear and under TLS; each wait has an end."""

from __future__ import annotations

import socket
import ssl
import typing as t

from ..._core.health.observations import Reply

_SECONDS = 3.0
_LONGEST_LINE = 65536


class Trouble(Exception):
    """What went wrong, in words."""


class Conversation:
    """One connection. Use it in a with statement."""

    def __init__(self, address: str, port: int, source: str = "") -> None:
        try:
            self._socket: socket.socket = socket.create_connection(
                (address, port), _SECONDS, (source, 0) if source else None
            )
        except OSError as error:
            raise Trouble(_words(error)) from error
        self._file = self._socket.makefile("rb")
        self._secured: ssl.SSLSocket | None = None

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def secure(self, context: ssl.SSLContext, hostname: str) -> None:
        """Begin TLS. A certificate that the context refuses raises ssl.SSLCertVerificationError."""
        try:
            secured = context.wrap_socket(self._socket, server_hostname=hostname)
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            raise Trouble(_words(error)) from error
        self._secured = secured
        self._socket, self._file = secured, secured.makefile("rb")

    def encryption(self) -> tuple[str, str]:
        """Version and cipher of TLS."""
        secured = self._demand_tls()
        return secured.version() or "", (secured.cipher() or ("none",))[0]

    def certificate(self) -> bytes:
        """The server's certificate, in DER."""
        return self._demand_tls().getpeercert(binary_form=True) or b""

    def _demand_tls(self) -> ssl.SSLSocket:
        if self._secured is None:
            raise Trouble("the connection has no TLS")
        return self._secured

    def send(self, *lines: str) -> None:
        self.send_octets("".join(f"{line}\r\n" for line in lines).encode())

    def send_octets(self, octets: bytes) -> None:
        try:
            self._socket.sendall(octets)
        except OSError as error:
            raise Trouble(_words(error)) from error

    def line(self) -> str:
        """The next line without its end."""
        try:
            line = self._file.readline(_LONGEST_LINE)
        except OSError as error:
            raise Trouble(_words(error)) from error
        if not line.endswith(b"\n"):
            raise Trouble("the server closed the connection")
        return line.decode(errors="replace").rstrip("\r\n")

    def octets(self, count: int) -> bytes:
        try:
            octets = self._file.read(count)
        except OSError as error:
            raise Trouble(_words(error)) from error
        if len(octets) != count:
            raise Trouble("the server closed the connection")
        return octets

    def lines_until(self, is_last: t.Callable[[str], bool]) -> list[str]:
        """Lines up to and with the last one."""
        lines = [self.line()]
        while not is_last(lines[-1]):
            lines.append(self.line())
        return lines


def _words(error: OSError) -> str:
    if isinstance(error, socket.timeout):
        return f"no answer within {_SECONDS:.0f} s"
    return (getattr(error, "reason", None) or error.strerror or str(error)).lower()


def no_reply(trouble: Trouble) -> Reply:
    """Trouble as the reply that it stands for."""
    return Reply(0, str(trouble))
