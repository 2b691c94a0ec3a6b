# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail log as journald keeps it."""

from __future__ import annotations

import json
import typing as t

from .._core.trace.log import Entry
from .probes.command import run

# Not by unit: journald does not know the unit of a process that ended right after its last line.
_MAIL = "SYSLOG_FACILITY=2"
_SECONDS = 10.0


def position() -> str:
    """Where the journal ends now, or ValueError."""
    shown = run("journalctl", "--quiet", "--lines=1", "--output=json", seconds=_SECONDS)
    if shown.status != 0 or not shown.output:
        raise ValueError(
            "The journal of the host cannot be read, so nobody can see what becomes of a message:"
            f" journalctl said {shown.errors or shown.output or 'nothing'!r}."
        )
    return str(json.loads(shown.output.splitlines()[-1])["__CURSOR"])


def mail_since(cursor: str) -> tuple[list[Entry], str]:
    """What the mail log got since then, and where it ends now."""
    fields = "--output-fields=MESSAGE,SYSLOG_IDENTIFIER"
    after = f"--after-cursor={cursor}"
    shown = run("journalctl", "--quiet", "--output=json", fields, after, _MAIL, seconds=_SECONDS)
    found = [json.loads(line) for line in shown.output.splitlines()]
    return [_entry(one) for one in found], found[-1]["__CURSOR"] if found else cursor


def _entry(found: t.Mapping[str, t.Any]) -> Entry:
    at = int(found["__REALTIME_TIMESTAMP"]) / 1e6
    return Entry(at, str(found.get("SYSLOG_IDENTIFIER", "")), _text(found.get("MESSAGE")))


def _text(message: t.Any) -> str:
    """A line that is not UTF-8 comes as a list of octets."""
    if isinstance(message, list):
        return bytes(message).decode(errors="replace")
    return str(message or "")
