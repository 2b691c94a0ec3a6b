"""What a receiver makes of a DKIM signature."""

from __future__ import annotations

import email

import dkim
import dns.resolver

from e2e.connection import Connection


def verify_signature(connection: Connection, signed: bytes, domain: str) -> None:
    """The message carries a signature of the domain that verifies against the test's DNS."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [connection.dns]

    def text_record(name: bytes, timeout: int = 5) -> bytes:
        answer = resolver.resolve(name.decode(), "TXT", lifetime=timeout)
        return b"".join(next(iter(answer)).strings)

    headers = email.message_from_bytes(signed)
    assert f"d={domain};" in str(headers["DKIM-Signature"]).replace(" ", "")
    assert dkim.verify(signed, dnsfunc=text_record)
