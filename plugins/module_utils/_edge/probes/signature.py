# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DKIM signature of a message, looked at as a receiver does."""

from __future__ import annotations

import email
import typing as t

from ..._core.health.observations import Signature, Verification
from .. import dns
from .domains import servers

try:
    import dkim
except ImportError:
    HAS_DKIMPY = False
else:
    HAS_DKIMPY = True

if t.TYPE_CHECKING:
    from .settings import Settings


def signature(message: bytes, domain: str) -> Signature:
    """The signature of the domain, or else the first one there is."""
    found = [_tags(str(value)) for value in _headers(message)]
    ours = [tags for tags in found if tags.get("d") == domain]
    tags = (ours or found or [{}])[0]
    return Signature(domain, tags.get("d", ""), tags.get("s", ""))


def _headers(message: bytes) -> list[t.Any]:
    return email.message_from_bytes(message).get_all("DKIM-Signature", [])


def _tags(header: str) -> dict[str, str]:
    pairs = (tag.split("=", 1) for tag in header.split(";") if "=" in tag)
    return {name.strip(): "".join(value.split()) for name, value in pairs}


def verification(message: bytes, settings: Settings) -> Verification:
    if not HAS_DKIMPY:
        return Verification(False, "the Python library dkim is missing: install python3-dkim")

    def text_of(name: bytes, timeout: int = 5) -> bytes | None:
        answer = dns.ask(name.decode().rstrip("."), "TXT", servers(settings))
        return answer.values[0].encode() if answer.values else None

    try:
        valid = bool(dkim.verify(message, dnsfunc=text_of))
    except dkim.DKIMException as error:
        return Verification(False, str(error))
    return Verification(valid, "valid" if valid else "the signature does not fit the message")
