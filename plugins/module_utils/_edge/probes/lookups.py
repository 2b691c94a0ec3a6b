# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look-ups in the database, each made as the daemon makes it that needs it."""

from __future__ import annotations

import secrets
import sys
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import (
    DOVECOT_LOOKUP,
    POSTFIX_LOOKUP,
    SIGNER_LOOKUP,
    Command,
)
from ..database import health
from .command import run

if t.TYPE_CHECKING:
    from ..database.connection import Login
    from .watch import Sights

POSTFIX = Subject(POSTFIX_LOOKUP, "mail_postfix")
DOVECOT = Subject(DOVECOT_LOOKUP, "mail_dovecot")
SIGNER = Subject(SIGNER_LOOKUP, "mail_signer")


def observe_postfix(domain: str) -> Sights:
    """Is the domain hosted? Without proxymap, which would answer over an old connection."""
    maps = run("postconf", "-h", "virtual_mailbox_domains").output.replace(",", " ").split()
    table = maps[0] if maps else ""
    yield POSTFIX, run("postmap", "-q", domain, table.replace("proxy:", "", 1), user="postfix")


def observe_dovecot(domain: str) -> Sights:
    yield DOVECOT, run("doveadm", "user", f"health-{secrets.token_hex(6)}@{domain}")


def observe_signer(login: Login) -> Sights:
    """Its login travels on the standard input: others can see a process's arguments."""
    program, given = health.signing_table_program(login)
    found = run(sys.executable, "-c", program, user="opendkim", given=given)
    yield SIGNER, Command("signing table", found.status, found.output, found.errors)
