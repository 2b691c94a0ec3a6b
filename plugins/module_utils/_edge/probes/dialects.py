# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first words of each protocol: greeting, ways to log in, STARTTLS."""

from __future__ import annotations

import dataclasses
import typing as t

from . import imap, smtp

if t.TYPE_CHECKING:
    from .conversation import Conversation


@dataclasses.dataclass(frozen=True)
class Dialect:
    """`begin_tls` returns what the server said instead of agreeing, or nothing."""

    greeting: t.Callable[[Conversation], str]
    mechanisms: t.Callable[[Conversation], tuple[str, ...]]
    begin_tls: t.Callable[[Conversation], str]


def _line(talk: Conversation) -> str:
    return talk.line()


def _smtp_greeting(talk: Conversation) -> str:
    return str(smtp.reply(talk))


def _smtp_tls(talk: Conversation) -> str:
    answer = smtp.say(talk, "STARTTLS")
    return "" if answer.code == 220 else str(answer)


def _lmtp_mechanisms(talk: Conversation) -> tuple[str, ...]:
    return smtp.mechanisms(talk, "LHLO")


def _imap_tls(talk: Conversation) -> str:
    answer = imap.ask(talk, "STARTTLS")
    return "" if answer.status == "OK" else f"{answer.status} {answer.text}"


def _pop3_mechanisms(talk: Conversation) -> tuple[str, ...]:
    talk.send("CAPA")
    offers = [
        line.split() for line in talk.lines_until(lambda line: line == "." or line[:1] == "-")
    ]
    return next((tuple(offer[1:]) for offer in offers if offer[0] == "SASL"), ())


def _pop3_tls(talk: Conversation) -> str:
    talk.send("STLS")
    answer = talk.line()
    return "" if answer.startswith("+OK") else answer


def _sieve_capabilities(talk: Conversation) -> list[str]:
    return talk.lines_until(lambda line: line.startswith(("OK", "NO", "BYE")))


def _sieve_greeting(talk: Conversation) -> str:
    return _sieve_capabilities(talk)[0]


def _sieve_mechanisms(talk: Conversation) -> tuple[str, ...]:
    """After STARTTLS the server says them unasked; then that is the answer read here."""
    talk.send("CAPABILITY")
    offers = [line.upper().split('"') for line in _sieve_capabilities(talk)]
    return next((tuple(offer[3].split()) for offer in offers if offer[1:2] == ["SASL"]), ())


def _sieve_tls(talk: Conversation) -> str:
    talk.send("STARTTLS")
    answer = talk.line()
    return "" if answer.startswith("OK") else answer


DIALECTS = {
    "smtp": Dialect(_smtp_greeting, smtp.mechanisms, _smtp_tls),
    "lmtp": Dialect(_smtp_greeting, _lmtp_mechanisms, _smtp_tls),
    "imap": Dialect(imap.greeting, imap.mechanisms, _imap_tls),
    "pop3": Dialect(_line, _pop3_mechanisms, _pop3_tls),
    "sieve": Dialect(_sieve_greeting, _sieve_mechanisms, _sieve_tls),
}
