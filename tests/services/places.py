"""Where the scenario's host offers which service, and a real client's connection to each place."""

from __future__ import annotations

import contextlib
import dataclasses
import imaplib
import poplib
import smtplib
import ssl
import typing as t

from e2e.clients import OUTSIDE_HELO, PATIENCE, NamedContext
from e2e.connection import Connection
from services.managesieve import ManageSieve

INTERNAL = "10.89.45.77"
CLIENT_NAME = "mail.example.test"

Session = smtplib.SMTP | imaplib.IMAP4 | poplib.POP3 | ManageSieve


@dataclasses.dataclass(frozen=True)
class Place:
    service: str
    address: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.service} {host}:{self.port}"


# Service: its port, and whether it is offered at the IPv4, the IPv6 and the internal address.
OFFERED = {
    "smtp": (25, (True, True, True)),
    "submission": (587, (False, False, True)),
    "submissions": (8465, (False, True, False)),
    "imaps": (993, (True, False, False)),
    "pop3s": (995, (True, True, True)),
    "sieve": (4190, (True, True, True)),
    "imap": (143, (False, True, True)),
    "pop3": (110, (True, True, True)),
}
IMPLICIT_TLS = ("submissions", "imaps", "pop3s")


def addresses(connection: Connection) -> tuple[str, str, str]:
    return connection.address, connection.address6, INTERNAL


def places(connection: Connection, offered: bool = True) -> list[Place]:
    """All places of the services, or all where one could think them to be and they are not."""
    return [
        Place(service, address, port)
        for service, (port, where) in OFFERED.items()
        for address, is_there in zip(addresses(connection), where, strict=True)
        if is_there is offered
    ]


def place(connection: Connection, service: str) -> Place:
    """One of the places of a service."""
    return next(found for found in places(connection) if found.service == service)


def trusting(connection: Connection, name: str) -> NamedContext:
    """A client that knows the authority of the host's certificate, and the host by this name."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(connection.ca_file)
    context.name = name
    return context


def plain(at: Place) -> Session:
    """A connection without TLS, greeted."""
    if at.service in ("smtp", "submission"):
        client = smtplib.SMTP(at.address, at.port, OUTSIDE_HELO, PATIENCE)
        client.ehlo()
        return client
    if at.service == "imap":
        return imaplib.IMAP4(at.address, at.port, PATIENCE)
    if at.service == "pop3":
        return poplib.POP3(at.address, at.port, PATIENCE)
    if at.service == "sieve":
        return ManageSieve(at.address, at.port)
    raise ValueError(f"{at} begins with TLS")


def secured(at: Place, context: ssl.SSLContext) -> Session:
    """A connection under TLS, at once or by STARTTLS."""
    if at.service == "submissions":
        return smtplib.SMTP_SSL(
            at.address, at.port, OUTSIDE_HELO, timeout=PATIENCE, context=context
        )
    if at.service == "imaps":
        return imaplib.IMAP4_SSL(at.address, at.port, ssl_context=context, timeout=PATIENCE)
    if at.service == "pop3s":
        return poplib.POP3_SSL(at.address, at.port, timeout=PATIENCE, context=context)
    client = plain(at)
    if isinstance(client, poplib.POP3):
        client.stls(context)
    elif isinstance(client, smtplib.SMTP):
        client.starttls(context=context)
    else:
        client.starttls(context)
    return client


@contextlib.contextmanager
def connected(at: Place, context: ssl.SSLContext) -> t.Iterator[ssl.SSLSocket]:
    """A session under TLS that ends without a word."""
    client = secured(at, context)
    assert isinstance(client.sock, ssl.SSLSocket)
    with client.sock:
        yield client.sock


def served(at: Place, context: ssl.SSLContext) -> bytes:
    """The certificate that a client gets there, in DER; it must be one that he trusts."""
    with connected(at, context) as session:
        return session.getpeercert(binary_form=True) or b""
