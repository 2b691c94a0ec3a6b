# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user does: log in, send a message, read it, remove it. The mailbox is the probes' own."""

from __future__ import annotations

import email.utils
import secrets
import time
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import (
    CLOSED,
    DELIVERY,
    FOREIGN_SENDER,
    LOGIN,
    REMOVAL,
    SIGNATURE,
    SUBMISSION,
    VERIFICATION,
    Delivery,
    Login,
    Reply,
)
from .. import passwords
from ..database import health
from ..database.connection import session
from . import imap, ports, signature, smtp, tls
from .command import run
from .conversation import Trouble

if t.TYPE_CHECKING:
    import threading

    from .conversation import Conversation
    from .settings import Desk, Settings
    from .watch import Sights, Watch

# Where the store is not the edge, it stands behind.
_STORE_READING = ("port.answers inside-imaps", "port.tls inside-imaps")
_STORE_DELIVERY = ("port.answers inside-lmtp", "port.tls inside-lmtp")
_HEADER = "X-Selfhost-Mail-Health"
_BETWEEN_LOOKS_S = 0.05
# Kept back to take the password away again before the run ends.
_CLOSING_S = 0.7


class _Subjects(t.NamedTuple):
    """In the order in which they are seen."""

    reader: Subject[t.Any]
    sender: Subject[t.Any]
    foreign: Subject[t.Any]
    sent: Subject[t.Any]
    delivered: Subject[t.Any]
    signed: Subject[t.Any]
    verified: Subject[t.Any]
    removed: Subject[t.Any]
    closed: Subject[t.Any]


def subjects(mailbox: str, domain: str, desk: Desk) -> _Subjects:
    """What each rests on beyond its check's own needs: ports, the domain's keys and records."""
    logged_in = ("login.accepted imaps", f"login.accepted {desk.sending.name}")
    return _Subjects(
        Subject(LOGIN, desk.reading.target, (*ports.open_after(desk.reading), *_STORE_READING)),
        Subject(LOGIN, desk.sending.target, ports.open_after(desk.sending)),
        Subject(FOREIGN_SENDER, desk.sending.target, logged_in),
        Subject(SUBMISSION, mailbox, logged_in),
        Subject(DELIVERY, mailbox, _STORE_DELIVERY),
        Subject(SIGNATURE, mailbox, (f"dkim.active {domain}",)),
        Subject(VERIFICATION, mailbox, (f"dns.dkim {domain}",)),
        Subject(REMOVAL, mailbox),
        Subject(CLOSED, mailbox),
    )


def observe(settings: Settings, desk: Desk, watch: Watch, opened: threading.Event) -> Sights:
    """A password for this run only; this process knows it, and nobody else ever does."""
    planned = subjects(str(settings.mailbox), settings.mailbox.domain, desk)
    password = secrets.token_urlsafe(24)
    digest = passwords.make_hash(password, "SHA512-CRYPT", 5000)
    trouble: Exception | None = None
    with session(settings.login) as connection:
        health.begin(connection)
        health.set_hash(connection, settings.mailbox, digest)
        try:
            # Dovecot may remember for a second that the mailbox is locked.
            run("doveadm", "auth", "cache", "flush", str(settings.mailbox), seconds=1.0)
            opened.set()
            yield from _correspond(settings, desk, planned, password, watch)
        except Exception as error:  # the mailbox is locked whatever happens
            trouble = error
        yield planned.closed, health.lock(connection, settings.mailbox)
    if trouble:
        raise trouble


def _correspond(
    settings: Settings, desk: Desk, planned: _Subjects, password: str, watch: Watch
) -> Sights:
    user, token = str(settings.mailbox), secrets.token_hex(8)
    # The certificates are looked at elsewhere; here an untrusted one must hide nothing else.
    neighbour = ports.as_neighbour(desk.reading)
    with ports.open_talk(desk.reading, tls.careless(), neighbour) as reading:
        answer = imap.log_in(reading, user, password)
        reads = answer.status == "OK"
        yield planned.reader, Login(reads, f"{answer.status} {answer.text}")
        if reads:
            imap.demand(reading, "SELECT INBOX")
            imap.remove(reading, imap.search(reading, f'HEADER {_HEADER} ""'))
        neighbour = ports.as_neighbour(desk.sending)
        with ports.open_talk(desk.sending, tls.careless(), neighbour) as trying:
            reply = _log_in(trying, user, password)
            yield planned.sender, Login(reply.code == 235, str(reply))
        if reply.code != 235 or not reads:
            return
        # From the host's own address, as users come from elsewhere: Postfix treats its neighbours
        # otherwise. Only after the login is known to work, or Dovecot would make that address wait.
        with ports.open_talk(desk.sending, tls.careless()) as sending:
            _log_in(sending, user, password)
            yield planned.foreign, _as_others(sending, settings.mailbox.domain, user)
            started = time.monotonic()
            yield planned.sent, smtp.send_message(sending, user, user, _message(user, token))
        yield from _read(reading, settings, planned, token, started, watch)


def _read(
    reading: Conversation,
    settings: Settings,
    planned: _Subjects,
    token: str,
    started: float,
    watch: Watch,
) -> Sights:
    ours = f"HEADER {_HEADER} {token}"
    found = imap.search(reading, ours)
    while not found and watch.remaining() > _CLOSING_S:
        time.sleep(_BETWEEN_LOOKS_S)
        found = imap.search(reading, ours)
    yield planned.delivered, Delivery(bool(found), time.monotonic() - started)
    if not found:
        return
    message = imap.fetch(reading, found[0])
    yield planned.signed, signature.signature(message, settings.mailbox.domain)
    yield planned.verified, signature.verification(message, settings)
    yield planned.removed, _remove(reading, found, ours)


def _remove(reading: Conversation, uids: t.Sequence[str], ours: str) -> Reply:
    """The code 0 says that it is gone."""
    try:
        imap.remove(reading, uids)
        left = imap.search(reading, ours)
    except Trouble as trouble:
        return Reply(1, str(trouble))
    return Reply(len(left), "still there" if left else "gone")


def _log_in(sending: Conversation, user: str, password: str) -> Reply:
    smtp.capabilities(sending)
    return smtp.log_in(sending, user, password)


def _as_others(sending: Conversation, domain: str, user: str) -> tuple[Reply, ...]:
    """One who was tried before and one who never was: a server remembers whom it refused."""
    return tuple(
        _as_other(sending, f"{name}@{domain}", user)
        for name in ("postmaster", f"health-{secrets.token_hex(6)}")
    )


def _as_other(sending: Conversation, other: str, user: str) -> Reply:
    """The first refusal, which Postfix saves for the recipient, or the acceptance of both."""
    reply = smtp.say(sending, f"MAIL FROM:<{other}>")
    if reply.code == 250:
        reply = smtp.say(sending, f"RCPT TO:<{user}>")
    smtp.say(sending, "RSET")
    return reply


def _message(user: str, token: str) -> bytes:
    domain = user.rpartition("@")[2]
    lines = (
        f"From: {user}",
        f"To: {user}",
        f"Date: {email.utils.formatdate()}",
        f"Message-ID: <{token}@{domain}>",
        "Subject: Health probe",
        f"{_HEADER}: {token}",
        "",
        "The health probe of this mail host sent this message, and removes it again.",
    )
    return "\r\n".join(lines).encode()
