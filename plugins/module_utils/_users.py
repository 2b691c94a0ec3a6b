# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_users does: one plan for all accounts, and then a login of each new user."""

from __future__ import annotations

import dataclasses
import typing as t

from ._accounts import carry_out
from ._core.diff import diff
from ._core.entities import Change, Request, User
from ._core.faults import SHOWN, Fault, Refused
from ._core.requests import accounts_request
from ._edge.database.connection import CommitBroken, DatabaseError
from ._logins import refused_logins
from ._module import Failure, Options, Result, login_of


def put_users(options: Options, check: bool) -> Result:
    """Bring all accounts of the request into their state and report on the users among them."""
    sealed = _sealed(options)
    check = check or sealed.get("only_plan", False)
    existing = options["existing"] or ("update" if options["src"] is None else "skip")
    try:
        request, faults = accounts_request(
            {
                **options,
                "users": sealed["rows"],
                "add_only": existing == "skip",
                "generated": sealed.get("generated"),
            },
            [Fault(*told) for told in sealed["faults"]],
        )
        outcome = carry_out(login_of(options), request, check, faults)
    except Refused as refused:
        failures = [dataclasses.asdict(one) for one in refused.faults]
        raise Failure(str(refused), failures=failures, written=False) from None
    except CommitBroken:
        raise
    except (ValueError, DatabaseError) as error:
        raise Failure(str(error), written=False) from None
    changes = outcome.plan.changes
    added = _users(changes, new=True)
    updated = _users(changes, new=False)
    result: Result = {
        "changed": bool(changes),
        "diff": diff(changes),
        "warnings": outcome.warnings,
        "added": added,
        "updated": updated,
        "generated": _generated(request, added),
        "existing": sorted({str(user.email) for user in request.users}.difference(added, updated)),
        "verified": [],
        "failures": [],
    }
    if options["verify_logins"] and not check:
        _verify(options["auth_socket"], request, result)
    result["counts"] = {
        "total": len(request.users),
        "added": len(added),
        "updated": len(updated),
        "skipped": len(result["existing"]),
        "failed": len(result["failures"]),
    }
    result["report"] = report(result)
    if result["failures"]:
        raise Failure(_sentence(result), **result)
    return result


def _sealed(options: Options) -> t.Mapping[str, t.Any]:
    """The users as the action plugin sends them, and nobody else."""
    sealed = options["sealed_users"] or {"rows": [], "faults": []}
    is_sealed = isinstance(sealed, dict) and isinstance(sealed.get("rows"), list)
    if options["users"] is not None or not is_sealed or "faults" not in sealed:
        raise ValueError(
            "The option users reached the module by a way on which it could be written to a file;"
            " call the module from a task, so that its action plugin runs."
        )
    return sealed


def report(result: t.Mapping[str, t.Any]) -> list[str]:
    """The result as lines for a person."""
    counts = result["counts"]
    figures = ", ".join(
        f"{counts[name]} {name}" for name in ("added", "updated", "skipped", "failed")
    )
    users = "1 user" if counts["total"] == 1 else f"{counts['total']} users"
    lines = [f"{users}: {figures}."]
    generated, verified = set(result["generated"]), set(result["verified"])
    added = [
        f"{address}  added"
        + (" with a generated password" if address in generated else "")
        + (" and logged in" if address in verified else "")
        for address in result["added"]
    ]
    lines += _some(added)
    lines += _some([f"{address}  updated" for address in result["updated"]])
    lines += _some([f"{address}  skipped, since it exists" for address in result["existing"]])
    lines += _some([f"{one['origin']}  failed: {one['reason']}" for one in result["failures"]])
    return lines


def _some(lines: list[str]) -> list[str]:
    """As many lines as a person reads; the lists of the result have all."""
    more = len(lines) - SHOWN
    what = lines[SHOWN].partition("  ")[2].partition(":")[0] if more > 0 else ""
    return lines[:SHOWN] + ([f"and {more} more  {what}"] if more > 0 else [])


def _generated(request: Request, added: t.Collection[str]) -> list[str]:
    new = set(added)
    return sorted(
        str(user.email)
        for user in request.users
        if user.secret and user.secret.is_generated and str(user.email) in new
    )


def _users(changes: t.Iterable[Change], *, new: bool) -> list[str]:
    return sorted(
        str(change.after.email)
        for change in changes
        if isinstance(change.after, User) and (change.before is None) == new
    )


def _verify(socket: str, request: Request, result: Result) -> None:
    """Log in as each user who was added with a clear password."""
    pairs = [
        (str(user.email), user.secret.clear)
        for user in request.users
        if user.secret and user.secret.clear and str(user.email) in set(result["added"])
    ]
    if not pairs:
        return
    refused = refused_logins(pairs, socket)
    result["verified"] = sorted(user for user, _password in pairs if user not in refused)
    result["failures"] = [
        {"origin": user, "reason": refused[user]} for user, _password in pairs if user in refused
    ]


def _sentence(result: Result) -> str:
    failures = result["failures"]
    first = failures[0]
    more = f" {len(failures) - 1} more failed as well." if len(failures) > 1 else ""
    return (
        f"{len(failures)} of {len(result['added'])} added users cannot log in."
        f" {first['origin']}: {first['reason']}{more}"
    )
