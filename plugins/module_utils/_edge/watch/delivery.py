# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversation with who delivers that is kept: at a socket of this host, or at the store's."""

from __future__ import annotations

import contextlib
import dataclasses
import select
import socket
import ssl
import typing as t

ANSWER_S = 3.0


@dataclasses.dataclass(frozen=True)
class Place:
    """The path of a socket; or a host and its port, with TLS as that authority certifies it."""

    path: str = ""
    host: str = ""
    port: int = 0
    ca_file: str = ""


class Away(Exception):
    """Why nobody delivers."""


@contextlib.contextmanager
def conversation(place: Place) -> t.Iterator[socket.socket]:
    try:
        with _connected(place) as talk:
            _expect(talk, "220", "a greeting")
            yield talk
    except OSError as error:
        raise Away(error.strerror or str(error) or type(error).__name__) from None


def ask(talk: socket.socket) -> None:
    """NOOP leaves no line in Dovecot's log, as a connection does."""
    talk.sendall(b"NOOP\r\n")
    _expect(talk, "250", "NOOP")


def rest(talk: socket.socket, seconds: float) -> None:
    """Until the other side says something, such as that it ends, but no longer."""
    select.select([talk], [], [], seconds)


def _connected(place: Place) -> socket.socket:
    if place.path:
        talk = socket.socket(socket.AF_UNIX)
        talk.settimeout(ANSWER_S)
        try:
            talk.connect(place.path)
        except OSError:
            talk.close()
            raise
        return talk
    context = ssl.create_default_context(cafile=place.ca_file or None)
    plain = socket.create_connection((place.host, place.port), ANSWER_S)
    return context.wrap_socket(plain, server_hostname=place.host)


def _expect(talk: socket.socket, code: str, what: str) -> None:
    said = b""
    while not said.endswith(b"\n"):
        more = talk.recv(1024)
        if not more:
            raise ConnectionError(f"it closed the connection instead of an answer to {what}")
        said += more
    if not said.startswith(code.encode()):
        words = said.decode(errors="replace").strip()
        raise ConnectionError(f"to {what} it says: {words}")
