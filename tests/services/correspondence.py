"""What people do with mail: send it and look into a folder."""

from __future__ import annotations

import contextlib
import imaplib
import smtplib
import typing as t

from e2e.clients import Inbox, NamedContext, message, subject
from e2e.connection import Connection, User
from services.places import Place, place, secured


def send(at: Place, context: NamedContext, sender: User, recipient: str, tag: str = "") -> str:
    """Submit a message and return what its subject holds and no other's does."""
    made = message(sender.email, recipient)
    marker = subject(made)
    made.replace_header("Subject", f"{tag} {marker}".strip())
    client = secured(at, context)
    assert isinstance(client, smtplib.SMTP)
    with client:
        client.login(sender.email, sender.password)
        assert client.send_message(made) == {}
    return marker


def imap(at: Place, context: NamedContext, user: User) -> imaplib.IMAP4:
    client = secured(at, context)
    assert isinstance(client, imaplib.IMAP4)
    client.login(user.email, user.password)
    return client


@contextlib.contextmanager
def folder(
    connection: Connection, context: NamedContext, user: User, name: str = "INBOX"
) -> t.Iterator[Inbox]:
    client = imap(place(connection, "imaps"), context, user)
    try:
        assert client.select(name)[0] == "OK"
        yield Inbox(client)
    finally:
        client.logout()


def received(
    connection: Connection, context: NamedContext, user: User, marker: str, name: str = "INBOX"
) -> bytes:
    """The message, once it has come into the folder."""
    with folder(connection, context, user, name) as opened:
        return opened.wait(marker)
