# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lines of the mail log say about one message."""

from __future__ import annotations

import dataclasses
import re
import typing as t


@dataclasses.dataclass(frozen=True)
class Entry:
    """A line of the log: seconds since 1970, who wrote it, and what."""

    at: float
    program: str
    text: str


@dataclasses.dataclass(frozen=True)
class Named:
    """The message's own name, which stays when a filter or a requeue makes a new queue ID."""

    message_id: str


@dataclasses.dataclass(frozen=True)
class Signed:
    domain: str
    selector: str


@dataclasses.dataclass(frozen=True)
class Queued:
    recipients: int


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One attempt to deliver to one recipient; `original` is the address that led to him."""

    recipient: str
    original: str
    agent: str
    relay: str
    seconds: float
    status: str
    reply: str


@dataclasses.dataclass(frozen=True)
class Stopped:
    """The whole message goes no further: V(held), V(discarded) or V(expired)."""

    status: str
    reason: str


@dataclasses.dataclass(frozen=True)
class Removed:
    """The message is in the queue no more, or not under this ID."""


Fact = t.Union[Named, Signed, Queued, Attempt, Stopped, Removed]


@dataclasses.dataclass(frozen=True)
class Event:
    at: float
    queue_id: str
    fact: Fact


_LINE = re.compile(r"([0-9A-Za-z]{6,}): (.*)", re.DOTALL)
_NAMED = re.compile(r"(?:resent-)?message-id=(.*)")
_SIGNED = re.compile(r"DKIM-Signature field added \(s=([^,]*), d=([^)]*)\)")
_QUEUED = re.compile(r"from=<.*>, size=\d+, nrcpt=(\d+) ")
_EXPIRED = re.compile(r"from=<.*>, status=(?:force-)?expired, (.*)")
_STOPPED = re.compile(r"(milter-)?(hold|discard): (.*)", re.DOTALL)
_ATTEMPT = re.compile(
    r"to=<(?P<recipient>.*?)>, (?:orig_to=<(?P<original>.*?)>, )?relay=(?P<relay>[^,]*), "
    r"(?:conn_use=\d+, )?delay=(?P<seconds>[0-9.]+), delays=[^,]*, dsn=[^,]*, "
    r"status=(?P<status>\w+) \((?P<reply>.*)\)",
    re.DOTALL,
)
_STATES = {"hold": "held", "discard": "discarded"}


def read(entry: Entry) -> Event | None:
    """What a line says; None when it says nothing that a follower needs."""
    line = _LINE.fullmatch(entry.text)
    if not line:
        return None
    fact = _fact(entry.program.rpartition("/")[2], line[2])
    return Event(entry.at, line[1], fact) if fact else None


def _fact(program: str, text: str) -> Fact | None:
    found = _ATTEMPT.fullmatch(text)
    if found:
        return _attempt(program, found)
    found = _NAMED.fullmatch(text)
    if found and program == "cleanup":
        return Named(found[1])
    found = _SIGNED.fullmatch(text)
    if found and program == "opendkim":
        return Signed(found[2], found[1])
    found = _QUEUED.match(text)
    if found and program == "qmgr":
        return Queued(int(found[1]))
    return _ending(program, text)


def _attempt(agent: str, found: re.Match[str]) -> Attempt:
    # the agent discard says that it sent what it threw away
    status = "discarded" if agent == "discard" else found["status"]
    return Attempt(
        found["recipient"],
        found["original"] or found["recipient"],
        agent,
        found["relay"],
        float(found["seconds"]),
        status,
        found["reply"],
    )


def _ending(program: str, text: str) -> Fact | None:
    found = _EXPIRED.fullmatch(text)
    if found and program == "qmgr":
        return Stopped("expired", found[1])
    found = _STOPPED.fullmatch(text)
    if found and program in ("cleanup", "smtpd"):
        return Stopped(_STATES[found[2]], found[3])
    if program == "postsuper" and text == "placed on hold":
        return Stopped("held", "an administrator put it on hold")
    if (program, text) in (("qmgr", "removed"), ("postsuper", "removed")):
        return Removed()
    return Removed() if (program, text) == ("postsuper", "requeued") else None
