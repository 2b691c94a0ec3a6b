"""Mail that must be refused, with the right reply: each refusal is a feature."""

from __future__ import annotations

import smtplib
import typing as t

import pytest

from e2e.clients import Clients, Inbox, message, recipient_reply, subject
from e2e.conftest import Accounts
from e2e.connection import Connection, User

InboxOf = t.Callable[[User], Inbox]
SenderOf = t.Callable[[User], smtplib.SMTP]
OUTSIDE = "somebody@example.com"
PERMANENT = range(500, 600)


def relays(connection: Connection) -> dict[str, str]:
    """Ways to write an outside recipient that old servers fell for."""
    here = connection.domains[0]
    return {
        "plain": OUTSIDE,
        "percent": f"somebody%example.com@{here}",
        "percent, quoted": f'"somebody%example.com"@{here}',
        "percent, this host": f"somebody%example.com@{connection.hostname}",
        "percent, address": f"somebody%example.com@[{connection.address}]",
        "source route": f"@{here}:{OUTSIDE}",
        "source route, this host": f"@{connection.hostname}:{OUTSIDE}",
        "bang path": f"example.com!somebody@{here}",
        "bang path alone": "example.com!somebody",
        "two ats": f"{OUTSIDE}@{here}",
        "two ats, quoted": f'"{OUTSIDE}"@{here}',
        "address": "somebody@[192.0.2.1]",
    }


@pytest.mark.parametrize("family", ["clients", "clients6"])
@pytest.mark.parametrize("sender", ["outside", "user", "empty"])
def test_no_open_relay(
    family: str,
    sender: str,
    request: pytest.FixtureRequest,
    connection: Connection,
) -> None:
    clients: Clients = request.getfixturevalue(family)
    senders = {"outside": connection.outside_sender, "user": connection.users[0].email, "empty": ""}
    for name, recipient in relays(connection).items():
        with clients.server() as server:
            code, text = recipient_reply(server, senders[sender], recipient)
        assert code in PERMANENT, f"{name} {recipient}: {code} {text}"


@pytest.mark.parametrize("domain", [0, 1])
def test_unknown_recipient(domain: int, clients: Clients, connection: Connection) -> None:
    with clients.server() as server:
        recipient = f"nobody-at-all@{connection.domains[domain]}"
        code, text = recipient_reply(server, connection.outside_sender, recipient)
    assert (code, text[:5]) == (550, "5.1.1")


def test_unknown_recipient_of_a_user(
    sender_of: SenderOf, connection: Connection, accounts: Accounts
) -> None:
    recipient = f"nobody-at-all@{connection.domains[0]}"
    code, text = recipient_reply(sender_of(accounts.anna), accounts.anna.email, recipient)
    assert (code, text[:5]) == (550, "5.1.1")


def foreign_senders(accounts: Accounts, connection: Connection) -> dict[str, str]:
    """Addresses that are not anna's."""
    return {
        "another user": accounts.ben.email,
        "another user's alias domain": connection.users[0].email,
        "an alias of which she is only a member": accounts.team,
        "nobody's": f"nobody-at-all@{connection.domains[0]}",
        "outside": OUTSIDE,
        "the administrator's": f"postmaster@{connection.domains[0]}",
    }


def test_foreign_sender(sender_of: SenderOf, accounts: Accounts, connection: Connection) -> None:
    for name, sender in foreign_senders(accounts, connection).items():
        code, text = recipient_reply(sender_of(accounts.anna), sender, accounts.ben.email)
        assert (code, text[:5]) == (553, "5.7.1"), f"{name} {sender}: {code} {text}"


def test_submission_demands_a_login(clients: Clients, accounts: Accounts) -> None:
    for client in (clients.submission(), clients.submissions()):
        with client:
            code, _text = recipient_reply(client, accounts.anna.email, accounts.ben.email)
            assert code in PERMANENT


def test_message_over_the_limit_is_refused_when_announced(
    clients: Clients, connection: Connection
) -> None:
    with clients.server() as server:
        size = int(server.esmtp_features["size"]) + 1
        code, text = server.mail(connection.outside_sender, [f"SIZE={size}"])
    assert (code, text[:5]) == (552, b"5.3.4")


def test_message_over_the_limit_is_refused_when_sent(
    sender_of: SenderOf, accounts: Accounts
) -> None:
    client = sender_of(accounts.ben)
    limit = int(client.esmtp_features["size"])
    client.mail(accounts.ben.email)
    client.rcpt(accounts.anna.email)
    code, text = client.data(b"Subject: too large\r\n\r\n" + (b"x" * 76 + b"\r\n") * (limit // 76))
    assert (code, text[:5]) == (552, b"5.3.4")


@pytest.mark.parametrize(
    "end",
    [b"\n.\r\n", b"\n.\n", b"\r\n.\n", b"\r.\r\n", b"\r.\r", b"\n.\r"],
    ids=repr,
)
def test_no_second_message_is_smuggled_in(
    end: bytes, clients: Clients, connection: Connection, accounts: Accounts, inbox_of: InboxOf
) -> None:
    """Only CR LF . CR LF ends a message, so one message goes in and at most one comes out."""
    outer = message(connection.outside_sender, accounts.anna.email)
    inner = message(connection.outside_sender, accounts.ben.email)
    commands = f"MAIL FROM:<{OUTSIDE}>\r\nRCPT TO:<{accounts.ben.email}>\r\nDATA\r\n"
    with clients.server() as server:
        server.mail(connection.outside_sender)
        server.rcpt(accounts.anna.email)
        assert server.docmd("DATA")[0] == 354
        raw = outer.as_bytes().replace(b"\n", b"\r\n") + end + commands.encode()
        server.send(raw + inner.as_bytes().replace(b"\n", b"\r\n") + b"\r\n.\r\n")
        assert server.getreply()[0] == 250
    assert f"MAIL FROM:<{OUTSIDE}>".encode() in inbox_of(accounts.anna).wait(subject(outer))
    assert inbox_of(accounts.ben).uids(subject(inner)) == []


@pytest.mark.parametrize("command", ["VRFY", "EXPN"])
def test_addresses_are_not_told(command: str, clients: Clients, connection: Connection) -> None:
    with clients.server() as server:
        code, _text = server.docmd(command, connection.users[0].email)
    assert code in (502, 500)


def test_no_login_on_port_25(clients: Clients) -> None:
    with clients.server() as server:
        assert "auth" not in server.esmtp_features
        assert server.docmd("AUTH", "PLAIN")[0] in PERMANENT
        server.starttls(context=clients.context)
        server.ehlo()
        assert "auth" not in server.esmtp_features
        assert server.docmd("AUTH", "PLAIN")[0] in PERMANENT


def test_no_login_on_submission_without_tls(clients: Clients) -> None:
    with clients.plain_submission() as client:
        assert "auth" not in client.esmtp_features
        assert client.docmd("AUTH", "PLAIN AGEAYQ==")[0] == 530
        assert client.docmd("MAIL", f"FROM:<{OUTSIDE}>")[0] == 530
