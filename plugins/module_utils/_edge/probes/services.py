# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd's word on the daemons, and the kernel's on their main processes."""

from __future__ import annotations

import typing as t

from ..._core.health.checks.services import daemon
from ..._core.health.model import Subject
from ..._core.health.observations import CONFIGURATION, UNIT, Unit
from .command import run

if t.TYPE_CHECKING:
    from .watch import Sights

_PROPERTIES = "--property=ActiveState,SubState,MainPID"


def subject(unit: str) -> Subject[t.Any]:
    return Subject(UNIT, daemon(unit))


def configuration(unit: str) -> Subject[t.Any]:
    return Subject(CONFIGURATION, daemon(unit))


def observe_configuration(unit: str) -> Sights:
    """By the command that judges candidates when a role configures the daemon."""
    yield configuration(unit), run(f"/usr/local/sbin/check-{daemon(unit)}")


def observe(units: t.Sequence[str]) -> Sights:
    for unit in units:
        shown = run("systemctl", "show", _PROPERTIES, unit)
        found = dict(line.split("=", 1) for line in shown.output.splitlines() if "=" in line)
        pid = int(found.get("MainPID", "0"))
        state = found.get("ActiveState", shown.errors or "unknown")
        yield subject(unit), Unit(state, found.get("SubState", ""), pid, _process(pid))


def _process(pid: int) -> str:
    """The state letter; it follows the name, which may hold anything, in brackets."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""
