# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads accounts: a few queries, however many rows are asked for."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ..._core.address import Address, sorted_addresses
from ..._core.entities import Accounts, Alias, Domain, Permits, Request, User

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from psycopg2.extensions import cursor as Cursor

    Row = tuple[t.Any, ...]

_DOMAINS = "SELECT name, kind, alias_of, status FROM mail.domain"

# What a request can touch: the addresses it names and those of whole domains, their personal
# aliases, whatever leads to any of them, and along local targets all that is reached from there.
_TOUCHED = """
WITH RECURSIVE named AS (
    SELECT a.id FROM mail.address a
      JOIN unnest(%(domains)s::text[], %(local_parts)s::text[]) AS asked (domain, local_part)
     USING (domain, local_part)
    UNION
    SELECT id FROM mail.address WHERE domain = ANY (%(whole)s::text[])
), owned AS (
    SELECT id FROM named
    UNION
    SELECT a.id FROM mail.address a JOIN named ON a.owner = named.id
), touched AS (
    SELECT id FROM owned
    UNION
    SELECT t.address FROM mail.target t JOIN owned ON t.local = owned.id
), reached AS (
    SELECT id FROM touched
    UNION
    SELECT t.local FROM mail.target t JOIN reached ON t.address = reached.id
     WHERE t.local IS NOT NULL
)
"""

_ADDRESSES = """
SELECT a.domain, a.local_part, a.kind,
       to_char(a.since, 'YYYY-MM-DD'),
       o.domain, o.local_part,
       m.password_hash, m.full_name, m.status, m.home
  FROM mail.address a
  LEFT JOIN mail.address o ON o.id = a.owner
  LEFT JOIN mail.mailbox m ON m.address = a.id
"""

_TARGETS = """
SELECT a.domain, a.local_part, t.external, l.domain, l.local_part
  FROM mail.target t
  JOIN mail.address a ON a.id = t.address
  LEFT JOIN mail.address l ON l.id = t.local
"""

# with what an alias domain leads to, and the alias domains of one that goes
_ONLY_NAMED = """
 WHERE name = ANY (%(names)s::text[])
    OR name IN (SELECT alias_of FROM mail.domain WHERE name = ANY (%(names)s::text[]))
    OR alias_of = ANY (%(whole)s::text[])
"""
_STATUSES = "SELECT status, may_log_in, may_submit, may_receive, refusal FROM mail.account_status"

# For the question what was meant by a name that is not there.
_NAMES = {
    "domain": "SELECT name FROM mail.domain",
    "user": "SELECT local_part || '@' || domain FROM mail.address WHERE kind = 'mailbox'",
    "alias": "SELECT local_part || '@' || domain FROM mail.address"
    " WHERE kind IN ('alias', 'catch_all')",
}
_ONLY_REACHED = " WHERE a.id IN (SELECT id FROM reached)"


def load(connection: Connection, request: Request) -> Accounts:
    """Read what a request can touch."""
    named = sorted(request.addresses())
    asked: dict[str, t.Any] = {
        "domains": [address.domain for address in named],
        "local_parts": [address.local_part for address in named],
        "whole": sorted(request.whole_domains()),
        "names": sorted(request.domain_names()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DOMAINS + _ONLY_NAMED, asked)
        domains = cursor.fetchall()
        cursor.execute(_TOUCHED + _ADDRESSES + _ONLY_REACHED, asked)
        addresses = cursor.fetchall()
        cursor.execute(_TOUCHED + _TARGETS + _ONLY_REACHED, asked)
        accounts = _accounts(domains, addresses, cursor.fetchall())
        cursor.execute(_STATUSES)
        statuses = {status: Permits(*permits) for status, *permits in cursor.fetchall()}
        missed = request.missed(accounts)
        return replace(accounts, statuses=statuses, names=names(cursor, missed) if missed else ())


def names(cursor: Cursor, sort: str) -> tuple[str, ...]:
    """The names of all domains, users or aliases."""
    cursor.execute(_NAMES[sort])
    return tuple(row[0] for row in cursor.fetchall())


def _accounts(
    domains: t.Iterable[Row], addresses: t.Iterable[Row], targets: t.Iterable[Row]
) -> Accounts:
    leading: dict[Address, list[Address]] = {}
    for domain, local_part, external, local_domain, local_local_part in targets:
        target = _external(external) if external else Address(local_domain, local_local_part)
        leading.setdefault(Address(domain, local_part), []).append(target)
    accounts = Accounts(domains={row[0]: Domain(*row) for row in domains})
    personal: dict[Address, list[Address]] = {}
    boxes: dict[Address, Row] = {}
    for domain, local_part, kind, since, owner_domain, owner_local_part, *box in addresses:
        address = Address(domain, local_part)
        if kind == "mailbox":
            boxes[address] = (since, *box)
        elif kind == "retired":
            accounts.retired[address] = since
        else:
            owner = Address(owner_domain, owner_local_part) if owner_domain else None
            leads_to = sorted_addresses(leading.get(address, ()))
            accounts.aliases[address] = Alias(address, leads_to, owner, since or "")
            if owner:
                personal.setdefault(owner, []).append(address)
    for address, (since, password_hash, full_name, status, home) in boxes.items():
        aliases = sorted_addresses(personal.get(address, ()))
        accounts.users[address] = User(
            address, password_hash, full_name, status, aliases, home, since
        )
    return accounts


def _external(text: str) -> Address:
    local_part, _at, domain = text.partition("@")
    return Address(domain, local_part)
