# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every state module does: parse, load, plan, apply unless check mode, show."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import partial

from ._core.address import Address
from ._core.diff import diff
from ._core.dkim import key_result
from ._core.entities import Accounts, Entity, Request, WantedUser
from ._core.faults import Fault, refuse_together
from ._core.plan import NOT_HASHED, Plan, plan, unsettled
from ._edge.database import keys
from ._edge.database.apply import apply
from ._edge.database.connection import Login, reading, session, writing
from ._edge.database.load import load, load_everything
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
        request = request_of(options)
        outcome = carry_out(login_of(options), request, check)
        entity = _the_one(outcome.accounts, request)
        return {
            "changed": bool(outcome.plan.changes),
            "diff": diff(outcome.plan.changes),
            "warnings": outcome.warnings,
            noun: entity.result() if entity else {},
        }

    return act


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
        return secret.ready_hash or ""
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


def list_accounts(options: Options, _check: bool) -> Result:
    """The act of mail_info."""
    with session(login_of(options)) as connection:
        with reading(connection):
            require_current(connection)
            accounts = load_everything(connection)
        found = keys.load(connection).keys
    listed: dict[str, list[Result]] = {
        "domains": [one.result() for _name, one in sorted(accounts.domains.items())],
        "users": [one.result() for _email, one in sorted(accounts.users.items())],
        "aliases": [one.result() for _address, one in sorted(accounts.aliases.items())],
        "keys": [key_result(key) for key in found],
    }
    # not "keys", which in Jinja is the method of every dictionary
    names = {"keys": "dkim_keys"}
    gathered = {names.get(name, name): listed[name] for name in options["gather"]}
    return {"changed": False, **gathered}
