"""Accounts that change while mail and logins go on: effective within two seconds."""

from __future__ import annotations

import imaplib
import smtplib
import time
import typing as t

from e2e.clients import Clients, message, recipient_reply, subject
from e2e.conftest import Accounts
from e2e.connection import Connection, User
from e2e.control import Control
from e2e.traffic import Probe, traffic

EFFECTIVE = 2.0  # seconds
ERRORS_IN_A_SESSION = 8  # after more the host makes a client wait, and then hangs up


class KeptSession:
    """Asks RCPT over one connection as long as the host lets it be."""

    def __init__(self, clients: Clients, sender: str, recipient: str) -> None:
        self.clients, self.sender, self.recipient = clients, sender, recipient
        self.client, self.refused = clients.server(), 0

    def __call__(self) -> str:
        if self.refused >= ERRORS_IN_A_SESSION:
            self.client.close()
            self.client, self.refused = self.clients.server(), 0
        code, _text = recipient_reply(self.client, self.sender, self.recipient)
        self.refused += code != 250
        return str(code)


def fresh_session(clients: Clients, sender: str, recipient: str) -> Probe:
    def ask() -> str:
        with clients.server() as server:
            return str(recipient_reply(server, sender, recipient)[0])

    return ask


def login(clients: Clients, user: User) -> Probe:
    def ask() -> str:
        client = clients.imap()
        try:
            client.login(user.email, user.password)
        except imaplib.IMAP4.error:
            return "refused"
        finally:
            client.shutdown()
        return "in"

    return ask


def test_new_domain_receives(
    clients: Clients,
    connection: Connection,
    control: Control,
    run_id: str,
    figure: t.Callable[[str], None],
) -> None:
    domain = f"new-{run_id}.example.test"
    user = User(f"first@{domain}", "A-first-password-1", "First")
    kept = [KeptSession(clients, connection.outside_sender, user.email) for _number in range(4)]
    fresh = [fresh_session(clients, connection.outside_sender, user.email) for _number in range(2)]
    with traffic(*kept, *fresh, every=0.25) as found:
        found.wait(30)
        assert {answer.said for answer in found.answers} == {"554"}
        options = {"email": user.email, "password": user.password, "full_name": user.full_name}
        control.module("mail_users", domains=[domain], users=[options])
        done = time.monotonic()
        time.sleep(EFFECTIVE + 1)
    late = {answer.said for answer in found.since(done + EFFECTIVE)}
    # on some connection first, on all of them at last
    effective = max(0.0, found.last("554") - found.first("250"))
    figure(f"new domain receives after {effective:.2f} s, {len(found.answers)} questions asked")
    with clients.server() as server:
        made = message(connection.outside_sender, user.email)
        server.send_message(made)
    inbox = clients.inbox(user)
    inbox.wait(subject(made))
    inbox.client.logout()
    for session in kept:
        session.client.close()
    assert effective < EFFECTIVE
    assert late == {"250"}


def test_removed_user_is_locked_out(
    clients: Clients,
    clients6: Clients,
    connection: Connection,
    control: Control,
    run_id: str,
    figure: t.Callable[[str], None],
) -> None:
    user = User(f"leaves-{run_id}@{connection.domains[1]}", "A-last-password-1")
    control.module("mail_user", email=user.email, password=user.password)
    rcpt = KeptSession(clients, connection.outside_sender, user.email)
    with (
        traffic(login(clients6, user), every=0.1, until={"refused"}) as logins,
        traffic(rcpt, every=0.1) as asked,
    ):
        logins.wait(10)
        control.module("mail_user", email=user.email, state="absent")
        done = time.monotonic()
        time.sleep(EFFECTIVE + 1)
        asked.wait(2)
    figure(f"removed user logs in {max(0.0, logins.last('in') - done):.2f} s longer")
    figure(f"removed user receives {max(0.0, asked.last('250') - done):.2f} s longer")
    rcpt.client.close()
    assert [answer.said for answer in logins.since(done + EFFECTIVE)] in ([], ["refused"])
    assert logins.answers[-1].said == "refused"
    assert {answer.said for answer in asked.since(done + EFFECTIVE)} == {"550"}


def test_new_password(
    clients: Clients,
    elsewhere: Clients,
    control: Control,
    accounts: Accounts,
    figure: t.Callable[[str], None],
) -> None:
    user = accounts.real
    changed = User(user.email, "Another-password-1")
    with traffic(login(elsewhere, user), every=0.1, until={"refused"}) as logins:
        logins.wait(10)
        control.module(
            "mail_user", email=user.email, password=changed.password, update_password="always"
        )
        done = time.monotonic()
        clients.imap(changed).logout()
        effective = time.monotonic() - done
        time.sleep(max(0.0, done + EFFECTIVE + 1 - time.monotonic()))
    with clients.submission(changed) as client:
        assert isinstance(client, smtplib.SMTP)
    figure(f"new password is effective after {effective:.2f} s")
    figure(f"old password is good {max(0.0, logins.last('in') - done):.2f} s longer")
    assert effective < EFFECTIVE
    assert logins.answers[-1].said == "refused"
    assert [answer.said for answer in logins.since(done + EFFECTIVE)] in ([], ["refused"])
