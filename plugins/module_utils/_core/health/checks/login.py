# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in: with the right password, with a wrong one, without TLS."""

from __future__ import annotations

from ..model import Verdict, check
from ..observations import CLEAR_LOGIN, CLOSED, LOGIN, WRONG_PASSWORD, Login, Reply


@check(
    "login.accepted",
    LOGIN,
    needs=("database.modules *", "database.dovecot *"),
    title="A user logs in with his password",
    remedy="journalctl -u dovecot says why; doveadm auth test ADDRESS asks it alone.",
)
def accepted(login: Login) -> Verdict:
    return Verdict(login.admitted, "admitted", login.text)


@check(
    "login.wrong_password",
    WRONG_PASSWORD,
    needs=("database.dovecot *",),
    title="A wrong password is refused",
    remedy="Run site.yml: in passdb of dovecot.conf only the database may admit users.",
)
def wrong_password(login: Login) -> Verdict:
    """A server that cannot check passwords also admits nobody, and says something else."""
    passed = not login.admitted and "AUTHENTICATIONFAILED" in login.text
    return Verdict(passed, "refused as AUTHENTICATIONFAILED", login.text)


@check(
    "login.without_tls",
    CLEAR_LOGIN,
    needs=("port.answers",),
    title="A password sent without TLS is refused",
    remedy="Run site.yml: smtpd_tls_auth_only or auth_allow_cleartext was changed.",
)
def without_tls(login: Login) -> Verdict:
    """A refusal of the password itself would say that it was looked at."""
    refused = login.text.startswith(("502 ", "503 ", "530 ", "538 ")) or "PRIVACY" in login.text
    return Verdict(refused, "refused before the password is looked at", login.text)


@check(
    "login.closed",
    CLOSED,
    needs=("database.modules *",),
    title="The probe's own mailbox is locked again",
    remedy="The next run locks it; see why mail_admin may not write (journalctl -u 'postgresql*').",
)
def closed(reply: Reply) -> Verdict:
    return Verdict(reply.code == 0, "locked", reply.text)
