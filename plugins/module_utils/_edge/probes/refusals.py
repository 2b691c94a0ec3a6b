# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stranger at port 25: what he may send and what not."""

from __future__ import annotations

import secrets
import typing as t

from ..._core.health.model import Subject, Unseen
from ..._core.health.observations import KNOWN_RECIPIENT, RELAYING, UNKNOWN_RECIPIENT, Reply
from ..database import health
from ..database.connection import session
from . import ports, smtp
from .conversation import Conversation

if t.TYPE_CHECKING:
    from .settings import Service, Settings
    from .watch import Sights

_TOPICS = (KNOWN_RECIPIENT, UNKNOWN_RECIPIENT, RELAYING)
_NO_CHOOSY = "every hosted domain has a catch-all, so nobody is unknown"


def subjects(service: Service) -> list[Subject[t.Any]]:
    """On another host the port was looked at under another address."""
    answers = (f"port.answers {service.name}",) if service.remote else ()
    after = ports.rests_on(service) + answers
    return [Subject(topic, service.target, after) for topic in _TOPICS]


def observe(service: Service, settings: Settings) -> Sights:
    """Up to RCPT, so nothing is sent. The empty sender cannot be refused for its domain."""
    known, unknown, relaying = subjects(service)
    with Conversation(service.address, service.port) as talk:
        smtp.reply(talk)
        smtp.capabilities(talk)
        smtp.say(talk, "MAIL FROM:<>")
        yield known, smtp.say(talk, f"RCPT TO:<{settings.mailbox}>")
        strangers = (settings.outside_address, *_nobodies(settings.outside_address.domain))
        yield relaying, _offer(talk, strangers)
        domain = _choosy_domain(settings)
        nobodies = _nobodies(domain) if domain else ()
        yield unknown, _offer(talk, nobodies) if nobodies else Unseen(_NO_CHOOSY, on_purpose=True)


def _offer(talk: Conversation, recipients: t.Iterable[object]) -> tuple[Reply, ...]:
    return tuple(smtp.say(talk, f"RCPT TO:<{recipient}>") for recipient in recipients)


def _choosy_domain(settings: Settings) -> str:
    """A domain whose catch-all does not take mail for everybody; empty when all have one."""
    with session(settings.login) as connection:
        return health.domain_without_catch_all(connection)


def _nobodies(domain: str) -> tuple[str, str]:
    """One who was asked for before and one who never was: a server remembers whom it refused."""
    return f"health-nobody@{domain}", f"health-{secrets.token_hex(6)}@{domain}"
