# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_database does: compare the server with what is wanted, make what is missing."""

from __future__ import annotations

from ._core.server_plan import SPELLED, Plan, Role, Server, Wanted, plan, told
from ._edge.database import server
from ._edge.database.connection import DatabaseMissing, session
from ._module import Options, Result, login_of

# A server that does not run yet, and somebody who may do everything on it.
_NOTHING = Server(Role("", dict.fromkeys(SPELLED, True)), {})


def provide(options: Options, check: bool) -> Result:
    """Make roles and database as they are wanted."""
    passwords = _passwords(options["passwords"])
    wanted = _wanted(options, passwords)
    try:
        return _run(options, wanted, passwords, check)
    except DatabaseMissing as missing:
        if not check:
            raise
        planned, _lacking = plan(wanted, _NOTHING)
        return {**_result(planned, wanted), "warnings": [str(missing)]}


def _run(options: Options, wanted: Wanted, passwords: dict[str, str], check: bool) -> Result:
    login = login_of(options)
    with session(login) as connection:
        planned, lacking = plan(wanted, server.look(connection, login, wanted, passwords))
        if lacking:
            remedy = server.remedy(lacking, login.user, wanted.database)
            raise ValueError(
                f"The role {login.user!r} may not do all that is needed for the {login}. Have a"
                f" superuser of the server run: {remedy} Then run this again. Nothing was written."
            )
        result = _result(planned, wanted)
        if not check and result["changed"]:
            server.make(connection, planned, wanted, passwords)
            refused = set(planned.passwords) - server.in_force(connection, login, wanted, passwords)
            if refused:
                result["warnings"] = [
                    f"The server does not let {', '.join(sorted(refused))} in from this host with"
                    " the password that was set just now, so each run sets it again. Look at"
                    " pg_hba.conf on the server, or set update_passwords to on_create."
                ]
    return result


def _passwords(given: object) -> dict[str, str]:
    named = {} if given is None else given
    if not isinstance(named, dict) or not all(isinstance(one, str) for one in named.values()):
        raise ValueError(
            "The option passwords is no dictionary of texts; give each password in quotes under the"
            " name of its role."
        )
    return named


def _wanted(options: Options, passwords: dict[str, str]) -> Wanted:
    roles = tuple(_role(role) for role in options["roles"])
    strangers = set(passwords) - {role.name for role in roles}
    if strangers:
        raise ValueError(
            f"passwords names {', '.join(sorted(strangers))}, and roles does not; name a role in"
            " both, or in roles alone."
        )
    return Wanted(
        roles,
        options["name"] or "",
        options["owner"] if options["name"] else "",
        frozenset(passwords),
        options["update_passwords"] == "on_create",
    )


def _role(given: Options) -> Role:
    for setting in given["settings"]:
        if not setting.partition("=")[2]:
            raise ValueError(
                f"The setting {setting!r} of the role {given['name']!r} is not of the form"
                " name=value."
            )
    named = {name: given[name] for name in ("connections", *SPELLED) if given[name] is not None}
    return Role(given["name"], named, frozenset(given["settings"]))


def _result(planned: Plan, wanted: Wanted) -> Result:
    changes = told(planned, wanted)
    return {
        "changed": bool(changes),
        "changes": changes,
        "diff": {"before": "", "after": "".join(f"{line}\n" for line in changes)},
    }
