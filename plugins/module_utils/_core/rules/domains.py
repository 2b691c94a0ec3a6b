# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a domain may be added, changed or removed."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ..address import Address
from ..entities import KNOWN, NEW, Accounts, Change, Domain, WantedDomain
from .namespace import addresses_in, no_such_domain, some


def put_domain(after: Accounts, wanted: WantedDomain) -> Change | None:
    before = after.domains.get(wanted.name)
    if before is None and wanted.expect == KNOWN:
        raise ValueError(no_such_domain(after, wanted.name))
    kind = wanted.kind or (before.kind if before else "alias" if wanted.alias_of else "hosted")
    alias_of = wanted.alias_of or (before.alias_of if before and kind == "alias" else None)
    if kind == "alias":
        _check_alias_domain(after, wanted.name, alias_of)
    elif wanted.alias_of:
        raise ValueError(
            f"The domain {wanted.name!r} has alias_of={wanted.alias_of!r} and is of kind"
            f" {kind!r}; only one of kind 'alias' leads to another domain."
        )
    domain = replace(
        before or Domain(wanted.name),
        kind=kind,
        alias_of=alias_of,
        status=_status(wanted, before, kind, alias_of),
    )
    if before and domain != before and wanted.expect == NEW:
        known = f"an alias of {before.alias_of!r}" if before.alias_of else "hosted"
        raise ValueError(
            f"The domain {wanted.name!r} exists and is {known}; the playbook change_domain"
            " changes it."
        )
    after.domains[wanted.name] = domain
    return Change(before, domain) if domain != before else None


def _status(wanted: WantedDomain, before: Domain | None, kind: str, alias_of: str | None) -> str:
    if kind != "alias":
        return wanted.status or (before.status if before else "active")
    if wanted.status not in (None, "active"):
        raise ValueError(
            f"The alias domain {wanted.name!r} cannot be {wanted.status}: its users are those of"
            f" {alias_of!r}; set the status of that domain."
        )
    return "active"


def _check_alias_domain(after: Accounts, name: str, alias_of: str | None) -> None:
    if not alias_of:
        raise ValueError(f"The alias domain {name!r} leads nowhere; say where with alias_of.")
    if alias_of == name:
        raise ValueError(f"The alias domain {name!r} cannot be an alias of itself.")
    target = after.domains.get(alias_of)
    if target is None:
        raise ValueError(
            f"The alias domain {name!r} cannot lead to {alias_of!r}, which is not hosted here;"
            " add that domain first."
        )
    if target.kind == "alias":
        raise ValueError(
            f"The alias domain {name!r} cannot lead to {alias_of!r}, which is itself an alias of"
            f" {target.alias_of!r}; let it lead to {target.alias_of!r}."
        )
    addresses = addresses_in(after, name)
    if addresses:
        raise ValueError(
            f"The domain {name!r} cannot become an alias of {alias_of!r}, since it has addresses"
            f" of its own: {some(addresses)}. Remove them first.{_of_retired(after, addresses)}"
        )
    _refuse_leading_domains(after, name, "become an alias")


def _of_retired(after: Accounts, addresses: t.Iterable[Address]) -> str:
    if not after.retired.keys() & set(addresses):
        return ""
    return " Retired ones go with the whole domain only: remove it, then add it as an alias."


def remove_domain(after: Accounts, wanted: WantedDomain) -> Change | None:
    before = after.domains.get(wanted.name)
    if before is None:
        return None
    reasons = _reasons_to_keep(after, wanted)
    if reasons:
        first, *more = reasons
        also = "".join(f" {reason[0].upper()}{reason[1:]}" for reason in more)
        raise ValueError(f"The domain {wanted.name!r} cannot be removed, since {first}{also}")
    gone = _gone(after, wanted.name)
    for address in gone:
        for table in (after.users, after.aliases, after.retired):
            table.pop(address, None)
    for owner, user in after.users.items():
        kept = tuple(alias for alias in user.aliases if alias not in gone)
        after.users[owner] = replace(user, aliases=kept)
    del after.domains[wanted.name]
    return Change(before, None)


def _reasons_to_keep(after: Accounts, wanted: WantedDomain) -> list[str]:
    """All that is in the way, each with what to do about it."""
    reasons: list[str] = []
    domains = _leading_domains(after, wanted.name)
    if domains:
        reasons.append(f"it has alias domains: {domains}. Remove these first.")
    users = [address for address in after.users if address.domain == wanted.name]
    if users and not wanted.force:
        reasons.append(
            f"it has live mailboxes: {some(users)}. Remove these users first, or say force: true"
            " (their mail stays on disk in any case)."
        )
    gone = _gone(after, wanted.name)
    leading = [
        alias.address
        for alias in after.aliases.values()
        if alias.address not in gone and gone.intersection(alias.targets)
    ]
    if leading:
        reasons.append(
            f"aliases of other domains lead to it: {some(leading)}. Change or remove these first."
        )
    return reasons


def _gone(after: Accounts, name: str) -> set[Address]:
    """What goes with a domain: its addresses, and its users' aliases in other domains."""
    addresses = set(addresses_in(after, name))
    users = [after.users[address] for address in addresses if address in after.users]
    return addresses.union(*(user.aliases for user in users))


def _leading_domains(after: Accounts, name: str) -> str:
    return ", ".join(sorted(one.name for one in after.domains.values() if one.alias_of == name))


def _refuse_leading_domains(after: Accounts, name: str, what: str) -> None:
    leading = _leading_domains(after, name)
    if leading:
        raise ValueError(
            f"The domain {name!r} cannot {what}, since it has alias domains: {leading}. Remove"
            " these first."
        )
