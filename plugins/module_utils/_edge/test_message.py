# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test message: handed to Postfix as any program of the host does, then followed in its log."""

from __future__ import annotations

import email.utils
import ipaddress
import re
import secrets
import time
import typing as t

from .._core.trace.follow import Trail, follow, is_over
from . import journal
from .probes import smtp
from .probes.command import run
from .probes.conversation import Conversation, Trouble

if t.TYPE_CHECKING:
    from .._core.health.observations import Reply

_BETWEEN_LOOKS_S = 0.1
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def new_message_id(sender: str) -> str:
    return f"<test.{secrets.token_hex(16)}@{sender.rpartition('@')[2]}>"


def submit(address: str, port: int, sender: str, recipient: str, message_id: str) -> Reply:
    """The answer to the message, or to the first command refused; raises ValueError."""
    message = _message(sender, recipient, message_id)
    try:
        with _greeted(address, port) as talk:
            return smtp.send_message(talk, sender, recipient, message)
    except Trouble as trouble:
        raise _no_door(address, port, trouble) from trouble


def ask(address: str, port: int, sender: str, recipient: str) -> Reply:
    """What the door says to sender and recipient, without a message; raises ValueError."""
    try:
        with _greeted(address, port) as talk:
            reply = smtp.say(talk, f"MAIL FROM:<{sender}>")
            return smtp.say(talk, f"RCPT TO:<{recipient}>") if reply.code == 250 else reply
    except Trouble as trouble:
        raise _no_door(address, port, trouble) from trouble


def _greeted(address: str, port: int) -> Conversation:
    talk = Conversation(address, port)
    greeting = smtp.reply(talk)
    if greeting.code != 220:
        talk.close()
        raise Trouble(f"it greets with {greeting}")
    smtp.capabilities(talk)
    return talk


def _no_door(address: str, port: int, trouble: Trouble) -> ValueError:
    return ValueError(
        f"Postfix cannot be given a message at {address}:{port}: {trouble}. Does it run, and does"
        " site_services let it listen there? `journalctl -u postfix` says more."
    )


def watch(trail: Trail, cursor: str, seconds: float) -> Trail:
    """Follow the message in the log until its end, or for so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        entries, cursor = journal.mail_since(cursor)
        trail = follow(trail, entries)
        if is_over(trail) or time.monotonic() > deadline:
            return trail
        time.sleep(_BETWEEN_LOOKS_S)


def lifetime() -> float:
    """For how many seconds Postfix tries to deliver a message."""
    said = run("postconf", "-xh", "maximal_queue_lifetime").output
    found = re.fullmatch(r"(\d+)([smhdw]?)", said)
    return float(int(found[1]) * _UNITS[found[2] or "d"]) if found else 0.0


def _message(sender: str, recipient: str, message_id: str) -> bytes:
    lines = (
        f"From: {sender}",
        f"To: {recipient}",
        f"Date: {email.utils.formatdate()}",
        f"Message-ID: {message_id}",
        "Subject: Test message",
        # no reply by a machine (RFC 3834)
        "Auto-Submitted: auto-generated",
        "",
        "The administrator of this mail system sent this message to see whether it arrives.",
        "You can delete it.",
    )
    return "\r\n".join(lines).encode()
