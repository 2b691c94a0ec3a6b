# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of one message through the queue, under every queue ID that it gets."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .log import Attempt, Entry, Event, Fact, Named, Queued, Removed, Stopped, read

DELIVERED, DEFERRED, BOUNCED, QUEUED = "delivered", "deferred", "bounced", "queued"
HELD, DISCARDED, EXPIRED, REFUSED = "held", "discarded", "expired", "refused"
# What will never arrive.
LOST = (BOUNCED, DISCARDED, EXPIRED, REFUSED)

_STATES = {"sent": DELIVERED, "bounced": BOUNCED, "deferred": DEFERRED, "discarded": DISCARDED}
_PASSED_ON = re.compile(r"queued as ([0-9A-Za-z]{6,})")


@dataclasses.dataclass(frozen=True)
class Trail:
    """What is known of a message: its queue IDs and what happened under them, in order."""

    message_id: str
    queue_ids: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


@dataclasses.dataclass(frozen=True)
class End:
    """What became of the message for one recipient; the agent lmtp leads into a mailbox here."""

    recipient: str
    original: str
    status: str
    agent: str
    relay: str
    seconds: float
    reply: str
    at: float


def begin(message_id: str, reply: str) -> Trail:
    """The trail of a message that was taken; Postfix says under which queue ID."""
    return Trail(message_id, tuple(_PASSED_ON.findall(reply)))


def follow(trail: Trail, entries: t.Iterable[Entry]) -> Trail:
    """The trail with what further lines of the log add to it; lines of others are left out."""
    ids, events = list(trail.queue_ids), list(trail.events)
    for entry in entries:
        event = read(entry)
        if event is None:
            continue
        named = isinstance(event.fact, Named) and event.fact.message_id == trail.message_id
        if named and event.queue_id not in ids:
            ids.append(event.queue_id)
        if event.queue_id in ids:
            events.append(event)
    return Trail(trail.message_id, tuple(ids), tuple(events))


def ends(trail: Trail) -> list[End]:
    """The latest word on each recipient. A hand-over to a filter that gives it back is none."""
    found: dict[tuple[str, str, str], End] = {}
    for event in trail.events:
        fact = event.fact
        if isinstance(fact, Attempt) and not _came_back(fact, trail):
            found[(event.queue_id, fact.recipient, fact.original)] = _end(fact, event.at)
    for queue_id, stopped in _stopped(trail).items():
        # one that was deferred until now shares what became of the whole message
        for place, end in found.items():
            if place[0] == queue_id and end.status == DEFERRED:
                found[place] = dataclasses.replace(end, status=stopped.status)
    return list(found.values())


def halted(trail: Trail) -> list[Stopped]:
    """Why the whole message went no further before anybody tried to deliver it."""
    tried = {event.queue_id for event in trail.events if isinstance(event.fact, Attempt)}
    return [stop for queue_id, stop in _stopped(trail).items() if queue_id not in tried]


def untried(trail: Trail) -> int:
    """How many recipients nobody tried to deliver to yet."""
    if not trail.queue_ids:
        return 1
    return sum(_untried(trail, one) for one in trail.queue_ids if not _is_over(trail, one))


def _untried(trail: Trail, queue_id: str) -> int:
    facts = [event.fact for event in trail.events if event.queue_id == queue_id]
    wanted = [fact.recipients for fact in facts if isinstance(fact, Queued)]
    return max(0, (wanted or [1])[-1] - len(_latest(facts)))


def _latest(facts: t.Iterable[Fact]) -> dict[tuple[str, str], Attempt]:
    return {(f.recipient, f.original): f for f in facts if isinstance(f, Attempt)}


def is_over(trail: Trail) -> bool:
    """Nothing more will happen soon: everybody got it, or waits for another attempt."""
    return bool(trail.queue_ids) and all(_is_over(trail, one) for one in trail.queue_ids)


def _is_over(trail: Trail, queue_id: str) -> bool:
    facts = [event.fact for event in trail.events if event.queue_id == queue_id]
    if any(isinstance(fact, (Removed, Stopped)) for fact in facts):
        return True
    wanted = [fact.recipients for fact in facts if isinstance(fact, Queued)]
    latest = _latest(facts)
    # with a deferral among them the message stays; without, the line that removes it comes yet
    deferred = any(attempt.status == DEFERRED for attempt in latest.values())
    return bool(wanted) and len(latest) >= wanted[-1] and deferred


def _stopped(trail: Trail) -> dict[str, Stopped]:
    return {e.queue_id: e.fact for e in trail.events if isinstance(e.fact, Stopped)}


def _came_back(attempt: Attempt, trail: Trail) -> bool:
    passed_on = _PASSED_ON.findall(attempt.reply)
    return attempt.status == "sent" and any(one in trail.queue_ids for one in passed_on)


def _end(fact: Attempt, at: float) -> End:
    return End(
        fact.recipient,
        fact.original,
        _STATES.get(fact.status, fact.status),
        fact.agent,
        fact.relay,
        fact.seconds,
        fact.reply,
        at,
    )
