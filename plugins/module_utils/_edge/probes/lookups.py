# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look-ups in the database, each made as the daemon makes it that needs it."""

from __future__ import annotations

import secrets
import shlex
import sys
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import (
    DOVECOT_LOOKUP,
    POSTFIX_LOOKUP,
    SIGNER_LOOKUP,
    Command,
)
from .. import doveadm
from ..database import health
from .command import run

if t.TYPE_CHECKING:
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
    yield DOVECOT, doveadm.look_up(f"health-{secrets.token_hex(6)}@{domain}")


def observe_signer() -> Sights:
    """Where its database is stands in the unit."""
    shown = run("systemctl", "show", "--property=Environment", "--value", "opendkim.service")
    environment = dict(word.split("=", 1) for word in shlex.split(shown.output) if "=" in word)
    program = health.SIGNING_TABLE_PROGRAM
    found = run(sys.executable, "-c", program, user="opendkim", environment=environment)
    yield SIGNER, Command("signing table", found.status, found.output, found.errors)
