# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a message, as lines of Postfix 3.10 tell it."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.trace.follow import (
    Trail,
    begin,
    ends,
    follow,
    is_over,
    untried,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.trace.log import Entry
from ansible_collections.selfhost.mail.plugins.module_utils._core.trace.report import (
    Sent,
    outcome,
    timeline,
)

ID = "<test.0f@example.test>"
REPLY = "250 2.0.0 Ok: queued as 4jWfqn4crCzTnkc"
SENT = Sent(
    1795236520.0,
    "maria@example.test",
    "anna@example.org",
    "127.0.0.1:25",
    REPLY,
    432000.0,
    60.0,
)
TAKEN = """
postfix/smtpd 4jWfqn4crCzTnkc: client=localhost[127.0.0.1]
postfix/cleanup 4jWfqn4crCzTnkc: message-id=<test.0f@example.test>
opendkim 4jWfqn4crCzTnkc: DKIM-Signature field added (s=s202611, d=example.test)
"""
ONE = "postfix/qmgr 4jWfqn4crCzTnkc: from=<maria@example.test>, size=39, nrcpt=1 (queue active)\n"
TWO = ONE.replace("nrcpt=1", "nrcpt=2")
SAVED = (
    "postfix/lmtp 4jWfqn4crCzTnkc: to=<anna@example.org>, "
    "relay=mx1.example.test[private/dovecot-lmtp], delay=0.12, delays=0.03/0/0/0.08, dsn=2.0.0, "
    "status=sent (250 2.0.0 <anna@example.org> UxouKMUiAWuGCgAAh60xbQ Saved)\n"
)
SAVED_BY_ALIAS = (
    "postfix/lmtp 4jWfqn4crCzTnkc: to=<maria@example.test>, orig_to=<team@example.org>, "
    "relay=mx1.example.test[private/dovecot-lmtp], conn_use=2, delay=0.04, "
    "delays=0.03/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 <maria@example.test> 91B1L:T2 Saved)\n"
)
BOUNCED = (
    "postfix/smtp 4jWfqn4crCzTnkc: to=<refused@example.com>, "
    "relay=client.example.com[fd89:64::20]:25, delay=0.05, delays=0.02/0.01/0.01/0, dsn=5.1.1, "
    "status=bounced (host client.example.com[fd89:64::20] said: 550 5.1.1 <refused@example.com>: "
    "Recipient address rejected: No such person here (in reply to RCPT TO command))\n"
)
RETURNED = """
postfix/cleanup 4jWfqn5FKSzTpnH: message-id=<4jWfqn5FKSzTpnH@mx1.example.test>
postfix/qmgr 4jWfqn5FKSzTpnH: from=<>, size=2998, nrcpt=1 (queue active)
postfix/bounce 4jWfqn4crCzTnkc: sender non-delivery notification: 4jWfqn5FKSzTpnH
"""
DEFERRED = (
    "postfix/smtp 4jWfqn4crCzTnkc: to=<x@[192.0.2.2]>, relay=none, delay=0.03, "
    "delays=0.03/0/0/0, dsn=4.4.1, status=deferred (connect to 192.0.2.2[192.0.2.2]:25: "
    "Connection refused)\n"
)
REMOVED = "postfix/qmgr 4jWfqn4crCzTnkc: removed\n"
FILTER = (
    "postfix/smtp 4jWfqn4crCzTnkc: to=<anna@example.org>, relay=127.0.0.1[127.0.0.1]:10024, "
    "delay=0.3, delays=0.03/0/0/0.3, dsn=2.0.0, status=sent (250 2.0.0 from "
    "MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4jWg0Q01HgzTnZr)\n"
)
REBORN = """
postfix/cleanup 4jWg0Q01HgzTnZr: message-id=<test.0f@example.test>
postfix/qmgr 4jWg0Q01HgzTnZr: from=<maria@example.test>, size=49, nrcpt=1 (queue active)
"""
REQUEUED = "postfix/postsuper 4jWfqn4crCzTnkc: requeued\n"
AGAIN = (SAVED + REMOVED).replace("4jWfqn4crCzTnkc", "4jWg0Q01HgzTnZr")
SENT_ON = (
    "postfix/smtp 4jWfqn4crCzTnkc: to=<visitor@example.com>, "
    "relay=client.example.com[fd89:64::20]:25, delay=0.08, delays=0.02/0.01/0.03/0.01, dsn=2.0.0, "
    "status=sent (250 2.0.0 Ok: queued as B38AE344D26)\n"
)
OTHERS = """
postfix/cleanup 4jWfqn5WYwzTnkc: message-id=<7a6fb8b9b15045e8b94f9a5cd7a12c6c@example.test>
postfix/qmgr 4jWfqn5WYwzTnkc: from=<ben@example.test>, size=396, nrcpt=1 (queue active)
postfix/smtp 4jWfqn5WYwzTnkc: to=<x@nowhere.invalid>, relay=none, delay=0.02, delays=0.01/0/0/0, \
dsn=5.4.4, status=bounced (Host or domain name not found. 4jWfqn4crCzTnkc: to=<anna@example.org>)
postfix/cleanup 4jWfqn6WYwzTnkc: message-id=<test.0f@example.test.example.org>
postfix/smtpd 4jWfqn7WYwzTnkc: message-id=<test.0f@example.test>
"""
HELD = "postfix/cleanup 4jWfqn4crCzTnkc: hold: header Subject: Test message from localhost\n"
QUARANTINED = "postfix/cleanup 4jWfqn4crCzTnkc: milter-hold: END-OF-MESSAGE from localhost\n"
ON_HOLD = "postfix/postsuper 4jWfqn4crCzTnkc: placed on hold\n"
DISCARDED = "postfix/cleanup 4jWfqn4crCzTnkc: discard: header Subject: Test message\n"
THROWN_AWAY = (
    "postfix/discard 4jWfqn4crCzTnkc: to=<x@example.net>, relay=none, delay=0, delays=0/0/0/0, "
    "dsn=2.0.0, status=sent (example.net)\n"
)
EXPIRED = (
    "postfix/qmgr 4jWfqn4crCzTnkc: from=<maria@example.test>, status=expired, returned to sender\n"
)

