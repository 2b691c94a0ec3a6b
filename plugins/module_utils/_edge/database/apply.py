# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the changes of a plan: a few statements, however many rows there are."""

from __future__ import annotations

import typing as t

from ..._core.entities import Alias, Change, Domain, User

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from psycopg2.extensions import cursor as Cursor

    from ..._core.address import Address

_PUT_DOMAINS = """
INSERT INTO mail.domain (name, kind, alias_of, status)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
    ON CONFLICT (name) DO UPDATE
       SET kind = excluded.kind, alias_of = excluded.alias_of, status = excluded.status
"""

# A tombstone is taken over here only when the plan has allowed it.
_PUT_ADDRESSES = """
INSERT INTO mail.address (domain, local_part, kind, owner)
SELECT domain, local_part, wanted.kind, owner.id
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS wanted (domain, local_part, kind, owner_domain, owner_local_part)
  LEFT JOIN LATERAL (
       SELECT id FROM mail.address
        WHERE domain = owner_domain AND local_part = owner_local_part) AS owner ON true
    ON CONFLICT (domain, local_part) DO UPDATE
       SET kind = excluded.kind, owner = excluded.owner, since = now()
     WHERE address.kind = 'retired'
"""

_ADD_MAILBOXES = """
INSERT INTO mail.mailbox (address, password_hash, full_name, status, home)
SELECT a.id, password_hash, full_name, status, mail.new_home(domain, local_part)
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS wanted (domain, local_part, password_hash, full_name, status)
  JOIN mail.address a USING (domain, local_part)
"""

_CHANGE_MAILBOXES = """
UPDATE mail.mailbox m
   SET password_hash = wanted.password_hash, full_name = wanted.full_name, status = wanted.status,
       status_since = CASE WHEN m.status = wanted.status THEN m.status_since ELSE now() END
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS wanted (domain, local_part, password_hash, full_name, status)
  JOIN mail.address a USING (domain, local_part)
 WHERE m.address = a.id
"""

_CLEAR_TARGETS = """
DELETE FROM mail.target USING mail.address a, unnest(%s::text[], %s::text[])
    AS gone (domain, local_part)
 WHERE target.address = a.id AND a.domain = gone.domain AND a.local_part = gone.local_part
"""

# A target in a hosted domain is one of our rows; the plan has made sure that it is there.
_ADD_TARGETS = """
INSERT INTO mail.target (address, local, external)
SELECT a.id, l.id, CASE WHEN l.id IS NULL THEN to_local_part || '@' || to_domain END
  FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
       AS wanted (domain, local_part, to_domain, to_local_part)
  JOIN mail.address a USING (domain, local_part)
  LEFT JOIN mail.address l ON l.domain = to_domain AND l.local_part = to_local_part
"""

_REMOVE_MAILBOXES = """
DELETE FROM mail.mailbox USING mail.address a, unnest(%s::text[], %s::text[])
    AS gone (domain, local_part)
 WHERE mailbox.address = a.id AND a.domain = gone.domain AND a.local_part = gone.local_part
"""

_RETIRE_ADDRESSES = """
UPDATE mail.address a SET kind = 'retired', owner = NULL, since = now()
  FROM unnest(%s::text[], %s::text[]) AS gone (domain, local_part)
 WHERE a.domain = gone.domain AND a.local_part = gone.local_part
"""

_REMOVE_ADDRESSES = """
DELETE FROM mail.address a USING unnest(%s::text[], %s::text[]) AS gone (domain, local_part)
 WHERE a.domain = gone.domain AND a.local_part = gone.local_part
"""

# In this order no foreign key is in the way; the mail itself stays where it is.
_REMOVE_DOMAINS = (
    """DELETE FROM mail.target USING mail.address a
        WHERE target.address = a.id AND a.domain = ANY (%(names)s)""",
    """DELETE FROM mail.address USING mail.address o
        WHERE address.owner = o.id AND o.domain = ANY (%(names)s)""",
    """DELETE FROM mail.mailbox USING mail.address a
        WHERE mailbox.address = a.id AND a.domain = ANY (%(names)s)""",
    "DELETE FROM mail.address WHERE domain = ANY (%(names)s)",
    "DELETE FROM mail.domain WHERE name = ANY (%(names)s)",
)


