"""The services that are off by default, as mail programs use them."""

from __future__ import annotations

import email
import imaplib
import poplib
import smtplib

import pytest

from e2e.clients import NamedContext
from e2e.connection import Connection, User
from services.correspondence import folder, imap, received, send
from services.managesieve import ManageSieve, Refused
from services.places import INTERNAL, place, places, plain, secured

FOLDER = "Projects"
SCRIPT = f"""require ["fileinto", "mailbox"];
if header :contains "Subject" "[project]" {{ fileinto :create "{FOLDER}"; }}
"""


def test_pop3s(connection: Connection, context: NamedContext, maria: User) -> None:
    """Mail is fetched and removed, as POP3 programs do."""
    marker = send(place(connection, "submissions"), context, maria, maria.email)
    received(connection, context, maria, marker)
    for at in (place(connection, "pop3s"), place(connection, "pop3")):
        client = secured(at, context)
        assert isinstance(client, poplib.POP3)
        client.user(maria.email)
        client.pass_(maria.password)
        number = len(client.list()[1])
        _status, lines, _octets = client.retr(number)
        assert marker in email.message_from_bytes(b"\r\n".join(lines))["Subject"]
        if at.service == "pop3":
            client.dele(number)
        client.quit()
    with folder(connection, context, maria) as left:
        assert left.uids(marker) == []


def test_imap_with_starttls(connection: Connection, context: NamedContext, maria: User) -> None:
    for at in places(connection):
        if at.service == "imap":
            client = imap(at, context, maria)
            assert client.select("INBOX")[0] == "OK"
            client.logout()


def test_submission_at_the_internal_address(
    connection: Connection, context: NamedContext, maria: User, jean_pierre: User
) -> None:
    at = place(connection, "submission")
    assert at.address == INTERNAL
    marker = send(at, context, maria, jean_pierre.email)
    received(connection, context, jean_pierre, marker)


def test_script_files_mail(
    connection: Connection, context: NamedContext, maria: User, jean_pierre: User
) -> None:
    sieve = secured(place(connection, "sieve"), context)
    assert isinstance(sieve, ManageSieve)
    with sieve:
        sieve.login(jean_pierre.email, jean_pierre.password)
        with pytest.raises(Refused, match="NO"):
            sieve.put_script("wrong", "fileinto;")
        sieve.put_script("projects", SCRIPT)
        sieve.activate("projects")
    at = place(connection, "submissions")
    other = send(at, context, maria, jean_pierre.email)
    marker = send(at, context, maria, jean_pierre.email, "[project]")
    received(connection, context, jean_pierre, other)
    received(connection, context, jean_pierre, marker, FOLDER)
    with folder(connection, context, jean_pierre) as inbox:
        assert inbox.uids(marker) == []


def test_imap_without_tls_refuses_logins(connection: Connection, maria: User) -> None:
    for at in places(connection):
        if at.service == "imap":
            client = plain(at)
            assert isinstance(client, imaplib.IMAP4)
            assert "LOGINDISABLED" in client.capabilities
            assert not [word for word in client.capabilities if word.startswith("AUTH=")]
            # the library would not even ask
            client.capabilities = ()
            with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
                client.login(maria.email, maria.password)
            client.shutdown()


def test_pop3_without_tls_refuses_logins(connection: Connection, maria: User) -> None:
    for at in places(connection):
        if at.service == "pop3":
            client = plain(at)
            assert isinstance(client, poplib.POP3)
            offered = client.capa()
            assert offered.get("SASL", []) == []
            assert "USER" not in offered
            with pytest.raises(poplib.error_proto, match="Cleartext authentication disallowed"):
                client.user(maria.email)
                client.pass_(maria.password)
            client.close()


def test_sieve_without_tls_refuses_logins(connection: Connection, maria: User) -> None:
    for at in places(connection):
        if at.service == "sieve":
            client = plain(at)
            assert isinstance(client, ManageSieve)
            with client:
                assert '"SASL" ""' in client.capabilities
                with pytest.raises(Refused, match="ENCRYPT-NEEDED|[Cc]leartext"):
                    client.login(maria.email, maria.password)


def test_submission_without_tls_refuses_logins(connection: Connection, maria: User) -> None:
    client = plain(place(connection, "submission"))
    assert isinstance(client, smtplib.SMTP)
    with client:
        assert "auth" not in client.esmtp_features
        code, _text = client.docmd("AUTH PLAIN AGEAYg==")
    assert code == 530