# What the log says: whether it is over, and what became of it for whom.
CASES: dict[str, tuple[str, bool, list[tuple[str, str]]]] = {
    "into a mailbox": (ONE + SAVED + REMOVED, True, [("delivered", "anna@example.org")]),
    "not removed yet": (ONE + SAVED, False, [("delivered", "anna@example.org")]),
    "not tried yet": (ONE, False, []),
    "an alias of two": (
        TWO + SAVED + SAVED_BY_ALIAS + REMOVED,
        True,
        [("delivered", "anna@example.org"), ("delivered", "maria@example.test")],
    ),
    "one of two so far": (TWO + SAVED, False, [("delivered", "anna@example.org")]),
    "elsewhere": (ONE + SENT_ON + REMOVED, True, [("delivered", "visitor@example.com")]),
    "refused elsewhere": (
        ONE + BOUNCED + RETURNED + REMOVED,
        True,
        [("bounced", "refused@example.com")],
    ),
    "server away": (ONE + DEFERRED, True, [("deferred", "x@[192.0.2.2]")]),
    "one there, one away": (
        TWO + SAVED + DEFERRED,
        True,
        [("delivered", "anna@example.org"), ("deferred", "x@[192.0.2.2]")],
    ),
    "tried too often": (ONE + DEFERRED + EXPIRED + REMOVED, True, [("expired", "x@[192.0.2.2]")]),
    "given to a filter": (ONE + FILTER + REMOVED, True, [("delivered", "anna@example.org")]),
    "given back by it": (ONE + FILTER + REBORN + REMOVED, False, []),
    "delivered after it": (
        ONE + FILTER + REBORN + REMOVED + AGAIN,
        True,
        [("delivered", "anna@example.org")],
    ),
    "queued anew": (ONE + REQUEUED + REBORN + AGAIN, True, [("delivered", "anna@example.org")]),
    "held": (HELD, True, [("held", "anna@example.org")]),
    "held by a filter": (QUARANTINED, True, [("held", "anna@example.org")]),
    "put on hold": (ONE + ON_HOLD, True, [("held", "anna@example.org")]),
    "thrown away at once": (DISCARDED, True, [("discarded", "anna@example.org")]),
    "thrown away": (ONE + THROWN_AWAY + REMOVED, True, [("discarded", "x@example.net")]),
}