def apply(connection: Connection, changes: t.Sequence[Change]) -> None:
    """Write all changes: removals first, then domains, users and what leads to them."""
    with connection.cursor() as cursor:
        _remove(cursor, changes)
        domains = [change.after for change in changes if isinstance(change.after, Domain)]
        if domains:
            # what an alias domain leads to is there before it
            domains.sort(key=lambda domain: domain.kind != "hosted")
            rows = [(one.name, one.kind, one.alias_of, one.status) for one in domains]
            cursor.execute(_PUT_DOMAINS, _columns(rows))
        _put_users(cursor, changes)
        _put_aliases(cursor, changes)


def _remove(cursor: Cursor, changes: t.Sequence[Change]) -> None:
    gone = [change.before for change in changes if change.after is None]
    aliases = [one.address for one in gone if isinstance(one, Alias)]
    if aliases:
        cursor.execute(_REMOVE_ADDRESSES, _split(aliases))
    users = [one for one in gone if isinstance(one, User)]
    if users:
        personal = [alias for user in users for alias in user.aliases]
        emails = [user.email for user in users]
        cursor.execute(_CLEAR_TARGETS, _split(personal))
        # the tombstones of personal aliases no longer name the mailbox, which can then go
        cursor.execute(_RETIRE_ADDRESSES, _split(personal))
        cursor.execute(_REMOVE_MAILBOXES, _split(emails))
        cursor.execute(_RETIRE_ADDRESSES, _split(emails))
    domains = [one.name for one in gone if isinstance(one, Domain)]
    if domains:
        for statement in _REMOVE_DOMAINS:
            cursor.execute(statement, {"names": domains})


def _put_users(cursor: Cursor, changes: t.Sequence[Change]) -> None:
    added: list[User] = []
    changed: list[User] = []
    personal_added: list[tuple[Address, Address]] = []
    personal_removed: list[Address] = []
    for change in changes:
        if not isinstance(change.after, User):
            continue
        before = change.before.aliases if isinstance(change.before, User) else ()
        (changed if change.before else added).append(change.after)
        after = change.after.aliases
        personal_added += [(one, change.after.email) for one in after if one not in before]
        personal_removed += [one for one in before if one not in after]
    if personal_removed:
        cursor.execute(_REMOVE_ADDRESSES, _split(personal_removed))
    if added:
        cursor.execute(
            _PUT_ADDRESSES, _address_columns([(user.email, "mailbox", None) for user in added])
        )
        cursor.execute(_ADD_MAILBOXES, _mailbox_columns(added))
    if changed:
        cursor.execute(_CHANGE_MAILBOXES, _mailbox_columns(changed))
    if personal_added:
        cursor.execute(
            _PUT_ADDRESSES,
            _address_columns([(address, "alias", owner) for address, owner in personal_added]),
        )
        cursor.execute(_ADD_TARGETS, _target_columns(personal_added))


def _put_aliases(cursor: Cursor, changes: t.Sequence[Change]) -> None:
    aliases = [change.after for change in changes if isinstance(change.after, Alias)]
    if not aliases:
        return
    rows = [
        (alias.address, "catch_all" if alias.address.is_catch_all else "alias", None)
        for alias in aliases
    ]
    cursor.execute(_PUT_ADDRESSES, _address_columns(rows))
    cursor.execute(_CLEAR_TARGETS, _split([alias.address for alias in aliases]))
    pairs = [(alias.address, target) for alias in aliases for target in alias.targets]
    cursor.execute(_ADD_TARGETS, _target_columns(pairs))


def _columns(rows: t.Sequence[tuple[t.Any, ...]]) -> list[list[t.Any]]:
    return [list(column) for column in zip(*rows)]


def _split(addresses: t.Sequence[Address]) -> list[list[str]]:
    return [[one.domain for one in addresses], [one.local_part for one in addresses]]


def _address_columns(
    rows: t.Sequence[tuple[Address, str, Address | None]],
) -> list[list[t.Any]]:
    return _columns(
        [
            (
                address.domain,
                address.local_part,
                kind,
                owner.domain if owner else None,
                owner.local_part if owner else None,
            )
            for address, kind, owner in rows
        ]
    )


def _mailbox_columns(users: t.Sequence[User]) -> list[list[t.Any]]:
    return _columns(
        [
            (
                user.email.domain,
                user.email.local_part,
                user.password_hash,
                user.full_name,
                user.status,
            )
            for user in users
        ]
    )


def _target_columns(pairs: t.Sequence[tuple[Address, Address]]) -> list[list[t.Any]]:
    return _columns([(one.domain, one.local_part, to.domain, to.local_part) for one, to in pairs])
