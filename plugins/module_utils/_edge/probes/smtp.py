# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one says to an SMTP server."""

from __future__ import annotations

import base64
import typing as t

from ..._core.health.observations import Reply

if t.TYPE_CHECKING:
    from .conversation import Conversation

NAME = "health-probe.invalid"


def reply(talk: Conversation) -> Reply:
    """A reply of one or more lines, made one line."""
    lines = talk.lines_until(lambda line: line[3:4] != "-")
    code = int(lines[0][:3]) if lines[0][:3].isdigit() else 0
    return Reply(code, " ".join(line[4:] for line in lines) if code else lines[0])


def say(talk: Conversation, line: str) -> Reply:
    talk.send(line)
    return reply(talk)


def capabilities(talk: Conversation, hello: str = "EHLO") -> list[str]:
    """What the server offers after EHLO, each in upper case."""
    talk.send(f"{hello} {NAME}")
    return [line[4:].upper() for line in talk.lines_until(lambda line: line[3:4] != "-")]


def mechanisms(talk: Conversation, hello: str = "EHLO") -> tuple[str, ...]:
    offers = [offer.split() for offer in capabilities(talk, hello)]
    return next((tuple(offer[1:]) for offer in offers if offer[0] == "AUTH"), ())


def log_in(talk: Conversation, user: str, password: str) -> Reply:
    """AUTH PLAIN; the password is in no reply."""
    proof = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    return say(talk, f"AUTH PLAIN {proof}")


def send_message(talk: Conversation, sender: str, recipient: str, message: bytes) -> Reply:
    """The reply to the first command refused, or to the message."""
    for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"):
        answer = say(talk, line)
        if answer.code not in (250, 354):
            return answer
    talk.send_octets(message.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
    return reply(talk)
