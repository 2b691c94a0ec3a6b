# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan changes, as a person reads it; of secrets only that they change."""

from __future__ import annotations

import typing as t

from .entities import Change, Domain, Entity, User

Shown = dict[str, t.Any]


def diff(changes: t.Sequence[Change]) -> dict[str, Shown]:
    """The changed entities before and after, each under its name."""
    before: Shown = {}
    after: Shown = {}
    for change in changes:
        if change.before:
            before[name_of(change.before)] = shown(change.before, None)
        if change.after:
            after[name_of(change.after)] = shown(change.after, change.before)
    return {"before": before, "after": after}


def name_of(entity: Entity) -> str:
    """A domain's name, or an address."""
    if isinstance(entity, Domain):
        return entity.name
    return str(entity.email if isinstance(entity, User) else entity.address)


def shown(entity: Entity, before: Entity | None) -> Shown:
    """What a result shows of it, and whether its password differs from the one before."""
    told = {key: value for key, value in entity.result().items() if value is not None}
    if isinstance(entity, User):
        old = before.password_hash if isinstance(before, User) else entity.password_hash
        told["password"] = "(set)" if entity.password_hash == old else "(changed)"
    return told
