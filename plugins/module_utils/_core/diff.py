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
            before[_name(change.before)] = _shown(change.before, None)
        if change.after:
            after[_name(change.after)] = _shown(change.after, change.before)
    return {"before": before, "after": after}


def _name(entity: Entity) -> str:
    if isinstance(entity, Domain):
        return entity.name
    return str(entity.email if isinstance(entity, User) else entity.address)


def _shown(entity: Entity, before: Entity | None) -> Shown:
    shown = {key: value for key, value in entity.result().items() if value is not None}
    if isinstance(entity, User):
        old = before.password_hash if isinstance(before, User) else entity.password_hash
        shown["password"] = "(set)" if entity.password_hash == old else "(changed)"
    return shown
