"""Logins that fail. They come last and from the outside machine, which Dovecot then lets wait."""

from __future__ import annotations

import concurrent.futures
import imaplib
import smtplib
import time

import pytest

from e2e.clients import Clients
from e2e.conftest import Accounts
from e2e.connection import User


def smtp_login(clients: Clients, service: str, user: User) -> int:
    """Reply to a login, 0 when there was none."""
    with getattr(clients, service)() as client:
        try:
            code, _text = client.login(user.email, user.password)
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code
        return int(code)


def imap_login(clients: Clients, user: User) -> str:
    client = clients.imap()
    try:
        return client.login(user.email, user.password)[0]
    except imaplib.IMAP4.error as error:
        return str(error)
    finally:
        client.shutdown()


@pytest.mark.parametrize("case", ["wrong password", "unknown user", "alias", "catch-all"])
def test_wrong_login_is_refused(case: str, elsewhere: Clients, accounts: Accounts) -> None:
    """All services at once: Dovecot's delay is for the address, not for the service."""
    password = accounts.anna.password
    user = {
        "wrong password": User(accounts.anna.email, "wrong"),
        "unknown user": User(f"nobody-{accounts.anna.email}", password),
        "alias": User(accounts.team, password),
        "catch-all": User(f"nobody@{accounts.catch_all}", password),
    }[case]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        smtp = [
            pool.submit(smtp_login, elsewhere, service, user)
            for service in ("submission", "submissions")
        ]
        imap = pool.submit(imap_login, elsewhere, user)
        assert [reply.result() for reply in smtp] == [535, 535]
        assert "AUTHENTICATIONFAILED" in imap.result()
    assert time.monotonic() - began > 1, "a wrong password is answered without delay"
