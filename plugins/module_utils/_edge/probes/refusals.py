# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stranger at port 25: what he may send and what not."""

from __future__ import annotations

import secrets
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import KNOWN_RECIPIENT, RELAYING, UNKNOWN_RECIPIENT
from . import ports, smtp
from .conversation import Conversation

if t.TYPE_CHECKING:
    from ..._core.address import Address
    from .settings import Service
    from .watch import Sights

_TOPICS = (KNOWN_RECIPIENT, UNKNOWN_RECIPIENT, RELAYING)


def subjects(service: Service) -> list[Subject[t.Any]]:
    return [Subject(topic, service.target, ports.rests_on(service)) for topic in _TOPICS]


def observe(service: Service, mailbox: Address, outside: Address) -> Sights:
    """Up to RCPT, so nothing is sent. The empty sender cannot be refused for its domain."""
    known, unknown, relaying = subjects(service)
    with Conversation(service.address, service.port) as talk:
        smtp.reply(talk)
        smtp.capabilities(talk)
        smtp.say(talk, "MAIL FROM:<>")
        yield known, smtp.say(talk, f"RCPT TO:<{mailbox}>")
        yield unknown, tuple(smtp.say(talk, f"RCPT TO:<{a}>") for a in _nobodies(mailbox.domain))
        strangers = (str(outside), *_nobodies(outside.domain))
        yield relaying, tuple(smtp.say(talk, f"RCPT TO:<{a}>") for a in strangers)
        smtp.say(talk, "QUIT")


def _nobodies(domain: str) -> tuple[str, str]:
    """One who was asked for before and one who never was: a server remembers whom it refused."""
    return f"health-nobody@{domain}", f"health-{secrets.token_hex(6)}@{domain}"
