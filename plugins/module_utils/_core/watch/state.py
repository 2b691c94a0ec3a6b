# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service watch leaves for its next start and for health, and what the journal is told."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .decision import ACTIONS, AGAIN, FLUSH, RELOAD, Memory

if t.TYPE_CHECKING:
    from .decision import Sight

# A start later than this knows no more what was the matter meanwhile.
REMEMBERED_S = 10.0
_NAMES = {"database": "The database", "delivery": "Who delivers"}
_TOLD = {
    RELOAD: "Postfix is told to forget what it could not look up.",
    FLUSH: "What waits in the queue is tried again.",
}


@dataclasses.dataclass(frozen=True)
class State:
    """`at` is when it was seen; of what does not answer, `why` says the reason."""

    at: float
    memory: Memory
    why: t.Mapping[str, str]


def to_text(state: State) -> str:
    memory = state.memory
    return json.dumps(
        {
            "at": state.at,
            "database": memory.database,
            "delivery": memory.delivery,
            "due": sorted(memory.due),
            "done": dict(memory.done),
            "why": dict(state.why),
        }
    )


def from_text(text: str) -> State | None:
    """Nothing when it is not what was written."""
    try:
        found = json.loads(text)
        done = {
            action: float(found["done"][action]) for action in ACTIONS if action in found["done"]
        }
        due = frozenset(action for action in (*ACTIONS, AGAIN) if action in found["due"])
        memory = Memory(found["database"] is True, found["delivery"] is True, due, done)
        why = {name: str(found["why"].get(name, "")) for name in _NAMES}
        return State(float(found["at"]), memory, why)
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def remembered(state: State | None, now: float) -> Memory:
    """What a start goes by: its own short absence is none, but what was done counts on."""
    if state is None or state.at > now:
        return Memory()
    if now - state.at <= REMEMBERED_S:
        return state.memory
    return Memory(done=state.memory.done)


@dataclasses.dataclass(frozen=True)
class Told:
    """What the journal was told last of each, and when that it does not answer."""

    answers: t.Mapping[str, bool] = dataclasses.field(default_factory=dict)
    at: t.Mapping[str, float] = dataclasses.field(default_factory=dict)


def tell(
    told: Told, sight: Sight, why: t.Mapping[str, str], pause: float
) -> tuple[Told, list[str]]:
    """What the journal does not know yet; of one that comes and goes, a line in `pause` seconds."""
    lines: list[str] = []
    answers, at = dict(told.answers), dict(told.at)
    for name, subject in _NAMES.items():
        now = bool(getattr(sight, name))
        if answers.get(name) is now or (not now and sight.at - at.get(name, float("-inf")) < pause):
            continue
        if now:
            lines.append(f"{subject} answers{' again' if name in answers else ''}.")
        else:
            lines.append(f"{subject} does not answer: {why.get(name) or 'it went away'}.")
            at[name] = sight.at
        answers[name] = now
    return Told(answers, at), lines


def tell_action(action: str) -> str:
    return _TOLD[action]
