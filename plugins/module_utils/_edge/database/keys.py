# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DKIM keys in the database. Private halves are written here and never read."""

from __future__ import annotations

import typing as t

from ..._core.dkim import Key
from ..._core.dkim_plan import Found, Move, Permits
from .connection import DatabaseError, reading, writing
from .schema import require_current

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    from ..keys import KeyPair


def load(connection: Connection, domain: str | None = None) -> Found:
    """All domains, what the states of keys permit, and all keys or those of one domain."""
    with reading(connection), connection.cursor() as cursor:
        require_current(connection)
        cursor.execute("SELECT name, kind FROM mail.domain ORDER BY name")
        domains = dict(cursor.fetchall())
        cursor.execute(
            "SELECT domain, selector, algorithm, public, state, in_dns, signs"
            " FROM mail.dkim_key JOIN mail.dkim_state USING (state)"
            " WHERE %(domain)s::text IS NULL OR domain = %(domain)s ORDER BY domain, selector",
            {"domain": domain},
        )
        keys = tuple(Key(*row) for row in cursor.fetchall())
        cursor.execute("SELECT state, in_dns, signs FROM mail.dkim_state")
        states = {state: Permits(in_dns, signs) for state, in_dns, signs in cursor.fetchall()}
        cursor.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')")
        month = t.cast("tuple[str]", cursor.fetchone())[0]
    return Found(domains, keys, states, month)


def save(
    connection: Connection,
    new: t.Iterable[tuple[Key, KeyPair]],
    moves: t.Iterable[Move],
) -> None:
    """Store new keys as pending and change states, all or nothing."""
    with writing(connection), connection.cursor() as cursor:
        for key, pair in new:
            cursor.execute(
                "INSERT INTO mail.dkim_key (domain, selector, algorithm, private_pem, public)"
                " VALUES (%s, %s, %s, %s, %s)",
                (key.domain, key.selector, pair.algorithm, pair.private_pem, pair.public),
            )
        for move in moves:
            cursor.execute(
                "UPDATE mail.dkim_key SET state = %s, state_since = now(), not_before = NULL"
                " WHERE domain = %s AND selector = %s AND state = %s",
                (move.after, move.domain, move.selector, move.before),
            )
            if cursor.rowcount != 1:
                raise DatabaseError(
                    f"The DKIM key {move.selector} of {move.domain} is no longer {move.before}:"
                    " somebody changed it meanwhile. Nothing was written; run this again."
                )
