# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything about one user as lines for a person."""

from __future__ import annotations

import typing as t

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def account_report(account: t.Mapping[str, t.Any]) -> list[str]:
    """A line for each thing; what nobody knows has none."""
    rows = [
        ("Name", account["full_name"]),
        ("Status", f"{account['status']} since {account['status_since']}{_of_domain(account)}"),
        ("Log in", _yes(account["may_log_in"])),
        ("Send", _yes(account["may_submit"])),
        ("Receive", _yes(account["may_receive"], account["refusal"])),
        ("Expires", _expiry(account)),
        ("Own aliases", _listed(account["aliases"])),
        ("Led by", _listed(account["led_by"])),
        ("Sends as", _listed(account["sends_as"])),
        ("Domains", _listed(account["domains"])),
        ("Password", account["scheme"]),
        ("Created", account["created"]),
        ("Mail", _mail(account["mailbox"])),
        ("Home", _home(account)),
        ("Store", account["store"]),
    ]
    return [account["email"], *(f"{label:<12} {text}" for label, text in rows if text)]


def size(count: int) -> str:
    """A number of bytes in the largest unit that leaves something before the point."""
    number, place = float(count), 0
    while number >= 1000 and place < len(_UNITS) - 1:
        number, place = number / 1000, place + 1
    return f"{count} bytes" if not place else f"{number:.1f} {_UNITS[place]}"


def _of_domain(account: t.Mapping[str, t.Any]) -> str:
    status = account["domain_status"]
    return "" if status == "active" else f", and the domain is {status}"


def _yes(may: bool, refusal: str | None = None) -> str:
    if may:
        return "yes"
    return f"no, mail is refused with {refusal!r}" if refusal else "no"


def _expiry(account: t.Mapping[str, t.Any]) -> str:
    if account["expires_at"] is None:
        return "never"
    return f"{account['expires_at']}, then {account['expires_to']}"


def _listed(texts: t.Sequence[str]) -> str:
    return ", ".join(texts) or "–"


def _mail(mailbox: t.Mapping[str, t.Any] | None) -> str:
    if not mailbox:
        return ""
    count = mailbox["messages"]
    return f"{count} message{'' if count == 1 else 's'}, {size(mailbox['bytes'])}"


def _home(account: t.Mapping[str, t.Any]) -> str:
    mailbox = account["mailbox"]
    return str(mailbox["path"] if mailbox else account["home"])
