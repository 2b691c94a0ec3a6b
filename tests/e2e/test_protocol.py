"""What the services say and with which TLS they say it."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import typing as t

import pytest

from e2e.clients import PATIENCE, Clients, NamedContext
from e2e.connection import Connection

SERVICES = ("smtp", "submission", "submissions", "imaps")
STARTTLS = ("smtp", "submission")
VERSION = re.compile(r"\d+\.\d+|Debian|GNU|Ubuntu|ESMTP .+", re.IGNORECASE)
# of the server's, not of this client's
REFUSED_BY_SERVER = re.compile(r"ALERT_PROTOCOL_VERSION|ALERT_HANDSHAKE_FAILURE", re.IGNORECASE)


def read_line(connected: socket.socket) -> str:
    with connected.makefile("rb") as lines:
        return lines.readline().decode().strip()


def greeting(clients: Clients, service: str) -> str:
    """First line of a service."""
    place = (clients.address, clients.connection.ports[service])
    with socket.create_connection(place, PATIENCE) as plain:
        if service in STARTTLS:
            return read_line(plain)
        with clients.context.wrap_socket(plain) as wrapped:
            return read_line(wrapped)


def handshake(clients: Clients, service: str, context: ssl.SSLContext) -> str:
    """TLS version that a service agrees to."""
    port = clients.connection.ports[service]
    if service in STARTTLS:
        with smtplib.SMTP(clients.address, port, "client.example.com", PATIENCE) as client:
            client.starttls(context=context)
            return str(t.cast(ssl.SSLSocket, client.sock).version())
    with (
        socket.create_connection((clients.address, port), PATIENCE) as plain,
        context.wrap_socket(plain) as wrapped,
    ):
        return str(wrapped.version())


def only(connection: Connection, version: ssl.TLSVersion) -> NamedContext:
    """A client of one TLS version that would accept the weakest ciphers itself."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(connection.ca_file)
    context.name = connection.hostname
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize("family", ["clients", "clients6"])
@pytest.mark.parametrize("service", SERVICES)
def test_greeting_names_the_host_and_no_version(
    service: str, family: str, request: pytest.FixtureRequest, connection: Connection
) -> None:
    line = greeting(request.getfixturevalue(family), service)
    if service != "imaps":
        assert line == f"220 {connection.hostname} ESMTP"
    assert line
    assert not VERSION.search(line)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("service", SERVICES)
def test_current_tls_is_spoken(service: str, version: ssl.TLSVersion, clients: Clients) -> None:
    context = only(clients.connection, version)
    assert handshake(clients, service, context) == version.name.replace("_", ".")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
@pytest.mark.parametrize("service", SERVICES)
def test_old_tls_is_refused(service: str, clients: Clients) -> None:
    context = only(clients.connection, ssl.TLSVersion.TLSv1_1)
    with pytest.raises(ssl.SSLError, match=REFUSED_BY_SERVER):
        handshake(clients, service, context)


@pytest.mark.parametrize("service", SERVICES)
def test_certificate_is_the_hosts(service: str, clients: Clients) -> None:
    """A client that asks for another name does not get through."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(clients.connection.ca_file)
    context.name = "other.example.test"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(clients, service, context)


def test_extensions(clients: Clients) -> None:
    """8BITMIME and STARTTLS, and nothing that Dovecot could not deliver."""
    with clients.server() as server:
        offered = set(server.esmtp_features)
    assert {"8bitmime", "starttls", "size", "pipelining"} <= offered
    assert "smtputf8" not in offered


@pytest.mark.parametrize("port", [110, 143, 995, 4190, 5432])
def test_no_other_port_answers(port: int, connection: Connection) -> None:
    for address in (connection.address, connection.address6):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, port), 5).close()


def test_imap_offers_login_only_under_tls(clients: Clients) -> None:
    client = clients.imap()
    capabilities = client.capabilities
    client.logout()
    assert "AUTH=PLAIN" in capabilities
    assert "LOGINDISABLED" not in capabilities
    assert "STARTTLS" not in capabilities
