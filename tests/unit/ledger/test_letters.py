"""Copies, bounces and other mail are told apart."""

from __future__ import annotations

import pytest

from ledger.letters import Letter, read

COPY = """Return-Path: <visitor@example.com>
X-Ledger: run-7
Subject: test

X-Ledger: not-this-one
"""
REPORT = """Return-Path: <>
From: MAILER-DAEMON@mx1.example.test
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; nobody@example.test
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.test>: User
    unknown

--b
Content-Type: {content}

From: anna@example.test
X-Ledger: run-8

--b--
"""
BOUNCE = Letter("run-8", "smtp; 550 5.1.1 <nobody@example.test>: User unknown")


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("text", "letter"),
    [
        (COPY, Letter("run-7")),
        (COPY.replace("X-Ledger", "x-ledger"), Letter("run-7")),
        ("DKIM-Signature: v=1; s=a;\n\th=From\n" + COPY, Letter("run-7", signed=True)),
        (COPY + "DKIM-Signature: in its text\n", Letter("run-7")),
        (REPORT.format(action="failed", content="message/rfc822"), BOUNCE),
        (REPORT.format(action="failed", content="text/rfc822-headers"), BOUNCE),
        (REPORT.format(action="delayed", content="message/rfc822"), None),
        ("Subject: other mail\n\nAction: failed\n", None),
        ("Subject: about X-Ledger: no-1\n\nHello.\n", None),
        ("", None),
    ],
)
def test_read(text: str, letter: Letter | None, end: str) -> None:
    assert read(text.replace("\n", end).encode()) == letter


def test_a_bounce_without_a_reason_is_one() -> None:
    text = REPORT.format(action="failed", content="message/rfc822")
    bare = text.replace("Diagnostic-Code", "X-Nothing")
    assert read(bare.encode()) == Letter("run-8", "no reason given")


def test_octets_that_are_no_text() -> None:
    assert read(b"X-Ledger: run-9\n\n\xff\xfe") == Letter("run-9")
