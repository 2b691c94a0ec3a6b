"""Mail that must arrive: who sends what to whom, and how fast."""

from __future__ import annotations

import email
import email.message
import email.policy
import re
import smtplib
import time
import typing as t

import pytest

from e2e.clients import DELIVERY, Clients, Inbox, message, subject
from e2e.conftest import Accounts
from e2e.connection import Connection, User
from e2e.signature import verify_signature
from e2e.tunnel import outside

InboxOf = t.Callable[[User], Inbox]
SenderOf = t.Callable[[User], smtplib.SMTP]
ROLES = ("postmaster", "abuse")
# 52 of the characters that a long queue ID is made of; a short one is an inode in hexadecimal
LONG_QUEUE_ID = re.compile(r"queued as [0-9BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz]{12,}$")


def deliver(clients: Clients, sender: str, recipient: str) -> email.message.EmailMessage:
    """Send a message as another server does and return it."""
    made = message(sender, recipient)
    with clients.server() as server:
        server.starttls(context=clients.context)
        assert server.send_message(made, sender, [recipient]) == {}
    return made


@pytest.mark.parametrize("family", ["clients", "clients6"])
def test_mail_from_outside(
    family: str,
    request: pytest.FixtureRequest,
    connection: Connection,
    inbox_of: InboxOf,
    figure: t.Callable[[str], None],
) -> None:
    clients: Clients = request.getfixturevalue(family)
    user = connection.users[0]
    inbox_of(user)
    made = deliver(clients, connection.outside_sender, user.email)
    began = time.monotonic()
    inbox_of(user).wait(subject(made), DELIVERY)
    figure(f"from port 25 into the mailbox, {family}: {time.monotonic() - began:.2f} s")


@pytest.mark.parametrize("family", ["clients", "clients6"])
@pytest.mark.parametrize("service", ["submission", "submissions"])
def test_mail_from_a_user_is_signed(
    service: str,
    family: str,
    request: pytest.FixtureRequest,
    connection: Connection,
    inbox_of: InboxOf,
) -> None:
    clients: Clients = request.getfixturevalue(family)
    sender, recipient = connection.users[0], connection.users[1]
    made = message(sender.email, recipient.email)
    with getattr(clients, service)(sender) as client:
        assert client.send_message(made) == {}
    stored = inbox_of(recipient).wait(subject(made))
    verify_signature(connection, stored, sender.domain)


def test_every_domain_signs(
    connection: Connection, accounts: Accounts, sender_of: SenderOf, inbox_of: InboxOf
) -> None:
    senders = {user.domain: user for user in (*connection.users, accounts.anna)}
    assert set(connection.domains) <= set(senders)
    for domain in connection.domains:
        made = message(senders[domain].email, connection.users[0].email)
        assert sender_of(senders[domain]).send_message(made) == {}
        verify_signature(connection, inbox_of(connection.users[0]).wait(subject(made)), domain)


def test_mail_leaves_signed(connection: Connection, sender_of: SenderOf) -> None:
    """A server outside receives it, with a signature that it can verify."""
    user = connection.users[0]
    made = message(user.email, connection.outside_sender)
    assert sender_of(user).send_message(made) == {}
    find = f"grep -rl '^Subject: {subject(made)}' Maildir/new | head -n 1 | xargs -r cat"
    deadline = time.monotonic() + 10
    while not (received := outside(connection, find)):
        assert time.monotonic() < deadline, "the outside server has not got it within 10 s"
        time.sleep(0.2)
    # a Maildir ends lines with LF, what is signed ends them with CR LF
    verify_signature(connection, received.replace(b"\n", b"\r\n"), user.domain)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_login_mechanisms(mechanism: str, clients: Clients, connection: Connection) -> None:
    with clients.submission() as client:
        assert mechanism in client.esmtp_features["auth"].split()
        client.user, client.password = connection.users[0].email, connection.users[0].password
        code, _text = client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
        assert code == 235


def test_alias_reaches_all_its_targets(
    clients: Clients, connection: Connection, accounts: Accounts, inbox_of: InboxOf
) -> None:
    made = deliver(clients, connection.outside_sender, accounts.team)
    for user in (accounts.anna, accounts.ben):
        inbox_of(user).wait(subject(made))


def test_personal_alias_receives_and_sends(
    clients: Clients,
    connection: Connection,
    accounts: Accounts,
    sender_of: SenderOf,
    inbox_of: InboxOf,
) -> None:
    made = deliver(clients, connection.outside_sender, accounts.personal)
    inbox_of(accounts.anna).wait(subject(made))
    made = message(accounts.personal, accounts.ben.email)
    assert sender_of(accounts.anna).send_message(made) == {}
    inbox_of(accounts.ben).wait(subject(made))


