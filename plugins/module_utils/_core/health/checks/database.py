# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The database answers, asked as each of its readers asks."""

from __future__ import annotations

from ..model import Verdict, check
from ..observations import (
    ADMIN_LOOKUP,
    DOVECOT_LOOKUP,
    POSTFIX_LOOKUP,
    SIGNER_LOOKUP,
    Command,
)

_NOT_FOUND = 67  # doveadm's status for a user who does not exist; 75 is a fault
_REMEDY = (
    "journalctl -u 'postgresql*' says whether the role may come in; site.yml restores its rights."
)


@check(
    "database.modules",
    ADMIN_LOOKUP,
    needs=("service.running postgresql",),
    title="The modules can log in as mail_admin",
    remedy=_REMEDY,
)
def modules(command: Command) -> Verdict:
    return Verdict(command.status == 0, "the domains", _said(command))


@check(
    "database.postfix",
    POSTFIX_LOOKUP,
    needs=("service.running postgresql",),
    title="Postfix's look-up of a hosted domain finds it",
    remedy=_REMEDY,
)
def postfix(command: Command) -> Verdict:
    """postmap ends with 1 for "not found" and for faults; only what it says tells them apart."""
    passed = command.status == 0 and bool(command.output) and "fatal:" not in command.errors
    return Verdict(passed, "the domain", _said(command, missing=1))


@check(
    "database.dovecot",
    DOVECOT_LOOKUP,
    needs=(
        "service.running postgresql",
        "service.running dovecot",
        "service.configuration dovecot",
    ),
    title="Dovecot's look-up of a user who does not exist says so",
    remedy="journalctl -u dovecot says what it got instead. " + _REMEDY,
)
def dovecot(command: Command) -> Verdict:
    """A user who exists proves nothing: Dovecot answers for him from its cache."""
    passed = command.status == _NOT_FOUND
    return Verdict(passed, "no such user", _said(command, missing=_NOT_FOUND))


@check(
    "database.signer",
    SIGNER_LOOKUP,
    needs=("service.running postgresql",),
    title="The signer's look-up in its signing table works",
    remedy=_REMEDY,
)
def signer(command: Command) -> Verdict:
    return Verdict(command.status == 0, "an answer", _said(command))


def _said(command: Command, missing: int = -1) -> str:
    if command.status is None:
        return "no answer in time"
    if command.errors and command.status != 0 and command.status != _NOT_FOUND:
        return command.errors.strip().splitlines()[-1]
    if command.status == missing:
        return "not found"
    return command.output.strip() or f"nothing, status {command.status}"
