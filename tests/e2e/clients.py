"""Mail clients as people and other servers have them: real connections, certificates verified."""

from __future__ import annotations

import contextlib
import dataclasses
import email.message
import email.utils
import imaplib
import smtplib
import ssl
import time
import typing as t
import uuid

from e2e.connection import Connection, User

PATIENCE = 20.0  # seconds a client waits for an answer
DELIVERY = 2.0  # seconds that mail may take from DATA to the mailbox
POLL = 0.05
OUTSIDE_HELO = "client.example.com"


class NamedContext(ssl.SSLContext):
    """Verifies the certificate for the host's name, whatever address a client connects to."""

    name = ""

    def wrap_socket(self, sock: t.Any, *args: t.Any, **options: t.Any) -> ssl.SSLSocket:
        return super().wrap_socket(sock, *args, **{**options, "server_hostname": self.name})


def verified(connection: Connection) -> NamedContext:
    """Trusts only the authority of this host."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(connection.ca_file)
    context.name = connection.hostname
    return context


@dataclasses.dataclass(frozen=True)
class Clients:
    """Connects the way the standard library does, with what a user types into his program."""

    connection: Connection
    context: ssl.SSLContext
    address: str

    def server(self) -> smtplib.SMTP:
        """Another mail server's connection to port 25."""
        return self._smtp("smtp")

    def submission(self, user: User | None = None) -> smtplib.SMTP:
        """Port 587 with STARTTLS, logged in if a user is given."""
        client = self._smtp("submission")
        client.starttls(context=self.context)
        client.ehlo()
        if user:
            client.login(user.email, user.password)
        return client

    def plain_submission(self) -> smtplib.SMTP:
        return self._smtp("submission")

    def submissions(self, user: User | None = None) -> smtplib.SMTP:
        """Port 465, TLS from the first byte."""
        port = self.connection.ports["submissions"]
        client = smtplib.SMTP_SSL(
            self.address,
            port,
            local_hostname=OUTSIDE_HELO,
            context=self.context,
            timeout=PATIENCE,
        )
        client.ehlo()
        if user:
            client.login(user.email, user.password)
        return client

    def imap(self, user: User | None = None) -> imaplib.IMAP4_SSL:
        port = self.connection.ports["imaps"]
        client = imaplib.IMAP4_SSL(self.address, port, ssl_context=self.context, timeout=PATIENCE)
        if user:
            client.login(user.email, user.password)
        return client

    def inbox(self, user: User) -> Inbox:
        client = self.imap(user)
        client.select("INBOX")
        return Inbox(client)

    def _smtp(self, service: str) -> smtplib.SMTP:
        port = self.connection.ports[service]
        client = smtplib.SMTP(self.address, port, local_hostname=OUTSIDE_HELO, timeout=PATIENCE)
        client.ehlo()
        return client


@dataclasses.dataclass(frozen=True)
class Inbox:
    client: imaplib.IMAP4

    def uids(self, marker: str) -> list[str]:
        """Messages whose subject holds the marker."""
        self.client.noop()
        _status, found = self.client.uid("SEARCH", "HEADER", "Subject", f'"{marker}"')
        return (found[0] or b"").decode().split()

    def wait(self, marker: str, within: float = DELIVERY) -> bytes:
        """The one message with the marker; it must arrive in time."""
        deadline = time.monotonic() + within
        while not (uids := self.uids(marker)):
            if time.monotonic() > deadline:
                raise AssertionError(f"no message {marker!r} within {within:.0f} s")
            time.sleep(POLL)
        assert len(uids) == 1, f"{len(uids)} messages {marker!r}, 1 was sent"
        return self.fetch(uids[0])

    def fetch(self, uid: str) -> bytes:
        _status, parts = self.client.uid("FETCH", uid, "(BODY.PEEK[])")
        return next(bytes(part[1]) for part in parts if isinstance(part, tuple))

    def delete(self, marker: str) -> None:
        for uid in self.uids(marker):
            self.client.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
        self.client.expunge()


def message(sender: str, recipient: str, body: str = "Hello.\n") -> email.message.EmailMessage:
    """A message with a subject that nothing else has."""
    made = email.message.EmailMessage()
    made["From"], made["To"] = sender, recipient
    made["Subject"] = f"test {uuid.uuid4().hex}"
    made["Date"] = email.utils.formatdate()
    made["Message-ID"] = email.utils.make_msgid(domain=sender.rpartition("@")[2])
    made.set_content(body)
    return made


def subject(made: email.message.EmailMessage) -> str:
    return str(made["Subject"])


def recipient_reply(client: smtplib.SMTP, sender: str, recipient: str) -> tuple[int, str]:
    """What the server says to RCPT, as code and text."""
    client.rset()
    code, text = client.mail(sender)
    if code == 250:
        code, text = client.docmd(f"RCPT TO:<{recipient}>")
    with contextlib.suppress(smtplib.SMTPServerDisconnected):
        client.rset()
    return code, text.decode()
