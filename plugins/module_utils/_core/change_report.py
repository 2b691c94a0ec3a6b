# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of one domain, user or alias, as lines for a person."""

from __future__ import annotations

import typing as t

from .diff import name_of, shown
from .entities import Accounts, Alias, Change, Domain, Entity, Permits, Request, User
from .rules.namespace import no_such_alias, no_such_domain, no_such_user
from .text_table import text_table

_COLUMNS = {"what": "what", "before": "before", "after": "after"}


def change_report(
    request: Request, changes: t.Sequence[Change], after: Accounts, check: bool
) -> list[str]:
    """The report on a request that names one object; in check mode it says what would be."""
    if not changes:
        return [f"Nothing had to be changed. {_as_it_is(request, after)}"]
    change = changes[0]
    entity = change.after or change.before
    if entity is None:
        raise ValueError("A change has something before or after it.")
    done = "removed" if not change.after else "changed" if change.before else "added"
    lines = [f"The {described(entity)} {'would be' if check else 'was'} {done}."]
    if change.before and change.after:
        lines += text_table(_differences(change.before, change.after), _COLUMNS)
    if isinstance(change.after, Alias):
        lines.append(_leads(change.after))
    elif change.after and _status(change.before) != _status(change.after):
        status = change.after.status
        lines.append(f"In status {status}: {permitted(after.statuses[status])}.")
    return lines


def described(entity: Entity) -> str:
    """The sort and the name of an object."""
    if isinstance(entity, Domain):
        sort = "alias domain" if entity.kind == "alias" else "domain"
    elif isinstance(entity, User):
        sort = "user"
    else:
        sort = "catch-all" if entity.address.is_catch_all else "alias"
    return f"{sort} {name_of(entity)}"


def permitted(permits: Permits) -> str:
    """What a status lets its holders do, and what it does not."""
    words = {
        "log in": permits.may_log_in,
        "send": permits.may_submit,
        "receive": permits.may_receive,
    }
    may = [word for word, is_so in words.items() if is_so]
    may_not = [word for word, is_so in words.items() if not is_so]
    parts = [f"may {', '.join(may)}"] if may else []
    parts += [f"may not {', '.join(may_not)}"] if may_not else []
    if permits.refusal:
        parts.append(f"mail is refused with {permits.refusal!r}")
    return "; ".join(parts)


def _differences(before: Entity, after: Entity) -> list[dict[str, t.Any]]:
    old, new = shown(before, None), shown(after, before)
    return [
        {"what": name.replace("_", " "), "before": old.get(name), "after": new.get(name)}
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _status(entity: Entity | None) -> str:
    """A new one that is active needs no explanation."""
    return getattr(entity, "status", "active")


def _leads(alias: Alias) -> str:
    targets = ", ".join(str(target) for target in alias.targets)
    if alias.address.is_catch_all:
        return f"Mail to addresses of {alias.address.domain} that nobody has goes to {targets}."
    return f"Mail to {alias.address} goes to {targets}."


def _as_it_is(request: Request, after: Accounts) -> str:
    for domain in request.domains:
        found = after.domains.get(domain.name)
        return _is_right(found) if found else no_such_domain(after, domain.name)
    for user in request.users:
        known = after.users.get(user.email)
        return _is_right(known) if known else no_such_user(after, user.email)
    for alias in request.aliases:
        there = after.aliases.get(alias.address)
        return _leads(there) if there else no_such_alias(after, alias.address)
    return ""


def _is_right(entity: Entity) -> str:
    return f"The {described(entity)} is as it should be."