def entries(text: str) -> list[Entry]:
    lines = [line.partition(" ") for line in text.strip().splitlines() if line]
    return [Entry(SENT.at + 1 + n / 1000, head, said) for n, (head, _mid, said) in enumerate(lines)]


@pytest.mark.parametrize("name", CASES)
def test_what_became_of_it(name: str) -> None:
    text, over, wanted = CASES[name]
    trail = follow(begin(ID, REPLY), entries(TAKEN + OTHERS + text))
    assert is_over(trail) == over
    told = outcome(SENT, trail)
    assert [(end.status, end.recipient) for end in told if end.status != "queued"] == wanted
    assert [end.status for end in told if end.status == "queued"] == ["queued"] * untried(trail)
    assert all(end.status != "queued" for end in told) or not over


def test_without_the_queue_id_of_the_answer() -> None:
    """Somebody may take the words of the answer away; the Message-ID is enough."""
    trail = follow(begin(ID, "250 Ok"), entries(TAKEN + OTHERS + ONE + SAVED + REMOVED))
    assert trail.queue_ids == ("4jWfqn4crCzTnkc",)
    assert [end.status for end in ends(trail)] == ["delivered"]


def test_nothing_in_the_log() -> None:
    trail = follow(Trail(ID), entries(OTHERS.replace("message-id=<test.0f@", "message-id=<x@")))
    assert not is_over(trail)
    assert [end.status for end in outcome(SENT, trail)] == ["queued"]


def test_line_by_line() -> None:
    trail = begin(ID, REPLY)
    for entry in entries(TAKEN + OTHERS + TWO + SAVED + SAVED_BY_ALIAS + REMOVED):
        assert not is_over(trail)
        trail = follow(trail, [entry])
    assert is_over(trail)


def test_report() -> None:
    text = TAKEN + TWO + SAVED + DEFERRED
    trail = follow(begin(ID, REPLY), entries(text))
    assert timeline(SENT, trail, outcome(SENT, trail)) == [
        "Test message from maria@example.test to anna@example.org on 2026-11-21, times in UTC",
        f"04:48:40.000  handed to Postfix at 127.0.0.1:25, which said {REPLY}",
        f"04:48:41.001  taken up with the Message-ID {ID}",
        "04:48:41.002  signed for example.test with the key s202611",
        "04:48:41.003  in the queue for 2 recipients",
        "04:48:41.004  delivered into the mailbox of anna@example.org after 0.12 s through"
        " mx1.example.test[private/dovecot-lmtp], which said"
        " 250 2.0.0 <anna@example.org> UxouKMUiAWuGCgAAh60xbQ Saved",
        "04:48:41.005  deferred for x@[192.0.2.2], and tried again until 2026-11-26 04:48,"
        " because connect to 192.0.2.2[192.0.2.2]:25: Connection refused",
        "It did not arrive everywhere (1 delivered, 1 deferred)",
    ]


def test_report_of_a_message_without_signature() -> None:
    text = "\n".join(line for line in TAKEN.splitlines() if "DKIM" not in line)
    trail = follow(begin(ID, REPLY), entries(text + "\n" + ONE + SAVED + REMOVED))
    lines = timeline(SENT, trail, outcome(SENT, trail))
    assert [line for line in lines if "signed" in line] == [
        "04:48:40.000  not signed, since the sender's domain has no DKIM key that signs"
    ]
