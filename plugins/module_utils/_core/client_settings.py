# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user types into a mail program."""

from __future__ import annotations

import typing as t

from .address import parse_address

# Service, what it is for, and how it is protected; the better one of a kind comes first.
_SERVICES = (
    ("imaps", "IMAP", "SSL/TLS"),
    ("imap", "IMAP", "STARTTLS"),
    ("pop3s", "POP3", "SSL/TLS"),
    ("pop3", "POP3", "STARTTLS"),
    ("submission", "SMTP", "STARTTLS"),
    ("submissions", "SMTP", "SSL/TLS"),
    ("sieve", "ManageSieve", "STARTTLS"),
)


def client_settings(
    email: str, hostname: str, services: t.Mapping[str, t.Mapping[str, t.Any]]
) -> list[str]:
    """The settings as lines for a person, with those services that the host offers."""
    lines = [f"User name    {parse_address(email)}"]
    for name, purpose, security in _SERVICES:
        service = services.get(name, {})
        if service.get("enabled"):
            lines.append(f"{purpose:<12} {hostname}, port {service['port']}, {security}")
    return lines
