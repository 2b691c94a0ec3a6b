"""A certificate that was brought along, and its renewal."""

from __future__ import annotations

import ssl
import typing as t

import pytest

from e2e.clients import NamedContext
from e2e.connection import Connection
from e2e.control import Control
from services.places import CLIENT_NAME, place, places, secured, served, trusting

Host = t.Any


def everywhere(connection: Connection, context: NamedContext) -> dict[str, bytes]:
    return {str(at): served(at, context) for at in places(connection)}


def on_disk(host: Host) -> bytes:
    return ssl.PEM_cert_to_DER_cert(host.file("/etc/acme/fullchain.pem").content_string)


@pytest.mark.parametrize("name", ["mx1.example.test", CLIENT_NAME])
def test_it_holds_both_names(name: str, connection: Connection, host: Host) -> None:
    found = everywhere(connection, trusting(connection, name))
    assert len(found) == 17
    assert set(found.values()) == {on_disk(host)}


def test_it_holds_no_other_name(connection: Connection) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        secured(place(connection, "imaps"), trusting(connection, "imap.example.test"))


def test_renewal_reaches_every_service(
    connection: Connection, control: Control, context: NamedContext, host: Host
) -> None:
    """A daemon keeps what it has read, until the certificate's role reloads it."""
    before = on_disk(host)
    assert host.run("renew-certificate").rc == 0
    after = on_disk(host)
    assert after != before
    # a process of Postfix lives for seconds, and the next one reads the new one
    served = set(everywhere(connection, context).values())
    assert before in served
    assert served <= {before, after}
    control.role("tls")
    assert set(everywhere(connection, context).values()) == {after}
