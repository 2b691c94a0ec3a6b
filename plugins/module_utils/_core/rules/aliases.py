# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an alias may be added, changed or removed."""

from __future__ import annotations

import typing as t

from ..address import Address, sorted_addresses
from ..entities import KNOWN, NEW, Accounts, Alias, Change, WantedAlias
from .namespace import check_domain, check_free, no_such_alias, refuse_leading_aliases, some


def put_alias(after: Accounts, wanted: WantedAlias, coming: t.Collection[Address]) -> Change | None:
    address = wanted.address
    before = after.aliases.get(address)
    if before is None and wanted.expect == KNOWN:
        raise ValueError(no_such_alias(after, address))
    check_domain(after, address, "alias")
    if before is None:
        check_free(after, address, "alias", wanted.reuse_retired)
    elif before.owner:
        raise ValueError(_personal(before))
    if not wanted.targets:
        raise ValueError(f"The alias '{address}' has no targets; name at least one address.")
    for target in wanted.targets:
        _check_target(after, address, target, coming)
    alias = Alias(address, sorted_addresses(wanted.targets))
    if before and alias != before and wanted.expect == NEW:
        raise ValueError(
            f"The alias '{address}' exists since {before.since} and leads to"
            f" {some(before.targets)}; the playbook change_alias changes it."
        )
    after.aliases[address] = alias
    after.retired.pop(address, None)
    return Change(before, alias) if alias != before else None


def remove_alias(after: Accounts, wanted: WantedAlias) -> Change | None:
    address = wanted.address
    before = after.aliases.get(address)
    if before is None:
        if address in after.users:
            raise ValueError(
                f"The address '{address}' is a user's and no alias; remove it with mail_user."
            )
        return None
    if before.owner:
        raise ValueError(_personal(before))
    refuse_leading_aliases(after, address, f"alias '{address}'")
    del after.aliases[address]
    return Change(before, None)


def _personal(alias: Alias) -> str:
    return (
        f"The alias '{alias.address}' belongs to the user '{alias.owner}';"
        " change it with the option aliases of mail_user."
    )


def _check_target(
    after: Accounts, address: Address, target: Address, coming: t.Collection[Address]
) -> None:
    domain = after.domains.get(target.domain)
    if domain is None:
        return
    what = f"The alias '{address}' cannot lead to '{target}'"
    if domain.kind == "alias":
        raise ValueError(
            f"{what}, since {domain.name!r} is an alias domain;"
            f" write '{target.local_part}@{domain.alias_of}'."
        )
    if target in after.retired:
        raise ValueError(f"{what}, which is retired since {after.retired[target]}.")
    if not after.holds(target) and target not in coming:
        raise ValueError(
            f"{what}: the domain is hosted here and has no such address. Add it first."
        )


def refuse_loop(after: Accounts, start: Address) -> None:
    """Walk from an alias along local targets; meeting it again is a loop (mail would go round)."""
    paths: list[tuple[Address, ...]] = [(start,)]
    seen: set[Address] = set()
    while paths:
        path = paths.pop()
        alias = after.aliases.get(path[-1])
        for target in alias.targets if alias else ():
            if target == start:
                way = " → ".join(str(address) for address in (*path, target))
                raise ValueError(f"The alias '{start}' would lead to itself: {way}.")
            if target not in seen:
                seen.add(target)
                paths.append((*path, target))
