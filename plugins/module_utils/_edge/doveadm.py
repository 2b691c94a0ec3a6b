# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Dovecot on this host knows about a user, where there is a Dovecot."""

from __future__ import annotations

import os
import typing as t

from .probes.command import run


def home(email: str) -> str:
    """The directory of a user's mail, or nothing when Dovecot cannot say."""
    asked = run("doveadm", "user", "-f", "home", email)
    return asked.output if asked.status == 0 else ""


def mailbox(email: str) -> dict[str, t.Any] | None:
    """How many messages a user has, how many bytes they are, and where they lie."""
    path = home(email)
    if not path:
        return None
    if not os.path.isdir(path):
        # Dovecot makes it when the first mail comes, or when somebody asks what is in there
        return {"path": path, "messages": 0, "bytes": 0}
    fields = ("mailbox", "status", "-t", "-u", email, "messages vsize", "*")
    asked = run("doveadm", "-f", "tab", *fields, seconds=20)
    lines = asked.output.splitlines()
    if asked.status != 0 or len(lines) != 2:
        return None
    messages, size = (int(number) for number in lines[1].split())
    return {"path": path, "messages": messages, "bytes": size}


def end_sessions(email: str) -> int | None:
    """Disconnect every session that a user has open; their number, when Dovecot could say."""
    asked = run("doveadm", "kick", email, seconds=20)
    number = asked.output.partition(" ")[0]
    return int(number) if number.isdecimal() else None
