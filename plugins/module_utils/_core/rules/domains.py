# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a domain may be added, changed or removed."""

from __future__ import annotations

from dataclasses import replace

from ..entities import Accounts, Change, Domain, WantedDomain
from .namespace import addresses_in, some


def put_domain(after: Accounts, wanted: WantedDomain) -> Change | None:
    before = after.domains.get(wanted.name)
    kind = wanted.kind or (before.kind if before else "alias" if wanted.alias_of else "hosted")
    alias_of = wanted.alias_of or (before.alias_of if before and kind == "alias" else None)
    if kind == "alias":
        _check_alias_domain(after, wanted.name, alias_of)
    elif wanted.alias_of:
        raise ValueError(
            f"The domain {wanted.name!r} has alias_of={wanted.alias_of!r} and is of kind"
            f" {kind!r}; only one of kind 'alias' leads to another domain."
        )
    domain = replace(before or Domain(wanted.name), kind=kind, alias_of=alias_of)
    after.domains[wanted.name] = domain
    return Change(before, domain) if domain != before else None


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
            f" of its own: {some(addresses)}. Remove them first."
        )
    _refuse_leading_domains(after, name, "become an alias")


def remove_domain(after: Accounts, wanted: WantedDomain) -> Change | None:
    before = after.domains.get(wanted.name)
    if before is None:
        return None
    _refuse_leading_domains(after, wanted.name, "be removed")
    users = [address for address in after.users if address.domain == wanted.name]
    if users and not wanted.force:
        raise ValueError(
            f"The domain {wanted.name!r} cannot be removed, since it has live mailboxes:"
            f" {some(users)}. Remove these users first, or say force: true (their mail stays on"
            " disk in any case)."
        )
    addresses = set(addresses_in(after, wanted.name))
    gone = addresses.union(*(after.users[user].aliases for user in users))
    leading = [
        alias.address
        for alias in after.aliases.values()
        if alias.address not in gone and gone.intersection(alias.targets)
    ]
    if leading:
        raise ValueError(
            f"The domain {wanted.name!r} cannot be removed, since aliases of other domains lead"
            f" to it: {some(leading)}. Change or remove these first."
        )
    for address in gone:
        for table in (after.users, after.aliases, after.retired):
            table.pop(address, None)
    for owner, user in after.users.items():
        kept = tuple(alias for alias in user.aliases if alias not in gone)
        after.users[owner] = replace(user, aliases=kept)
    del after.domains[wanted.name]
    return Change(before, None)


def _refuse_leading_domains(after: Accounts, name: str, what: str) -> None:
    leading = sorted(domain.name for domain in after.domains.values() if domain.alias_of == name)
    if leading:
        raise ValueError(
            f"The domain {name!r} cannot {what}, since it has alias domains:"
            f" {', '.join(leading)}. Remove these first."
        )
