# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every port of the site as a stranger meets it."""

from __future__ import annotations

import secrets
import ssl
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import (
    CERTIFICATE,
    CLEAR_LOGIN,
    ENCRYPTION,
    GREETING,
    MECHANISMS,
    Encryption,
    Greeting,
    Login,
    Mechanisms,
)
from . import imap, smtp, tls
from .conversation import Conversation, Trouble
from .dialects import DIALECTS

if t.TYPE_CHECKING:
    from .settings import Service
    from .watch import Sights

_DOVECOT = ("service.running dovecot",)
# While Postfix cannot ask the database it says 421.
_POSTFIX = (
    "service.running postfix",
    "service.running postgresql",
    "database.postfix mail_postfix",
)
# At submission it takes no mail that it cannot have signed.
_SUBMISSION = ("service.running opendkim",)


def rests_on(service: Service) -> tuple[str, ...]:
    """Results without which a port cannot answer."""
    if service.protocol != "smtp":
        return _DOVECOT
    return _POSTFIX if service.name == "smtp" else _POSTFIX + _DOVECOT + _SUBMISSION


def open_after(service: Service) -> tuple[str, ...]:
    """Results without which nobody can talk to a port under TLS."""
    return (f"port.answers {service.name}", f"port.tls {service.name}")


def subjects(service: Service) -> list[Subject[t.Any]]:
    topics = (GREETING, ENCRYPTION, MECHANISMS)
    return [Subject(topic, service.target, rests_on(service)) for topic in topics]


def observe(service: Service) -> Sights:
    """Greet, look how one may log in, begin TLS, look again."""
    greeting, encryption, mechanisms = subjects(service)
    dialect = DIALECTS[service.protocol]
    clear: tuple[str, ...] = ()
    # Dovecot takes a client of the same address for itself and asks for no TLS.
    source = "" if service.protocol == "smtp" else as_neighbour(service)
    try:
        talk = _connect(service, source)
    except Trouble as trouble:
        yield greeting, Greeting(service.protocol, "", str(trouble))
        return
    with talk:
        try:
            if service.implicit_tls:
                talk.secure(tls.careless(), service.hostname)
            yield greeting, Greeting(service.protocol, dialect.greeting(talk))
        except Trouble as trouble:
            yield greeting, Greeting(service.protocol, "", str(trouble))
            return
        if not service.implicit_tls:
            clear = dialect.mechanisms(talk)
            try:
                _begin_tls(talk, service, tls.careless())
            except Trouble as trouble:
                yield encryption, Encryption("", error=str(trouble))
                return
        yield encryption, Encryption(*talk.encryption())
        wanted = service.name not in ("smtp", "lmtp")
        yield mechanisms, Mechanisms(wanted, clear, dialect.mechanisms(talk))


def certificate_subject(service: Service) -> Subject[t.Any]:
    return Subject(CERTIFICATE, service.target, rests_on(service))


def observe_certificate(service: Service, ca_file: str, file: str) -> Sights:
    """Come as a careful client; where that one turns away, a careless one looks at what."""
    distrust = ""
    try:
        talk = open_talk(service, tls.careful(ca_file))
    except ssl.SSLCertVerificationError as error:
        distrust = error.verify_message
        talk = open_talk(service, tls.careless())
    with talk:
        served = talk.certificate()
    yield certificate_subject(service), tls.certificate(served, service.hostname, distrust, file)


def clear_login_subject(service: Service) -> Subject[t.Any]:
    return Subject(CLEAR_LOGIN, service.target, rests_on(service))


def observe_clear_login(service: Service) -> Sights:
    """Nobody's name and password: they travel in clear if the server lets them."""
    with _connect(service, as_neighbour(service)) as talk:
        DIALECTS[service.protocol].greeting(talk)
        if service.protocol == "smtp":
            smtp.capabilities(talk)
            said = str(smtp.log_in(talk, "nobody", "in-clear"))
        else:
            answer = imap.log_in(talk, "nobody", "in-clear")
            said = f"{answer.status} {answer.text}"
    yield clear_login_subject(service), Login(said.startswith(("235", "OK")), said)


def as_neighbour(service: Service) -> str:
    """A source on the loopback, another one each time, which nobody else has.

    Postfix does not count how often it logs in, and Dovecot, which makes an address wait after a
    wrong password, has not met it yet. Another host is met as its neighbour anyway.
    """
    if service.remote:
        return ""
    if ":" in service.address:
        return "" if service.local else "::1"
    return f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"


def open_talk(service: Service, context: ssl.SSLContext, source: str = "") -> Conversation:
    """A connection on which TLS has begun and the server has greeted."""
    talk = _connect(service, source)
    try:
        if service.implicit_tls:
            talk.secure(context, service.hostname)
            DIALECTS[service.protocol].greeting(talk)
        else:
            DIALECTS[service.protocol].greeting(talk)
            DIALECTS[service.protocol].mechanisms(talk)
            _begin_tls(talk, service, context)
    except BaseException:
        talk.close()
        raise
    return talk


def _connect(service: Service, source: str = "") -> Conversation:
    return Conversation(service.address, service.port, source)


def _begin_tls(talk: Conversation, service: Service, context: ssl.SSLContext) -> None:
    refusal = DIALECTS[service.protocol].begin_tls(talk)
    if refusal:
        raise Trouble(refusal)
    talk.secure(context, service.hostname)
