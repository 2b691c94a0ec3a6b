# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemons themselves."""

from __future__ import annotations

from ..model import WARNING, Verdict, check
from ..observations import CONFIGURATION, UNIT, Command, Unit

# Letters of /proc/PID/stat: running, sleeping, waiting for a disk, idle.
_LIVING = ("R", "S", "D", "I")
_STATES = {"": "is gone", "T": "is stopped", "t": "is being traced", "Z": "is a zombie"}


def daemon(unit: str) -> str:
    """What people call a unit: postgresql for postgresql@17-main.service."""
    return unit.partition(".")[0].partition("@")[0]


@check(
    "service.running",
    UNIT,
    title="The daemon is running, and its main process lives",
    remedy="journalctl -u TARGET says why; when that is mended, systemctl restart TARGET.",
)
def running(unit: Unit) -> Verdict:
    state = f"{unit.active} ({unit.sub})"
    if unit.pid:
        life = "lives" if unit.process in _LIVING else _STATES.get(unit.process, unit.process)
        state += f", process {unit.pid} {life}"
    passed = unit.active == "active" and unit.process in _LIVING
    return Verdict(passed, "active, with a living main process", state)


@check(
    "service.current",
    UNIT,
    title="The daemon runs what is installed, nothing from before an upgrade",
    remedy="systemctl restart TARGET. For Dovecot and Postfix the playbook selfhost.mail.restart"
    " does it so that what is going on may end.",
    severity=WARNING,
    needs=("service.running",),
)
def current(unit: Unit) -> Verdict:
    first = ", ".join(unit.outdated[:3])
    more = f" and {len(unit.outdated) - 3} more" if len(unit.outdated) > 3 else ""
    seen = f"runs what is no longer there: {first}{more}" if unit.outdated else "nothing older"
    return Verdict(not unit.outdated, "nothing older than what is installed", seen)


@check(
    "service.configuration",
    CONFIGURATION,
    title="The daemon would start again with the configuration on disk",
    remedy="Mend what is named, then systemctl reload TARGET. Do not restart it before.",
)
def configuration(command: Command) -> Verdict:
    said = "; ".join((command.output or command.errors).splitlines())
    return Verdict(command.status == 0, "nothing wrong", said or "nothing wrong")
