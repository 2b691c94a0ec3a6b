# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to the database that is kept, and shows within seconds that nobody is there.

Where the database is and who asks stands in the environment, as libpq takes it."""

from __future__ import annotations

import contextlib
import select
import time
import typing as t

try:
    import psycopg2
    from psycopg2 import extensions
except ImportError:
    HAS_PSYCOPG2 = False
else:
    HAS_PSYCOPG2 = True

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

# Whom nobody has told of his end, as over a broken network, notices it by this.
ANSWER_S = 3.0
_CHANNEL = "selfhost_mail"


class Away(Exception):
    """Why the database does not answer."""


@contextlib.contextmanager
def listening() -> t.Iterator[Connection]:
    if not HAS_PSYCOPG2:
        raise Away("Debian's package python3-psycopg2 is missing; the role watch installs it")
    try:
        extensions.set_wait_callback(_wait)
        connection = psycopg2.connect(application_name="selfhost.mail watch")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {_CHANNEL}")
            yield connection
        finally:
            connection.close()
    except psycopg2.Error as error:
        raise Away(next(iter(str(error).strip().splitlines()), "the connection broke")) from None


def ask(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def rest(connection: Connection, seconds: float) -> None:
    """Until the server says something, such as that it ends, but no longer."""
    select.select([connection], [], [], seconds)


def _wait(connection: Connection) -> None:
    """psycopg2 comes here whenever it would wait; by itself it would wait for ever."""
    deadline = time.monotonic() + ANSWER_S
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        reading = [connection] if state == extensions.POLL_READ else []
        writing = [connection] if state == extensions.POLL_WRITE else []
        left = max(0.0, deadline - time.monotonic())
        if not any(select.select(reading, writing, [], left)):
            raise psycopg2.OperationalError(f"no answer within {ANSWER_S:g} s")
