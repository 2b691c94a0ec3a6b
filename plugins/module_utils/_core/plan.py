# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is stored and what is asked for to the changes, or to all the reasons against them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import partial

from .address import Address
from .entities import Accounts, Change, Request, WantedUser
from .faults import Collector
from .rules.aliases import put_alias, refuse_loop, remove_alias
from .rules.domains import put_domain, remove_domain
from .rules.users import put_user, remove_user

# New hashes, for those users whose password is to be set.
Hashes = t.Mapping[Address, str]
# Stands for a hash in check mode, where none is made.
NOT_HASHED = "{NOT-HASHED}"


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...]
    # Users that exist and were only to be added.
    skipped: tuple[Address, ...]
    after: Accounts


def plan(stored: Accounts, request: Request, hashes: Hashes) -> Plan:
    """Fold the request over what is stored: domains first, then users, then what leads to them.

    Removals go the other way round. Raises Refused with every reason against it.
    """
    after = stored.copy()
    changes: list[Change] = []
    skipped: list[Address] = []
    collect = Collector()

    def settle(origin: str, step: t.Callable[[], Change | None], column: str = "") -> None:
        change = collect.run(origin, step, column)
        if change is not None:
            changes.append(change)

    for alias in request.aliases:
        if not alias.present:
            settle(alias.origin, partial(remove_alias, after, alias))
    for user in request.users:
        if not user.present:
            settle(user.origin, partial(remove_user, after, user))
    # what an alias domain leads to comes before it
    for domain in sorted(request.domains, key=lambda domain: bool(domain.alias_of)):
        step = put_domain if domain.present else remove_domain
        settle(domain.origin, partial(step, after, domain))
    for user in request.users:
        if user.present and user.add_only and user.email in after.users:
            skipped.append(user.email)
        elif user.present:
            column = "email" if user.origin and not user.aliases else ""
            settle(user.origin, partial(put_user, after, user, hashes), column)
    wanted_aliases = [alias for alias in request.aliases if alias.present]
    coming = {alias.address for alias in wanted_aliases}
    for alias in wanted_aliases:
        settle(alias.origin, partial(put_alias, after, alias, coming))
    for alias in wanted_aliases:
        collect.run(alias.origin, partial(refuse_loop, after, alias.address))
    collect.check()
    return Plan(tuple(changes), tuple(skipped), after)


def unsettled(stored: Accounts, request: Request) -> list[WantedUser]:
    """The users whose stored hash may have to change: theirs are made or compared beforehand."""
    return [
        user
        for user in request.users
        if user.present
        and user.secret
        and (
            user.email not in stored.users
            or (user.always_set_password and not user.add_only and not user.secret.is_generated)
        )
    ]
