# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No statement waits for ever for a server that hangs: the driver by itself would."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import typing as t

from .errors import CONNECT_S

with contextlib.suppress(ImportError):
    import psycopg2
    from psycopg2.extensions import TRANSACTION_STATUS_ACTIVE

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    Parameters = t.Mapping[str, t.Any]

_LOOK_S = 0.5
# After so long without an answer it is tried whether the server still lets anybody in.
_SILENCE_S = 20.0
# No statement of ours is as long, however many rows there are.
_LONGEST_S = 600.0
# What breaks a TCP connection whose other end is gone without a word.
KEPT_ALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


@contextlib.contextmanager
def guarded(connection: Connection, parameters: Parameters) -> t.Iterator[list[str]]:
    """Breaks a statement that a hung server does not answer; the list then says so."""
    reasons: list[str] = []
    ended = threading.Event()
    with socket.socket(fileno=os.dup(connection.fileno())) as way:

        def guard() -> None:
            since = time.monotonic()
            asked = since
            while not ended.wait(_LOOK_S):
                now = time.monotonic()
                if connection.info.transaction_status != TRANSACTION_STATUS_ACTIVE:
                    since = asked = now
                elif now - asked > _SILENCE_S:
                    if now - since > _LONGEST_S or _is_silent(parameters):
                        reasons.append(f"the server did not answer for {now - since:.0f} s")
                        with contextlib.suppress(OSError):
                            way.shutdown(socket.SHUT_RDWR)
                        return
                    asked = now

        threading.Thread(target=guard, daemon=True).start()
        try:
            yield reasons
        finally:
            ended.set()


def _is_silent(parameters: Parameters) -> bool:
    """Whether the server does not even answer who comes anew; a refusal is an answer."""
    began = time.monotonic()
    try:
        psycopg2.connect(**parameters).close()
    except psycopg2.OperationalError:
        return time.monotonic() - began >= CONNECT_S
    return False