def test_catch_all_takes_what_nobody_has(
    clients: Clients, connection: Connection, accounts: Accounts, inbox_of: InboxOf
) -> None:
    made = deliver(clients, connection.outside_sender, f"nobody@{accounts.catch_all}")
    inbox_of(accounts.anna).wait(subject(made))


@pytest.mark.parametrize("local_part", ["real", "REAL", "real+news"])
def test_catch_all_leaves_a_mailbox_its_mail(
    local_part: str,
    clients: Clients,
    connection: Connection,
    accounts: Accounts,
    inbox_of: InboxOf,
) -> None:
    made = deliver(clients, connection.outside_sender, f"{local_part}@{accounts.catch_all}")
    inbox_of(accounts.real).wait(subject(made))
    assert inbox_of(accounts.anna).uids(subject(made)) == []


def test_plus_address(
    clients: Clients, connection: Connection, accounts: Accounts, inbox_of: InboxOf
) -> None:
    recipient = accounts.anna.email.replace("@", "+lists@")
    made = deliver(clients, connection.outside_sender, recipient)
    inbox_of(accounts.anna).wait(subject(made))


def test_case_is_no_difference(
    clients: Clients, connection: Connection, accounts: Accounts, inbox_of: InboxOf
) -> None:
    loud = User(accounts.ben.email.upper(), accounts.ben.password)
    made = deliver(clients, connection.outside_sender, loud.email)
    inbox_of(accounts.ben).wait(subject(made))
    clients.imap(loud).logout()
    with clients.submission(loud) as client:
        made = message(accounts.ben.email, accounts.anna.email)
        assert client.send_message(made) == {}
    inbox_of(accounts.anna).wait(subject(made))


def test_apostrophe_in_an_address(
    clients: Clients,
    connection: Connection,
    accounts: Accounts,
    sender_of: SenderOf,
    inbox_of: InboxOf,
) -> None:
    made = deliver(clients, connection.outside_sender, accounts.obrien.email)
    inbox_of(accounts.obrien).wait(subject(made))
    made = message(accounts.obrien.email, accounts.anna.email)
    assert sender_of(accounts.obrien).send_message(made) == {}
    inbox_of(accounts.anna).wait(subject(made))


@pytest.mark.parametrize("role", ROLES)
def test_roles_of_each_domain_reach_the_administrator(
    role: str, clients: Clients, connection: Connection, inbox_of: InboxOf
) -> None:
    administrator = connection.user(connection.administrator)
    for domain in connection.domains:
        made = deliver(clients, connection.outside_sender, f"{role}@{domain}")
        inbox_of(administrator).wait(subject(made))


def test_eight_bit_text_arrives_as_it_was(
    clients: Clients, connection: Connection, accounts: Accounts, inbox_of: InboxOf
) -> None:
    text = "Grüße, señor 日本\r\n"
    made = message(connection.outside_sender, accounts.anna.email)
    marker = subject(made)
    del made["Content-Transfer-Encoding"]
    made.set_content(text, cte="8bit")
    with clients.server() as server:
        assert "8bitmime" in server.esmtp_features
        raw = made.as_bytes(policy=email.policy.SMTP)
        server.sendmail(connection.outside_sender, [accounts.anna.email], raw, ["BODY=8BITMIME"])
    assert text.encode() in inbox_of(accounts.anna).wait(marker)


def test_message_up_to_the_limit(
    clients: Clients,
    connection: Connection,
    accounts: Accounts,
    sender_of: SenderOf,
    inbox_of: InboxOf,
) -> None:
    client = sender_of(accounts.anna)
    limit = int(client.esmtp_features["size"])
    assert limit == 50 * 1024 * 1024
    made = message(accounts.anna.email, accounts.ben.email)
    head = made.as_bytes(policy=email.policy.SMTP)
    # what the host itself adds above (Received, DKIM-Signature) is part of what it counts
    line = b"x" * 76 + b"\r\n"
    raw = head + line * ((limit - len(head) - 4096) // len(line))
    assert client.sendmail(accounts.anna.email, [accounts.ben.email], raw) == {}
    inbox = inbox_of(accounts.ben)
    stored = inbox.wait(subject(made), within=20)
    inbox.delete(subject(made))
    assert stored.endswith(line)
    assert len(stored) > limit - 8192


def test_long_queue_id(clients: Clients, connection: Connection, accounts: Accounts) -> None:
    """One that is never used again, so a log can be followed."""
    with clients.server() as server:
        server.mail(connection.outside_sender)
        server.rcpt(accounts.anna.email)
        code, text = server.data(message("a@example.com", "b@example.com").as_bytes())
    assert code == 250
    assert LONG_QUEUE_ID.search(text.decode())
