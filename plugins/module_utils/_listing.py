# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_info does: list what is asked for, and tell everything about one user."""

from __future__ import annotations

import typing as t

from ._core.account import account_report
from ._core.address import parse_domain, parse_own_address
from ._core.dkim import key_result
from ._core.entities import KNOWN, Request, WantedDomain, WantedUser
from ._core.rules.namespace import no_such_domain, no_such_user
from ._edge import doveadm
from ._edge.database import keys, listing
from ._edge.database.account import load_account
from ._edge.database.connection import reading, session
from ._edge.database.load import load
from ._edge.database.schema import require_current
from ._module import Options, Result, login_of

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

    Lister = t.Callable[[Connection, listing.Wanted], list[Result]]

_LISTERS: dict[str, Lister] = {
    "domains": listing.domains,
    "users": listing.users,
    "aliases": listing.aliases,
}


def list_accounts(options: Options, _check: bool) -> Result:
    """The act of mail_info."""
    domain = None if options["domain"] is None else parse_domain(options["domain"])
    wanted = listing.Wanted(domain, options["kind"], options["status"], options["match"])
    asked = [name for name in _LISTERS if name in options["gather"]]
    with session(login_of(options)) as connection:
        with reading(connection):
            require_current(connection)
            if domain is not None:
                _require_domain(connection, domain)
            result: Result = {name: _LISTERS[name](connection, wanted) for name in asked}
            if options["email"] is not None:
                result["account"] = _account(connection, options["email"])
        if "keys" in options["gather"]:
            found = keys.load(connection, domain).keys
            # not "keys", which in Jinja is the method of every dictionary
            result["dkim_keys"] = [key_result(key) for key in found]
    if "account" in result:
        account = result["account"]
        account["mailbox"] = doveadm.mailbox(account["email"])
        result["report"] = account_report(account)
    return {"changed": False, **result}


def _require_domain(connection: Connection, name: str) -> None:
    stored = load(connection, Request(domains=(WantedDomain(name, expect=KNOWN),)))
    if name not in stored.domains:
        raise ValueError(no_such_domain(stored, name))


def _account(connection: Connection, text: str) -> Result:
    email = parse_own_address(text)
    account = load_account(connection, email)
    if account is None:
        stored = load(connection, Request(users=(WantedUser(email, expect=KNOWN),)))
        raise ValueError(no_such_user(stored, email))
    return account
