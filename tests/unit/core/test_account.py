"""Everything about one user, in lines."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.account import (
    account_report,
    size,
)

ACCOUNT: dict[str, t.Any] = {
    "email": "anna@example.test",
    "full_name": "Anna",
    "status": "active",
    "status_since": "2026-11-21 04:37 UTC",
    "domain_status": "active",
    "may_log_in": True,
    "may_submit": True,
    "may_receive": True,
    "refusal": None,
    "expires_at": None,
    "expires_to": None,
    "aliases": ["a@example.test"],
    "led_by": ["office@example.test", "@example.test"],
    "sends_as": ["a@example.test", "anna@example.test"],
    "domains": ["example.test", "example.org"],
    "scheme": "SHA512-CRYPT",
    "created": "2026-11-20 04:37 UTC",
    "mailbox": {"path": "/mail/anna.1", "messages": 1, "bytes": 1500},
    "home": "anna.1",
    "store": "local",
}


def test_every_line() -> None:
    assert account_report(ACCOUNT) == [
        "anna@example.test",
        "Name         Anna",
        "Status       active since 2026-11-21 04:37 UTC",
        "Log in       yes",
        "Send         yes",
        "Receive      yes",
        "Expires      never",
        "Own aliases  a@example.test",
        "Led by       office@example.test, @example.test",
        "Sends as     a@example.test, anna@example.test",
        "Domains      example.test, example.org",
        "Password     SHA512-CRYPT",
        "Created      2026-11-20 04:37 UTC",
        "Mail         1 message, 1.5 kB",
        "Home         /mail/anna.1",
        "Store        local",
    ]


@pytest.mark.parametrize(
    ("different", "line"),
    [
        ({"may_log_in": False}, "Log in       no"),
        (
            {"may_receive": False, "refusal": "550 5.2.1 Closed"},
            "Receive      no, mail is refused with '550 5.2.1 Closed'",
        ),
        (
            {"domain_status": "closed"},
            "Status       active since 2026-11-21 04:37 UTC, and the domain is closed",
        ),
        (
            {"expires_at": "2027-01-01 00:00 UTC", "expires_to": "closed"},
            "Expires      2027-01-01 00:00 UTC, then closed",
        ),
        ({"led_by": []}, "Led by       –"),
        ({"mailbox": None}, "Home         anna.1"),
    ],
)
def test_a_line_that_differs(different: dict[str, t.Any], line: str) -> None:
    assert line in account_report({**ACCOUNT, **different})


def test_what_nobody_knows_has_no_line() -> None:
    lines = account_report({**ACCOUNT, "mailbox": None, "full_name": ""})
    assert not [line for line in lines if line.startswith(("Mail", "Name"))]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (37_500_000, "37.5 MB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text
