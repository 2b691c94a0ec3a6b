# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_info does: list what is asked for, and tell everything about one user."""

from __future__ import annotations

from ._core.account import account_report
from ._core.address import Address, parse_domain, parse_own_address
from ._core.dkim import key_result
from ._core.entities import KNOWN, Accounts, Request, WantedDomain, WantedUser
from ._core.rules.namespace import no_such_domain, no_such_user
from ._edge import doveadm
from ._edge.database import keys, listing
from ._edge.database.account import load_account
from ._edge.database.connection import reading, session
from ._edge.database.load import load
from ._edge.database.schema import require_current
from ._module import Options, Result, login_of

_LISTERS = {"domains": listing.domains, "users": listing.users, "aliases": listing.aliases}


def list_accounts(options: Options, _check: bool) -> Result:
    """The act of mail_info."""
    domain = None if options["domain"] is None else parse_domain(options["domain"])
    email = None if options["email"] is None else parse_own_address(options["email"])
    wanted = listing.Wanted(domain, options["kind"], options["status"], options["match"])
    result: Result = {"changed": False}
    with session(login_of(options)) as connection:
        with reading(connection):
            require_current(connection)
            _refuse_unknown(load(connection, _named(domain, email)), domain, email)
            for name, rows in _LISTERS.items():
                if name in options["gather"]:
                    result[name] = rows(connection, wanted)
            account = load_account(connection, email) if email else None
        if "keys" in options["gather"]:
            found = keys.load(connection, domain).keys
            # not "keys", which in Jinja is the method of every dictionary
            result["dkim_keys"] = [key_result(key) for key in found]
    if account:
        account["mailbox"] = doveadm.mailbox(account["email"])
        result.update(account=account, report=account_report(account))
    return result


def _named(domain: str | None, email: Address | None) -> Request:
    """What has to be there, as a request that would change it."""
    return Request(
        domains=(WantedDomain(domain, expect=KNOWN),) if domain else (),
        users=(WantedUser(email, expect=KNOWN),) if email else (),
    )


def _refuse_unknown(stored: Accounts, domain: str | None, email: Address | None) -> None:
    if domain and domain not in stored.domains:
        raise ValueError(no_such_domain(stored, domain))
    if email and email not in stored.users:
        raise ValueError(no_such_user(stored, email))
