# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_user does: one user, and what Dovecot has to do with him."""

from __future__ import annotations

from ._accounts import Outcome, bring_about
from ._core.entities import User
from ._core.requests import user_request
from ._edge import doveadm
from ._logins import refused_logins
from ._module import Failure, Options, Result

_SESSIONS = "What was connected stays so; Dovecot's command doveadm is not on this host."


def put_user(options: Options, check: bool) -> Result:
    """The act of mail_user."""
    request = user_request(options)
    email = str(request.users[0].email)
    # Dovecot knows it only as long as the user is there
    home = "" if request.users[0].present else doveadm.home(email)
    result, outcome = bring_about("user", request, options, check)
    removed = [one.before for one in outcome.plan.changes if one.after is None]
    for user in removed:
        if isinstance(user, User):
            result["report"].append(_where(user, home))
    if check:
        return result
    if options["end_sessions"] and result["changed"]:
        result["report"].append(_sessions(doveadm.end_sessions(email)))
    user = outcome.accounts.users.get(request.users[0].email)
    if user and options["verify_login"] and options["password"] is not None:
        _prove(options, user, outcome, result)
    return result


def _where(user: User, home: str) -> str:
    place = home or f"{user.home} below the base directory of the store"
    return f"The mail stays on disk in {place}, and nobody else gets the address."


def _sessions(count: int | None) -> str:
    if count is None:
        return _SESSIONS
    return "No session was open." if count == 0 else f"Sessions that were ended: {count}."


def _prove(options: Options, user: User, outcome: Outcome, result: Result) -> None:
    """Log in with the password, unless a status stands against it."""
    accounts = outcome.accounts
    for status in (user.status, accounts.domains[user.email.domain].status):
        if not accounts.statuses[status].may_log_in:
            result["report"].append(f"No login was tried, since none is possible while {status}.")
            return
    email = str(user.email)
    refused = refused_logins([(email, options["password"])], options["auth_socket"])
    if refused:
        raise Failure(f"{email} cannot log in. {refused[email]}", **result)
    result["report"].append(f"A login as {email} with this password succeeded.")
