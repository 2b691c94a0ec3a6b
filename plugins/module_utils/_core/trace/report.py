# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a test message as lines for a person."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .follow import (
    BOUNCED,
    DEFERRED,
    DELIVERED,
    DISCARDED,
    EXPIRED,
    HELD,
    LOST,
    QUEUED,
    REFUSED,
    End,
    Trail,
    ends,
    halted,
    untried,
)
from .log import Named, Queued, Signed

# The agent that leads into a mailbox of this system.
MAILBOX_AGENT = "lmtp"


@dataclasses.dataclass(frozen=True)
class Sent:
    """A message that was handed over: when, to whom, where, and what the door said to it."""

    at: float
    sender: str
    recipient: str
    door: str
    reply: str
    lifetime_s: float
    waited_s: float


def outcome(sent: Sent, trail: Trail) -> list[End]:
    """What became of the message for everybody it was for, also when nothing did yet."""
    found = ends(trail)
    for stop in halted(trail):
        found.append(_nobody(sent, stop.status, stop.reason))
    why = f"nobody tried to deliver it within {sent.waited_s:.0f} s"
    return found + [_nobody(sent, QUEUED, why)] * untried(trail)


def refused(sent: Sent) -> End:
    """The end of a message that the door did not take."""
    return _nobody(sent, REFUSED, sent.reply)


def timeline(sent: Sent, trail: Trail, found: t.Sequence[End]) -> list[str]:
    """Each step with its time in UTC; the last line says what came of it."""
    steps = [(event.at, words) for event in trail.events for words in _words(event.fact)]
    steps += [(end.at, _ending(end, sent)) for end in found]
    if trail.queue_ids and not any(isinstance(event.fact, Signed) for event in trail.events):
        steps.append((sent.at, "not signed, since the sender's domain has no DKIM key that signs"))
    # those of one moment stay in the order in which they were logged
    lines = [f"{_clock(at)}  {words}" for at, words in sorted(steps, key=lambda step: step[0])]
    date = _time(sent.at).strftime("%Y-%m-%d")
    head = f"Test message from {sent.sender} to {sent.recipient} on {date}, times in UTC"
    handed = f"{_clock(sent.at)}  handed to Postfix at {sent.door}, which said {sent.reply}"
    return [head, handed, *lines, verdict(found)]


def verdict(found: t.Sequence[End]) -> str:
    """What came of it in one line."""
    counted = {state: sum(end.status == state for end in found) for state in _COUNTED}
    told = [f"{count} {state}" for state, count in counted.items() if count]
    arrived = counted[DELIVERED] == len(found)
    head = "It arrived" if arrived else "It did not arrive everywhere"
    if any(end.status in LOST for end in found):
        head = "It did NOT arrive"
    return f"{head} ({', '.join(told)})"


_COUNTED = (DELIVERED, DEFERRED, QUEUED, HELD, BOUNCED, EXPIRED, DISCARDED, REFUSED)


def _words(fact: object) -> t.Iterator[str]:
    """Recipients have lines of their own, made of what came of them at last."""
    if isinstance(fact, Named):
        yield f"taken up with the Message-ID {fact.message_id}"
    elif isinstance(fact, Signed):
        yield f"signed for {fact.domain} with the key {fact.selector}"
    elif isinstance(fact, Queued):
        people = "one recipient" if fact.recipients == 1 else f"{fact.recipients} recipients"
        yield f"in the queue for {people}"


def _ending(end: End, sent: Sent) -> str:
    whom = end.recipient
    if end.original != end.recipient:
        whom += f" (by {end.original})"
    if end.status == DELIVERED and end.agent == MAILBOX_AGENT:
        what = f"delivered into the mailbox of {whom} after {end.seconds:g} s"
        return f"{what} through {end.relay}, which said {end.reply}"
    if end.status == DELIVERED:
        what = f"delivered to {whom} after {end.seconds:g} s by {end.agent}"
        return f"{what} to {end.relay}, which said {end.reply}"
    if end.status == DEFERRED:
        until = _time(sent.at + sent.lifetime_s).strftime("%Y-%m-%d %H:%M")
        return f"deferred for {whom}, and tried again until {until}, because {end.reply}"
    return f"{_ENDINGS.get(end.status, end.status)} for {whom}, because {end.reply}"


_ENDINGS = {
    BOUNCED: "returned to its sender",
    EXPIRED: "returned to its sender after too many attempts",
    DISCARDED: "thrown away",
    HELD: "held until an administrator releases it (postsuper -H)",
    QUEUED: "still in the queue",
    REFUSED: "refused",
}


def _nobody(sent: Sent, status: str, reason: str) -> End:
    at = sent.at + sent.waited_s
    return End(sent.recipient, sent.recipient, status, "", "", sent.waited_s, reason, at)


def _time(at: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc)


def _clock(at: float) -> str:
    return _time(at).strftime("%H:%M:%S.%f")[:-3]
