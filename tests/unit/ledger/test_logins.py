"""What a person's mail program makes of an answer to a login."""

from __future__ import annotations

import imaplib
import ssl

import pytest

from ledger.logins import Answer, of_imap, of_submission


@pytest.mark.parametrize(
    ("code", "text", "connected", "answer"),
    [
        (235, "2.7.0 Authentication successful", True, "in"),
        (454, "4.7.0 Temporary authentication failure", True, "later"),
        (421, "4.3.2 busy", True, "later"),
        (535, "5.7.8 Error: authentication failed", True, "wrong"),
        (0, "SMTPServerDisconnected: Connection unexpectedly closed", True, "unreached"),
        (0, "SMTPServerDisconnected: Connection unexpectedly closed: timed out", True, "slow"),
        (0, "TimeoutError: timed out", False, "unreached"),
        (0, "ConnectionRefusedError: 111", False, "unreached"),
    ],
)
def test_submission(code: int, text: str, connected: bool, answer: Answer) -> None:
    assert of_submission(code, text, connected) == answer


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (imaplib.IMAP4.error("[AUTHENTICATIONFAILED] Authentication failed."), "wrong"),
        (imaplib.IMAP4.error("[UNAVAILABLE] Temporary authentication failure."), "later"),
        (imaplib.IMAP4.error("[LIMIT] Too many connections"), "later"),
        (imaplib.IMAP4.error("b'* BYE Auth process broken'"), "unreached"),
        (imaplib.IMAP4.abort("[UNAVAILABLE] Internal error"), "later"),
        (imaplib.IMAP4.error("no reason given"), "wrong"),
        (imaplib.IMAP4.abort("socket error: EOF"), "unreached"),
        (ConnectionRefusedError(111, "Connection refused"), "unreached"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "unreached"),
        (TimeoutError("timed out"), "unreached"),
        (TimeoutError("The read operation timed out"), "slow"),
        (TimeoutError("_ssl.c:989: The handshake operation timed out"), "slow"),
    ],
)
def test_imap(error: Exception, answer: Answer) -> None:
    assert of_imap(error, logged_in=False) == answer


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (imaplib.IMAP4.error("SELECT: [b'Internal error occurred']"), "later"),
        (imaplib.IMAP4.error("SELECT: [b'[UNAVAILABLE] busy']"), "later"),
        (imaplib.IMAP4.abort("socket error: EOF"), "unreached"),
        (TimeoutError("The read operation timed out"), "slow"),
    ],
)
def test_imap_after_the_login(error: Exception, answer: Answer) -> None:
    assert of_imap(error, logged_in=True) == answer
