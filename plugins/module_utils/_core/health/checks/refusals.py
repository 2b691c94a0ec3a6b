# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be refused, and the one recipient that must not be."""

from __future__ import annotations

from ..model import Verdict, check
from ..observations import FOREIGN_SENDER, KNOWN_RECIPIENT, RELAYING, UNKNOWN_RECIPIENT, Reply

_ASKS_DATABASE = ("port.answers", "database.postfix *")


@check(
    "recipient.accepted",
    KNOWN_RECIPIENT,
    needs=_ASKS_DATABASE,
    title="Mail from outside for a mailbox is accepted",
    remedy="journalctl -u postfix shows the refusal with its reason.",
)
def known_recipient(reply: Reply) -> Verdict:
    return Verdict(reply.code == 250, "250", str(reply))


@check(
    "recipient.unknown",
    UNKNOWN_RECIPIENT,
    needs=(*_ASKS_DATABASE, "database.modules *"),
    title="Mail for nobody is refused at once, for good",
    remedy="Run site.yml: check_recipient_access in main.cf must ask the database.",
)
def unknown_recipient(replies: tuple[Reply, ...]) -> Verdict:
    return _each(replies, (550,))


@check(
    "relay.refused",
    RELAYING,
    needs=_ASKS_DATABASE,
    title="No open relay: mail from stranger to stranger is refused",
    remedy="Stop Postfix, then correct mynetworks and smtpd_relay_restrictions (site.yml does).",
)
def relay(replies: tuple[Reply, ...]) -> Verdict:
    return _each(replies, (550, 551, 553, 554))


@check(
    "sender.foreign",
    FOREIGN_SENDER,
    needs=("database.postfix *",),
    title="A user cannot send as somebody else",
    remedy="Run site.yml: reject_authenticated_sender_login_mismatch is missing at submission.",
)
def foreign_sender(replies: tuple[Reply, ...]) -> Verdict:
    return _each(replies, (553,))


def _each(replies: tuple[Reply, ...], codes: tuple[int, ...]) -> Verdict:
    """One asked for before and one never asked for: a server remembers whom it has refused."""
    wrong = [reply for reply in replies if reply.code not in codes]
    expected = " or ".join(str(code) for code in codes)
    observed = [str(reply) for reply in wrong or replies] or ["nothing"]
    return Verdict(bool(replies) and not wrong, expected, observed[0])
