# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the database knows about one user, but for secrets."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from psycopg2.extensions import cursor as Cursor

    from ..._core.address import Address

_ACCOUNT = """
SELECT a.id, a.domain, v.address AS email, m.full_name, m.status, d.status AS domain_status,
       to_char(m.status_since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS status_since,
       v.may_log_in, v.may_submit, v.may_receive, v.refusal,
       to_char(m.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS expires_at,
       m.expires_to, m.home, m.store,
       substring(m.password_hash FROM '^\\{([A-Za-z0-9.-]+)\\}') AS scheme,
       to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS created
  FROM mail.address a
  JOIN mail.mailbox m ON m.address = a.id
  JOIN mail.account v ON v.id = a.id
  JOIN mail.domain d ON d.name = a.domain
 WHERE a.domain = %s AND a.local_part = %s
"""

# Along any number of steps; an alias that leads to an alias of the user leads to the user.
_LEADING = """
WITH RECURSIVE led AS (
    SELECT address FROM mail.target WHERE local = %(id)s
    UNION
    SELECT t.address FROM mail.target t JOIN led ON t.local = led.address
)
SELECT local_part || '@' || domain, coalesce(owner = %(id)s, false)
  FROM mail.address JOIN led ON id = led.address
 ORDER BY domain COLLATE "C", local_part COLLATE "C"
"""

# As postfix.sender_logins grants it, the own address first; "@domain" is every address of a domain.
_SENDS_AS = """
SELECT local_part || '@' || domain
  FROM (SELECT id = %(id)s AS own, domain, local_part FROM mail.address
         WHERE id = %(id)s OR owner = %(id)s
        UNION
        SELECT false, coalesce(s.domain, a.domain), coalesce(a.local_part, '')
          FROM mail.send_as s LEFT JOIN mail.address a ON a.id = s.address
         WHERE s.mailbox = %(id)s) AS granted
 ORDER BY own DESC, domain COLLATE "C", local_part COLLATE "C"
"""

_DOMAINS = """
SELECT name FROM mail.domain WHERE name = %(domain)s OR alias_of = %(domain)s
 ORDER BY kind DESC, name COLLATE "C"
"""


def load_account(connection: Connection, email: Address) -> dict[str, t.Any] | None:
    """One user with the aliases that lead to him and the addresses he may send as."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, (email.domain, email.local_part))
        row = cursor.fetchone()
        if row is None:
            return None
        account = dict(zip([column.name for column in cursor.description or ()], row))
        asked = {"id": account.pop("id"), "domain": account.pop("domain")}
        cursor.execute(_LEADING, asked)
        leading = cursor.fetchall()
        return {
            **account,
            "aliases": [address for address, personal in leading if personal],
            "led_by": [address for address, personal in leading if not personal],
            "sends_as": _column(cursor, _SENDS_AS, asked),
            "domains": _column(cursor, _DOMAINS, asked),
        }


def _column(cursor: Cursor, query: str, asked: dict[str, t.Any]) -> list[str]:
    cursor.execute(query, asked)
    return [row[0] for row in cursor.fetchall()]
