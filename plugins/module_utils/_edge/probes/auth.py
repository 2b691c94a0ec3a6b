# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks Dovecot whether logins work, over its auth-client socket: thousands a minute, no TLS."""

from __future__ import annotations

import base64
import io
import os
import socket
import typing as t
from dataclasses import dataclass

SOCKET = "/run/dovecot/auth-client"

# More at once would only queue up in Dovecot, where a request waits for a minute at most.
_WINDOW = 16


@dataclass(frozen=True)
class Login:
    """What Dovecot said to one user and password."""

    user: str
    accepted: bool
    # Empty, or Dovecot's own code, such as temp_fail.
    code: str = ""


def try_logins(
    pairs: t.Iterable[tuple[str, str]],
    path: str = SOCKET,
    service: str = "imap",
    timeout: float = 60,
) -> list[Login]:
    """Log in with every pair of user and password; raises OSError when Dovecot does not answer."""
    waiting = iter(list(pairs))
    asked: dict[int, str] = {}
    done: list[Login] = []
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        client.connect(path)
        with client.makefile("rwb") as stream:
            stream.write(f"VERSION\t1\t2\nCPID\t{os.getpid()}\n".encode())
            stream.flush()
            while _line(stream) != ["DONE"]:
                pass
            number = 0
            while True:
                for user, password in _first(waiting, _WINDOW - len(asked)):
                    number += 1
                    asked[number] = user
                    stream.write(_request(number, service, user, password))
                stream.flush()
                if not asked:
                    return done
                verb, *fields = _line(stream)
                if verb in ("OK", "FAIL"):
                    codes = [one[5:] for one in fields[1:] if one.startswith("code=")]
                    user = asked.pop(int(fields[0]))
                    done.append(Login(user, verb == "OK", codes[0] if codes else ""))


def _request(number: int, service: str, user: str, password: str) -> bytes:
    response = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    # no-penalty: Dovecot's delay for this client address would hit the users after a wrong one
    return (
        f"AUTH\t{number}\tPLAIN\tservice={service}\tsecured\tno-penalty\tresp={response}\n".encode()
    )


def _line(stream: io.BufferedRWPair) -> list[str]:
    line = stream.readline()
    if not line:
        raise ConnectionError("Dovecot closed the connection")
    return line.decode("utf-8", "replace").rstrip("\n").split("\t")


def _first(pairs: t.Iterator[tuple[str, str]], count: int) -> t.Iterator[tuple[str, str]]:
    for _number in range(count):
        try:
            yield next(pairs)
        except StopIteration:
            return
