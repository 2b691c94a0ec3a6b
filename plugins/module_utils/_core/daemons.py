# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How mail daemons are paused, resumed and restarted, and what is said about it."""

from __future__ import annotations

import dataclasses
import re
import typing as t

POSTFIX, DOVECOT = UNITS = ("postfix", "dovecot")
PAUSED, RUNNING, RESTARTED = STATES = ("paused", "running", "restarted")
# What can be done to a unit.
DRAIN, STOP, MASK, UNMASK, START, RESTART, WAIT = (
    "drain",
    "stop",
    "mask",
    "unmask",
    "start",
    "restart",
    "wait",
)
# Who serves what; the ports themselves are a matter of the site.
_SERVED = {
    POSTFIX: ("smtp", "submission", "submissions"),
    DOVECOT: ("imaps", "imap", "pop3s", "pop3", "sieve"),
}
# A message that comes in, or is read or stored in a Maildir.
_MOVING = re.compile(r".*/incoming/.*|.+/(tmp|cur|new)/(?!dovecot)[^/]+")
# A message that goes out; its file stays open until the queue manager hears what came of it.
_LEAVING = re.compile(r".*/active/.*")


@dataclasses.dataclass(frozen=True)
class Unit:
    """A daemon as systemd knows it; a masked one is not started by anybody or anything.

    `own_file` is a unit of the administrator's in the place where a mask would stand.
    """

    name: str
    installed: bool
    active: bool
    masked: bool
    own_file: str = ""


@dataclasses.dataclass(frozen=True)
class Done:
    """What was done to a unit: how long it drained, what was cut then, how long nobody answered."""

    unit: Unit
    steps: tuple[str, ...]
    drained_s: float = 0.0
    cut: int = 0
    gap_s: float = 0.0


def is_busy(files: t.Iterable[str], connected: bool) -> bool:
    """Whether a process that has these files open, and maybe a TCP connection, moves a message."""
    wanted = (_MOVING, _LEAVING) if connected else (_MOVING,)
    return any(form.fullmatch(file) for file in files for form in wanted)


def serves(unit: str, service: str) -> bool:
    return service in _SERVED[unit]


def steps(state: str, unit: Unit) -> tuple[str, ...]:
    """What brings a unit into a state; ValueError where that cannot be."""
    if not unit.installed:
        raise ValueError(
            f"{unit.name} cannot be {state}, because it is not installed on this host: run the"
            " playbook site.yml first, or correct the groups of the inventory."
        )
    if state == PAUSED and unit.own_file:
        raise ValueError(
            f"{unit.name} cannot be paused, because {unit.own_file} keeps systemd from masking it:"
            " move that file to /usr/local/lib/systemd/system."
        )
    if state == PAUSED:
        active = (DRAIN, STOP) if unit.active else ()
        return (*active, *(() if unit.masked else (MASK,)))
    if state == RESTARTED and unit.masked:
        raise ValueError(
            f"{unit.name} cannot be restarted, because it is paused: run the playbook resume.yml."
        )
    if state == RESTARTED and unit.active:
        return (DRAIN, RESTART, WAIT)
    allowed = (UNMASK,) if unit.masked else ()
    return () if unit.active and not unit.masked else (*allowed, START, WAIT)


def tell(done: Done, *, would: bool) -> str:
    """What was done, or would be, in a line."""
    name, found = done.unit.name, set(done.steps)
    if not found:
        return f"{name} was {'paused' if done.unit.masked else 'running'} already"
    if would:
        return f"{name} would be {_DONE[_main(found)]}"
    said = f"{name} is {_DONE[_main(found)]}"
    if DRAIN in found:
        ended = f"what it was doing took {done.drained_s:.1f} s to end"
        cut = f"{done.cut} transfers were cut after {done.drained_s:.0f} s; their clients try again"
        said += f"; {cut if done.cut else ended}"
    if RESTART in found:
        said += f"; nobody was answered for {done.gap_s:.1f} s"
    if START in found:
        said += f" after {done.gap_s:.1f} s"
    return said


_DONE = {
    MASK: "paused, also over a reboot",
    RESTART: "restarted",
    START: "running and answers",
}


def _main(found: t.Collection[str]) -> str:
    return next(step for step in _DONE if step in found)


def tell_queue(before: int, after: int, *, flushed: bool) -> str:
    if flushed:
        return f"{before} messages waited in the queue, and are being delivered now"
    return f"{after} messages wait in the queue ({before} before)"
