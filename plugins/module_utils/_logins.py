# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs in with new passwords, and says of each that does not get in why."""

from __future__ import annotations

from ._edge.probes.auth import try_logins

Pairs = list[tuple[str, str]]


def refused_logins(pairs: Pairs, socket: str) -> dict[str, str]:
    """The users that Dovecot does not let in with their passwords, each with the reason."""
    try:
        logins = try_logins(pairs, socket)
    except OSError as error:
        reason = (
            f"Dovecot does not answer on {socket} ({error}), so no login was tried."
            " Start Dovecot and run the role dovecot; what was asked for is stored."
        )
        return {user: reason for user, _password in pairs}
    return {login.user: _why(login.code) for login in logins if not login.accepted}


def _why(code: str) -> str:
    if code == "temp_fail":
        return (
            "Dovecot could not look the user up; see its log (journalctl -u dovecot). What was"
            " asked for is stored."
        )
    return "Dovecot refused the login with the password that was given. The password is stored."
