# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One namespace: an address is a mailbox, an alias or a tombstone, never two."""

from __future__ import annotations

import typing as t

from ..address import Address
from ..entities import Accounts
from ..suggest import did_you_mean


def check_domain(after: Accounts, address: Address, what: str) -> None:
    domain = after.domains.get(address.domain)
    if domain is None:
        raise ValueError(
            f"The {what} '{address}' cannot be added, since the domain {address.domain!r} is"
            " not hosted here; add the domain first."
        )
    if domain.kind == "alias":
        raise ValueError(
            f"The {what} '{address}' cannot be added, since {domain.name!r} is an alias domain;"
            f" add '{address.local_part}@{domain.alias_of}', which it follows."
        )


def check_free(after: Accounts, address: Address, what: str, reuse_retired: bool) -> None:
    refused = f"The {what} '{address}' cannot be added: the address is"
    user, alias = after.users.get(address), after.aliases.get(address)
    if user:
        raise ValueError(f"{refused} a mailbox{_since(user.since)}.")
    if alias and alias.owner:
        raise ValueError(f"{refused} an alias of the user '{alias.owner}'{_since(alias.since)}.")
    if alias:
        raise ValueError(f"{refused} an alias for {some(alias.targets)}{_since(alias.since)}.")
    if address in after.retired and not reuse_retired:
        raise ValueError(
            f"{refused} retired{_since(after.retired[address])}, and mail for its former holder"
            " may still arrive. Say reuse_retired: true to give it out again; a new mailbox"
            " starts empty."
        )


def no_such_user(after: Accounts, email: Address) -> str:
    """Why this is no user, and who may be meant."""
    what = f"There is no user '{email}'"
    domain, alias = after.domains.get(email.domain), after.aliases.get(email)
    if alias:
        return f"{what}: the address is an alias for {some(alias.targets)}."
    if email in after.retired:
        return f"{what}: the address is retired since {after.retired[email]}."
    if domain and domain.kind == "alias":
        return (
            f"{what}, since {domain.name!r} is an alias domain;"
            f" write '{email.local_part}@{domain.alias_of}'."
        )
    if domain is None:
        what += f", since the domain {email.domain!r} is not hosted here"
    return what + did_you_mean(str(email), after.names)


def no_such_alias(after: Accounts, address: Address) -> str:
    """Why this is no alias, and which one may be meant."""
    what = f"There is no alias '{address}'"
    if address in after.users:
        return f"{what}: the address is a user's own."
    return what + did_you_mean(str(address), after.names)


def no_such_domain(after: Accounts, name: str) -> str:
    return f"There is no domain {name!r}" + did_you_mean(name, after.names)


def _since(day: str) -> str:
    return f" since {day}" if day else ""


def some(addresses: t.Iterable[Address]) -> str:
    """A few addresses for a sentence, and how many more."""
    ordered = sorted(addresses)
    more = f" and {len(ordered) - 5} more" if len(ordered) > 5 else ""
    return ", ".join(str(address) for address in ordered[:5]) + more


def refuse_leading_aliases(
    after: Accounts, address: Address, what: str, besides: t.Collection[Address] = ()
) -> None:
    leading = [alias.address for alias in after.leading_to(address) if alias.address not in besides]
    if leading:
        raise ValueError(
            f"The {what} cannot be removed, since aliases lead to it: {some(leading)}."
            " Change or remove these aliases first."
        )


def addresses_in(after: Accounts, domain: str) -> list[Address]:
    return [
        address
        for table in (after.users, after.aliases, after.retired)
        for address in table
        if address.domain == domain
    ]
