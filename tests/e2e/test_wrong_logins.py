"""Logins that fail. They come from an address that nothing else uses: Dovecot lets it wait."""

from __future__ import annotations

import concurrent.futures
import imaplib
import smtplib
import time

from e2e.clients import Clients
from e2e.conftest import Accounts
from e2e.connection import User

REFUSED = {"submission": "535", "submissions": "535", "imaps": "[AUTHENTICATIONFAILED]"}


def login(clients: Clients, service: str, user: User) -> str:
    """First word of the reply to a login."""
    if service == "imaps":
        return imap_login(clients, user)
    with getattr(clients, service)() as client:
        # login() would try one mechanism after the other
        client.user, client.password = user.email, user.password
        try:
            code, _text = client.auth("PLAIN", client.auth_plain)
        except smtplib.SMTPAuthenticationError as error:
            return str(error.smtp_code)
        return str(code)


def imap_login(clients: Clients, user: User) -> str:
    client = clients.imap()
    try:
        return client.login(user.email, user.password)[0]
    except imaplib.IMAP4.error as error:
        return bytes(error.args[0]).decode().split()[0]
    finally:
        client.shutdown()


def wrong(accounts: Accounts) -> dict[str, User]:
    password = accounts.anna.password
    return {
        "wrong password": User(accounts.anna.email, "wrong"),
        "unknown user": User(f"nobody-{accounts.anna.email}", password),
        "alias": User(accounts.team, password),
        "catch-all": User(f"nobody@{accounts.catch_all}", password),
    }


def test_wrong_logins_are_refused_and_delayed(elsewhere6: Clients, accounts: Accounts) -> None:
    """All at once, since each makes the next one from that address wait longer."""
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        replies = {
            (case, service): pool.submit(login, elsewhere6, service, user)
            for case, user in wrong(accounts).items()
            for service in ("submission", "submissions", "imaps")
        }
        said = {key: reply.result() for key, reply in replies.items()}
    assert {key: reply for key, reply in said.items() if reply != REFUSED[key[1]]} == {}
    assert time.monotonic() - began > 1, "a wrong password is answered without delay"
