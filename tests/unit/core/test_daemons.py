# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What brings a daemon into a state, and when it is busy."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.daemons import (
    Done,
    Unit,
    is_busy,
    steps,
    tell,
)

ON = Unit("postfix", True, True, False)
OFF = Unit("postfix", True, False, False)
KEPT_OFF = Unit("postfix", True, False, True)
ON_AND_MASKED = Unit("postfix", True, True, True)
OWN = Unit("postfix", True, True, False, "/etc/systemd/system/postfix.service")
ABSENT = Unit("postfix", False, False, False)

STEPS = [
    ("paused", ON, "drain stop mask"),
    ("paused", OFF, "mask"),
    ("paused", KEPT_OFF, ""),
    ("paused", ON_AND_MASKED, "drain stop"),
    ("running", ON, ""),
    ("running", OFF, "start wait"),
    ("restarted", OWN, "drain restart wait"),
    ("running", KEPT_OFF, "unmask start wait"),
    ("running", ON_AND_MASKED, "unmask start wait"),
    ("restarted", ON, "drain restart wait"),
    ("restarted", OFF, "start wait"),
]


@pytest.mark.parametrize(("state", "unit", "wanted"), STEPS)
def test_steps(state: str, unit: Unit, wanted: str) -> None:
    assert " ".join(steps(state, unit)) == wanted


@pytest.mark.parametrize(
    ("state", "unit", "words"),
    [
        ("restarted", KEPT_OFF, "it is paused: run the playbook resume.yml"),
        ("restarted", ON_AND_MASKED, "it is paused: run the playbook resume.yml"),
        ("paused", OWN, "move that file to /usr/local/lib/systemd/system"),
        ("paused", ABSENT, "it is not installed on this host"),
        ("running", ABSENT, "it is not installed on this host"),
    ],
)
def test_refusals(state: str, unit: Unit, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        steps(state, unit)


QUEUE, MAILDIR = "/var/spool/postfix", "/var/mail/vmail/example.org/anna/Maildir"


@pytest.mark.parametrize(
    ("file", "connected", "busy"),
    [
        (f"{QUEUE}/incoming/4jWfqn4crCzTnkc", False, True),
        (f"{QUEUE}/incoming/4/4jWfqn4crCzTnkc", False, True),
        (f"{QUEUE}/active/4jWfqn4crCzTnkc", True, True),
        # delivered, and waiting for the frozen queue manager
        (f"{QUEUE}/active/4jWfqn4crCzTnkc", False, False),
        (f"{QUEUE}/deferred/4/4jWfqn4crCzTnkc", True, False),
        (f"{QUEUE}/pid/inet.smtp", True, False),
        (f"{MAILDIR}/tmp/1795236165.M1P2.mx1", False, True),
        (f"{MAILDIR}/new/1795236165.M1P2.mx1", False, True),
        (f"{MAILDIR}/.Sent/cur/1795236165.M1P2.mx1:2,S", False, True),
        (f"{MAILDIR}/dovecot.index.log", True, False),
        (f"{MAILDIR}/tmp/dovecot-uidlist.lock", True, False),
        ("/tmp/something", True, False),
        ("socket:[4711]", True, False),
    ],
)
def test_busy(file: str, connected: bool, busy: bool) -> None:
    assert is_busy(["/dev/null", file], connected) is busy


@pytest.mark.parametrize(
    ("done", "would", "words"),
    [
        (Done(ON, ()), False, "postfix was running already"),
        (Done(KEPT_OFF, ()), True, "postfix was paused already"),
        (Done(ON, ("drain", "stop", "mask")), True, "postfix would be paused, also over a reboot"),
        (
            Done(ON, ("drain", "restart", "wait"), 0.14, 0, 0.33),
            False,
            "postfix is restarted; what it was doing took 0.1 s to end;"
            " nobody was answered for 0.3 s",
        ),
        (
            Done(ON, ("drain", "stop", "mask"), 60.0, 2),
            False,
            "postfix is paused, also over a reboot; 2 transfers were cut after 60 s;"
            " their clients try again",
        ),
        (
            Done(KEPT_OFF, ("unmask", "start", "wait"), gap_s=0.4),
            False,
            "postfix is running and answers after 0.4 s",
        ),
    ],
)
def test_what_is_told(done: Done, would: bool, words: str) -> None:
    assert tell(done, would=would) == words
