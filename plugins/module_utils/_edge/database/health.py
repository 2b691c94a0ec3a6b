# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the health probes need of the database."""

from __future__ import annotations

import time
import typing as t

from ..._core.health.observations import Reply
from .connection import DatabaseError

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    from ..._core.address import Address

# One run at a time; the number is ours and means nothing else.
_PROBES_LOCK = 0x68656C70
_PATIENCE_S = 2.0
# Of the form of a hash, and of no password: nothing that crypt makes is all dots.
LOCKED = "{SHA512-CRYPT}$6$locked$" + "." * 86

_SET_HASH = """
UPDATE mail.mailbox SET password_hash = %s
 WHERE address = (SELECT id FROM mail.address WHERE domain = %s AND local_part = %s)
"""

# Run as the signer's user, with the environment that tells libpq where to go.
SIGNING_TABLE_PROGRAM = """
import psycopg2
with psycopg2.connect("") as connection, connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM signer.signing_table")
    print(cursor.fetchone()[0], "rows")
"""


def domain_without_catch_all(connection: Connection) -> str:
    """The first hosted one, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(min(name), '') FROM mail.domain d WHERE kind = 'hosted' AND NOT EXISTS"
            " (SELECT FROM mail.address a WHERE a.domain = d.name AND a.local_part = '')"
        )
        return str(t.cast("tuple[str]", cursor.fetchone())[0])


def begin(connection: Connection) -> None:
    """From here to the end of the connection no other run touches the mailbox."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '2s'")
        ends = time.monotonic() + _PATIENCE_S
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (_PROBES_LOCK,))
            if t.cast("tuple[bool]", cursor.fetchone())[0]:
                return
            if time.monotonic() > ends:
                raise DatabaseError("Another run of the health probes is at work; run this later.")
            time.sleep(0.05)


def set_hash(connection: Connection, mailbox: Address, password_hash: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET_HASH, (password_hash, mailbox.domain, mailbox.local_part))
        if cursor.rowcount != 1:
            raise DatabaseError(
                f"The mailbox {mailbox} of the health probes does not exist; run the role health"
                " (playbook site.yml), or name another one with the option mailbox."
            )


def lock(connection: Connection, mailbox: Address) -> Reply:
    """Take every password away from the mailbox; the code 0 says that it is done."""
    try:
        set_hash(connection, mailbox, LOCKED)
    except Exception as error:  # the driver's own errors, too
        return Reply(1, str(error).strip())
    return Reply(0, "locked")
