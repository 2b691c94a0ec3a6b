# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd's word on the daemons, and the kernel's on their main processes."""

from __future__ import annotations

import typing as t

from ..._core.health.checks.services import daemon
from ..._core.health.model import Subject, Unseen
from ..._core.health.observations import CONFIGURATION, UNIT, Unit
from .. import processes
from .command import run

if t.TYPE_CHECKING:
    from .watch import Sights, Watch

# What is left of a run after the longest command, which on a busy host takes seconds.
_REST_S = 0.5
_PROPERTIES = "--property=ActiveState,SubState,MainPID"


def subject(unit: str) -> Subject[t.Any]:
    return Subject(UNIT, daemon(unit))


def configuration(unit: str) -> Subject[t.Any]:
    return Subject(CONFIGURATION, daemon(unit))


def observe_configuration(unit: str, watch: Watch) -> Sights:
    """By the command that judges candidates when a role configures the daemon."""
    command, seconds = f"/usr/local/sbin/check-{daemon(unit)}", watch.remaining() - _REST_S
    said = run(command, seconds=seconds)
    # a daemon that hangs is seen by others
    late = f"{command} did not end within {seconds:.1f} s"
    slow = Unseen(late, on_purpose=True, says_nothing=True)
    yield configuration(unit), slow if said.status is None else said


def observe(units: t.Sequence[str]) -> Sights:
    for unit in units:
        shown = run("systemctl", "show", _PROPERTIES, unit)
        found = dict(line.split("=", 1) for line in shown.output.splitlines() if "=" in line)
        pid = int(found.get("MainPID", "0"))
        state = found.get("ActiveState", shown.errors or "unknown")
        yield subject(unit), Unit(state, found.get("SubState", ""), pid, *_processes(pid))


def _processes(main: int) -> tuple[str, tuple[str, ...]]:
    """The state letter of the main process, and what all of them run that is not installed now."""
    state = "".join(processes.stat(main)[:1])
    outdated = [processes.outdated(pid) for pid in (main, *processes.children(main))]
    return state, tuple(sorted(set().union(*outdated)))
