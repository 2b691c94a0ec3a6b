# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Dovecot on this host knows about a user, where there is a Dovecot."""

from __future__ import annotations

import os
import typing as t

from .probes.command import run

if t.TYPE_CHECKING:
    from .._core.health.observations import Command


def look_up(email: str, *options: str) -> Command:
    """Ask auth for a user. It crashes, and forgets whom it knows, when who asks is gone before the
    answer (Dovecot 2.4.1), so when that takes too long the question goes on alone."""
    return run("doveadm", "user", *options, email, kill=False)


def home(email: str) -> str:
    """The directory of a user's mail, or nothing when Dovecot cannot say."""
    asked = look_up(email, "-f", "home")
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
