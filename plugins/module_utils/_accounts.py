# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every state module does: parse, load, plan, apply unless check mode, show."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import partial

from ._core.address import Address
from ._core.change_report import change_report
from ._core.diff import diff
from ._core.entities import Accounts, Entity, Request, WantedUser
from ._core.faults import Fault, refuse_together
from ._core.plan import NOT_HASHED, Plan, plan, unsettled
from ._edge.database.apply import apply
from ._edge.database.connection import Login, reading, session, writing
from ._edge.database.load import load
from ._edge.database.schema import require_current
from ._edge.passwords import make_hash, matches, on_all_cores, warnings_for
from ._module import Options, Result, login_of


@dataclass(frozen=True)
class Outcome:
    """The plan that was carried out, and how the accounts look then."""

    plan: Plan
    accounts: Accounts
    warnings: list[str]


def state_of(noun: str, request_of: t.Callable[[Options], Request]) -> t.Callable[..., Result]:
    """The act of a module that brings one object into a state and returns it under its noun."""

    def act(options: Options, check: bool) -> Result:
        return bring_about(noun, request_of(options), options, check)[0]

    return act


def bring_about(
    noun: str, request: Request, options: Options, check: bool
) -> tuple[Result, Outcome]:
    """Bring one object into its state; the result names it by the noun."""
    outcome = carry_out(login_of(options), request, check)
    entity = _the_one(outcome.accounts, request)
    changes = outcome.plan.changes
    result = {
        "changed": bool(changes),
        "diff": diff(changes),
        "warnings": outcome.warnings,
        noun: entity.result() if entity else {},
        "report": change_report(request, changes, outcome.accounts, check),
    }
    return result, outcome


def carry_out(
    login: Login, request: Request, check: bool, faults: t.Sequence[Fault] = ()
) -> Outcome:
    """Change the accounts as asked, in one transaction; in check mode only plan it.

    Faults that are known already are told together with those that the plan finds.
    """
    with session(login) as connection:
        with reading(connection):
            require_current(connection)
            stored = load(connection, request)
        # refuses what can be refused before the long work of hashing, and without the lock
        users = unsettled(stored, request)
        refuse_together(
            faults, partial(plan, stored, request, {one.email: NOT_HASHED for one in users})
        )
        hashes = _hashes(stored, users, check)
        warnings = warnings_for({user.secret.scheme for user in users if user.secret})
        if check:
            planned = plan(stored, request, hashes)
            return Outcome(planned, planned.after, warnings)
        with writing(connection):
            planned = plan(load(connection, request), request, hashes)
            apply(connection, planned.changes)
            return Outcome(planned, load(connection, request), warnings)


def _hashes(stored: Accounts, users: list[WantedUser], check: bool) -> dict[Address, str]:
    """New hashes for those whose password differs from the stored one."""
    made = on_all_cores(partial(_hash, stored, check), users)
    return {user.email: one for user, one in zip(users, made) if one}


def _hash(stored: Accounts, check: bool, user: WantedUser) -> str:
    secret, known = user.secret, stored.users.get(user.email)
    if secret is None:
        return ""
    if secret.clear is None:
        # a plan counts on the password that will be generated
        return secret.ready_hash or (NOT_HASHED if check and secret.is_generated else "")
    if known and matches(secret.clear, known.password_hash):
        return ""
    return NOT_HASHED if check else make_hash(secret.clear, secret.scheme, secret.rounds)


def _the_one(accounts: Accounts, request: Request) -> Entity | None:
    for domain in request.domains:
        return accounts.domains.get(domain.name)
    for user in request.users:
        return accounts.users.get(user.email)
    for alias in request.aliases:
        return accounts.aliases.get(alias.address)
    return None
