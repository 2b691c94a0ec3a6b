"""Settings of the inventory and of the administrator's own files, where they can be seen."""

from __future__ import annotations

import email
import imaplib
import re
import smtplib
import typing as t

import pytest

from e2e.clients import NamedContext, recipient_reply
from e2e.connection import Connection, User
from e2e.signature import verify_signature
from services.correspondence import received, send
from services.places import place, secured

Host = t.Any
SIZE = 1_000_000
STORE = "/srv/post"


def mail_server(connection: Connection) -> smtplib.SMTP:
    client = smtplib.SMTP(connection.address, 25, "client.example.com", 20)
    client.ehlo()
    return client


def test_postfix_settings_come_last(connection: Connection) -> None:
    with smtplib.SMTP(timeout=20) as client:
        _code, greeting = client.connect(connection.address, 25)
    assert greeting == b"mx1.example.test ESMTP, and welcome"


def test_dovecot_settings_come_last(
    connection: Connection, context: NamedContext, maria: User
) -> None:
    client = secured(place(connection, "imaps"), context)
    assert isinstance(client, imaplib.IMAP4)
    client.login(maria.email, maria.password)
    _status, namespaces = client.namespace()
    client.logout()
    assert namespaces[0].startswith(b'(("" "."))')


def test_dovecot_reads_what_the_administrator_includes(
    connection: Connection, context: NamedContext
) -> None:
    client = secured(place(connection, "imaps"), context)
    assert isinstance(client, imaplib.IMAP4)
    client.shutdown()
    assert client.welcome.endswith(b"Welcome to the store.")


def test_key_that_was_brought_along_signs(
    connection: Connection, context: NamedContext, maria: User
) -> None:
    marker = send(place(connection, "submissions"), context, maria, maria.email)
    stored = received(connection, context, maria, marker)
    verify_signature(connection, stored, maria.domain)
    signature = re.sub(r"\s", "", email.message_from_bytes(stored)["DKIM-Signature"]).split(";")
    assert "s=former" in signature
    assert "c=simple/simple" in signature  # opendkim_settings come last


def test_size_of_a_message(connection: Connection) -> None:
    with mail_server(connection) as client:
        assert client.esmtp_features["size"] == str(SIZE)
        code, _text = client.mail(connection.outside_sender, [f"SIZE={SIZE + 1}"])
    assert code == 552


@pytest.mark.parametrize(("delimiter", "wanted"), [("_", 250), ("+", 550)])
def test_recipient_delimiter(
    delimiter: str, wanted: int, connection: Connection, maria: User
) -> None:
    local_part, _at, domain = maria.email.partition("@")
    with mail_server(connection) as client:
        recipient = f"{local_part}{delimiter}news@{domain}"
        code, _text = recipient_reply(client, connection.outside_sender, recipient)
    assert code == wanted


def test_mail_to_an_extension_arrives(
    connection: Connection, context: NamedContext, maria: User
) -> None:
    extended = maria.email.replace("@", "_news@")
    marker = send(place(connection, "submissions"), context, maria, extended)
    received(connection, context, maria, marker)


def test_mail_lies_where_the_inventory_says(
    connection: Connection, context: NamedContext, maria: User, host: Host
) -> None:
    marker = send(place(connection, "submissions"), context, maria, maria.email)
    received(connection, context, maria, marker)
    command = (
        f"grep -rl '{marker}' {STORE} --include='*.mx1.example.test,*' | xargs stat -c '%u:%g %n'"
    )
    owner, _space, path = host.check_output(command).partition(" ")
    assert owner == "7001:7002"
    assert re.match(rf"{STORE}/example\.test/maria_garcia\.[0-9a-f]{{8}}/mail/", path)


def test_mail_that_was_there_keeps_its_owner(host: Host) -> None:
    """The user of the mail got another number, and usermod changes what lies in a user's home."""
    assert host.user("vmail").uid == 7001
    for path in ("former", "former/message"):
        found = host.file(f"{STORE}/{path}")
        assert (found.uid, found.gid) == (5000, 5000), path
