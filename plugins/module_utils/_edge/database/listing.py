# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of domains, users and aliases: one query each, which also picks what is wanted."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    Rows = list[dict[str, t.Any]]


@dataclass(frozen=True)
class Wanted:
    """What is to be in a list. None means: all."""

    domain: str | None = None
    kind: str | None = None
    status: str | None = None
    # A part of a name or an address, in upper or lower case.
    match: str | None = None


# Case is folded beyond ASCII, whatever locale the database has.
_DOMAINS = """
SELECT name, kind, alias_of, status,
       coalesce(mailboxes, 0) AS mailboxes, coalesce(aliases, 0) AS aliases,
       array(SELECT selector || ' ' || state FROM mail.dkim_key k
              WHERE k.domain = name ORDER BY selector COLLATE "C") AS dkim
  FROM mail.domain
  LEFT JOIN (SELECT domain, count(*) FILTER (WHERE kind = 'mailbox') AS mailboxes,
                    count(*) FILTER (WHERE kind IN ('alias', 'catch_all')) AS aliases
               FROM mail.address GROUP BY domain) AS counted ON counted.domain = name
 WHERE (%(domain)s::text IS NULL OR name = %(domain)s)
   AND (%(kind)s::text IS NULL OR kind = %(kind)s)
   AND (%(status)s::text IS NULL OR status = %(status)s)
   AND (%(match)s::text IS NULL OR strpos(name, lower(%(match)s COLLATE "und-x-icu")) > 0)
 ORDER BY name COLLATE "C"
"""

_USERS = """
SELECT a.local_part || '@' || a.domain AS email, full_name, m.status,
       array(SELECT o.local_part || '@' || o.domain FROM mail.address o WHERE o.owner = a.id
              ORDER BY o.domain COLLATE "C", o.local_part COLLATE "C") AS aliases,
       home, (SELECT count(*) FROM mail.target t WHERE t.local = a.id) AS alias_count
  FROM mail.mailbox m
  JOIN mail.address a ON a.id = m.address
 WHERE (%(domain)s::text IS NULL OR a.domain = %(domain)s)
   AND (%(status)s::text IS NULL OR m.status = %(status)s)
   AND (%(match)s::text IS NULL
        OR strpos(concat_ws(chr(10), a.local_part || '@' || a.domain,
                                     lower(full_name COLLATE "und-x-icu")),
                  lower(%(match)s COLLATE "und-x-icu")) > 0)
 ORDER BY a.domain COLLATE "C", a.local_part COLLATE "C"
"""

_ALIASES = """
SELECT address, targets, owner
  FROM (SELECT a.domain, a.local_part, a.local_part || '@' || a.domain AS address,
               o.local_part || '@' || o.domain AS owner,
               array(SELECT coalesce(t.external, l.local_part || '@' || l.domain)
                       FROM mail.target t LEFT JOIN mail.address l ON l.id = t.local
                      WHERE t.address = a.id
                      ORDER BY coalesce(l.domain, split_part(t.external, '@', 2)) COLLATE "C",
                               coalesce(l.local_part, t.external) COLLATE "C") AS targets
          FROM mail.address a
          LEFT JOIN mail.address o ON o.id = a.owner
         WHERE a.kind IN ('alias', 'catch_all')
           AND (%(domain)s::text IS NULL OR a.domain = %(domain)s)) AS listed
 WHERE %(match)s::text IS NULL
    OR strpos(concat_ws(chr(10), address, array_to_string(targets, chr(10))),
              lower(%(match)s COLLATE "und-x-icu")) > 0
 ORDER BY domain COLLATE "C", local_part COLLATE "C"
"""


def domains(connection: Connection, wanted: Wanted) -> Rows:
    """The domains with how many addresses of each sort they have, and their DKIM keys."""
    return _rows(connection, _DOMAINS, wanted)


def users(connection: Connection, wanted: Wanted) -> Rows:
    """The users with their personal aliases, and how many aliases lead to them directly."""
    return _rows(connection, _USERS, wanted)


def aliases(connection: Connection, wanted: Wanted) -> Rows:
    """Aliases and catch-alls with their targets; personal ones have an owner."""
    return _rows(connection, _ALIASES, wanted)


def _rows(connection: Connection, query: str, wanted: Wanted) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(query, asdict(wanted))
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row)) for row in cursor.fetchall()]
