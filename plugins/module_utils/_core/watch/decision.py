# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service watch does, and when: from what it sees to the one thing that is to be done."""

from __future__ import annotations

import dataclasses
import typing as t

# Postfix forgets what it could not look up; what waits in its queue is tried again.
RELOAD, FLUSH = ACTIONS = ("reload", "flush")
# Who is back may not be ready for all: what the first try puts off would wait as long again as it
# has waited already.
AGAIN = "flush again"


@dataclasses.dataclass(frozen=True)
class Sight:
    """What was seen at a moment of a clock that only goes on, in seconds: does the database answer,
    does who delivers, and is a reload that was asked for still to come."""

    at: float
    database: bool
    delivery: bool
    reloading: bool = False


@dataclasses.dataclass(frozen=True)
class Memory:
    """What was seen last, what is to be done, and when what was done. Nothing was seen at first, so
    what answers then counts as come back: it may have been away before."""

    database: bool = False
    delivery: bool = False
    due: frozenset[str] = frozenset()
    done: t.Mapping[str, float] = dataclasses.field(default_factory=dict)


def decide(memory: Memory, sight: Sight, pause: float) -> tuple[Memory, str]:
    """The memory from now on, and what is to be done now, or nothing.

    The same is done again after `pause` seconds at the earliest; till then it waits.
    """
    due = memory.due
    if sight.database and not memory.database:
        due |= {RELOAD, FLUSH, AGAIN}
    if sight.delivery and not memory.delivery:
        due |= {FLUSH, AGAIN}
    action = _action(due, memory.done, sight, pause)
    due -= {AGAIN if action == FLUSH and FLUSH not in due else action}
    done = {**memory.done, action: sight.at} if action else memory.done
    return Memory(sight.database, sight.delivery, due, done), action


def _action(due: frozenset[str], done: t.Mapping[str, float], sight: Sight, pause: float) -> str:
    def rested(action: str) -> bool:
        return action not in done or sight.at - done[action] >= pause

    if not sight.database:
        return ""
    if RELOAD in due:
        return RELOAD if rested(RELOAD) else ""
    # a reload would forget a flush before it
    if sight.reloading and not rested(RELOAD):
        return ""
    return FLUSH if due & {FLUSH, AGAIN} and sight.delivery and rested(FLUSH) else ""
