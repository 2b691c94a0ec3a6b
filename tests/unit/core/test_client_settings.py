"""What a user types into a mail program."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.filter.client_settings import FilterModule
from ansible_collections.selfhost.mail.plugins.module_utils._core.client_settings import (
    client_settings,
)


def offered(**ports: int) -> dict[str, dict[str, t.Any]]:
    off = {"imap": {"port": 143, "enabled": False}, "smtp": {"port": 25, "enabled": True}}
    return off | {name: {"port": port, "enabled": True} for name, port in ports.items()}


def test_each_service_that_is_offered_has_a_line() -> None:
    services = offered(imaps=993, submission=587, submissions=465)
    assert client_settings("Maria@Example.org", "mail.example.org", services) == [
        "User name    maria@example.org",
        "IMAP         mail.example.org, port 993, SSL/TLS",
        "SMTP         mail.example.org, port 587, STARTTLS",
        "SMTP         mail.example.org, port 465, SSL/TLS",
    ]


def test_all_services() -> None:
    services = offered(imap=143, pop3s=995, pop3=110, sieve=4190, submissions=4465)
    lines = client_settings("a@example.org", "mail.example.org", services)
    assert [line.split()[-1] for line in lines[1:]] == [
        "STARTTLS",
        "SSL/TLS",
        "STARTTLS",
        "SSL/TLS",
        "STARTTLS",
    ]
    assert "SMTP         mail.example.org, port 4465, SSL/TLS" in lines


def test_the_filter_refuses_what_is_no_address() -> None:
    with pytest.raises(Exception, match="The address 'nobody' is refused: it has no @"):
        FilterModule().filters()["client_settings"]("nobody", "mail.example.org", {})
