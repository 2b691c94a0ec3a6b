# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the inventory, whatever the host is like."""

from __future__ import annotations

import typing as t

from ..address import parse_address, parse_domain
from ..services import refuse_service
from .facts import Wanted
from .places import SERVICES, is_ip_address, offered

GROUPS = ("mail_database", "mail_store", "mail_edge")
DATABASE_ROLES = ("mail_admin", "mail_dovecot", "mail_postfix", "mail_signer", "mail_watch")


def problems(wanted: Wanted) -> t.Iterator[str]:
    yield from _hostname(wanted)
    yield from _admin_address(wanted)
    yield from _services(wanted)
    yield from _internal_address(wanted)
    yield from _database(wanted)


def warnings(wanted: Wanted) -> t.Iterator[str]:
    if not wanted.groups.intersection(GROUPS):
        yield f"The host is in none of the groups {', '.join(GROUPS)}, so nothing is set up on it."


def _hostname(wanted: Wanted) -> t.Iterator[str]:
    try:
        hostname = parse_domain(wanted.hostname)
    except ValueError as error:
        yield (
            f"site_hostname must be a fully qualified name. {error} Set it to the name that the"
            " host's MX records use, such as mx1.example.org."
        )
        return
    for name in domain_names(wanted):
        if name.strip().lower() == hostname:
            yield (
                f"site_hostname {hostname} is also a domain in accounts_domains, so Postfix would"
                f" take its mail for the machine's own: give the host a name like mx1.{hostname}."
            )


def domain_names(wanted: Wanted) -> list[str]:
    """The domains as the inventory spells them, named or described."""
    return [
        str(domain.get("name", "")) if isinstance(domain, dict) else str(domain)
        for domain in wanted.domains
    ]


def _admin_address(wanted: Wanted) -> t.Iterator[str]:
    remedy = "Set it to the address that is to get mail for postmaster@, abuse@ and root."
    if not wanted.admin_address:
        yield f"site_admin_address is missing. {remedy}"
        return
    try:
        parse_address(wanted.admin_address)
    except ValueError as error:
        yield f"site_admin_address is malformed. {error} {remedy}"


def _services(wanted: Wanted) -> t.Iterator[str]:
    unknown = sorted(wanted.services.keys() - SERVICES.keys())
    for name in unknown:
        known = ", ".join(sorted(SERVICES))
        yield f"site_services names {name!r}, which is no service: use one of {known}."
    for name, service in {**wanted.services, **offered(wanted)}.items():
        if name not in unknown:
            yield from _wrong(name, service)


def _wrong(name: str, service: t.Any) -> t.Iterator[str]:
    try:
        refuse_service(name, service)
    except ValueError as error:
        yield str(error)


def _internal_address(wanted: Wanted) -> t.Iterator[str]:
    if wanted.internal_address and not is_ip_address(wanted.internal_address):
        yield (
            f"site_internal_address is {wanted.internal_address!r}, which is neither IPv4 nor IPv6:"
            " set it to the address where this host serves the other hosts of the mail system."
        )


def _database(wanted: Wanted) -> t.Iterator[str]:
    if wanted.database_host:
        missing = [role for role in DATABASE_ROLES if role not in wanted.database_roles]
        if missing:
            yield (
                f"site_database_host is {wanted.database_host}, where roles log in with passwords:"
                f" site_database_passwords lacks {', '.join(missing)}."
            )
    elif wanted.groups & {"mail_store", "mail_edge"} and "mail_database" not in wanted.groups:
        yield (
            "The host has no database of its own and is told of no other: add it to the group"
            " mail_database, or set site_database_host."
        )
