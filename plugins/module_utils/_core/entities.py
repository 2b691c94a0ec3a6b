# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, users and aliases as they are stored, and as a result shows them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .address import Address

STATUSES = ("active", "read_only", "send_only", "suspended", "closed")
# What has to be there before a change.
ANY, NEW, KNOWN = EXPECTED = ("any", "new", "known")

Result = dict[str, t.Any]


@dataclass(frozen=True)
class Permits:
    """A row of mail.account_status."""

    may_log_in: bool
    may_submit: bool
    may_receive: bool
    refusal: str | None = None


@dataclass(frozen=True)
class Domain:
    """A domain we accept mail for; one of kind alias has the addresses of another one."""

    name: str
    kind: str = "hosted"
    alias_of: str | None = None
    status: str = "active"

    def result(self) -> Result:
        return {
            "name": self.name,
            "kind": self.kind,
            "alias_of": self.alias_of,
            "status": self.status,
        }


@dataclass(frozen=True)
class User:
    """A mailbox, with the addresses that belong to it alone."""

    email: Address
    password_hash: str = field(repr=False)
    full_name: str = ""
    status: str = "active"
    aliases: tuple[Address, ...] = ()
    # Empty until the database has chosen one.
    home: str = ""
    since: str = field(default="", compare=False)

    def result(self) -> Result:
        return {
            "email": str(self.email),
            "full_name": self.full_name,
            "status": self.status,
            "aliases": [str(alias) for alias in self.aliases],
            "home": self.home or None,
        }


@dataclass(frozen=True)
class Alias:
    """An address that leads elsewhere; a personal one belongs to its owner's mailbox."""

    address: Address
    targets: tuple[Address, ...]
    owner: Address | None = None
    since: str = field(default="", compare=False)

    def result(self) -> Result:
        return {
            "address": str(self.address),
            "targets": [str(target) for target in self.targets],
            "owner": str(self.owner) if self.owner else None,
        }


Entity = t.Union[Domain, User, Alias]


@dataclass(frozen=True)
class Change:
    """One entity before and after; None when it was not there, or will not be."""

    before: Entity | None
    after: Entity | None


@dataclass
class Accounts:
    """What is stored, as far as one request can touch it; the plan works on a copy."""

    domains: dict[str, Domain] = field(default_factory=dict)
    users: dict[Address, User] = field(default_factory=dict)
    aliases: dict[Address, Alias] = field(default_factory=dict)
    # Tombstones, with the day since when.
    retired: dict[Address, str] = field(default_factory=dict)
    # What each status permits.
    statuses: dict[str, Permits] = field(default_factory=dict)
    # All objects of that sort, when the one that is asked for is not there.
    names: tuple[str, ...] = ()

    def copy(self) -> Accounts:
        return replace(
            self,
            domains=dict(self.domains),
            users=dict(self.users),
            aliases=dict(self.aliases),
            retired=dict(self.retired),
        )

    def holds(self, address: Address) -> bool:
        """Whether mail to this very address goes anywhere."""
        return address in self.users or address in self.aliases

    def leading_to(self, address: Address) -> list[Alias]:
        """The aliases with this address among their targets."""
        return [alias for alias in self.aliases.values() if address in alias.targets]


# What a task asks for. None means: leave it as it is.


@dataclass(frozen=True)
class WantedDomain:
    name: str
    kind: str | None = None
    alias_of: str | None = None
    status: str | None = None
    present: bool = True
    force: bool = False
    expect: str = ANY
    origin: str = ""


@dataclass(frozen=True)
class Secret:
    """A new password: clear text and how to hash it, or a ready hash.

    One that is generated is for a new user only; it has neither while it is still to be made.
    """

    clear: str | None = field(default=None, repr=False)
    ready_hash: str | None = field(default=None, repr=False)
    scheme: str = ""
    rounds: int | None = None
    is_generated: bool = False


@dataclass(frozen=True)
class WantedUser:
    email: Address
    secret: Secret | None = None
    # False: a password is for a new user only.
    always_set_password: bool = False
    full_name: str | None = None
    status: str | None = None
    aliases: tuple[Address, ...] | None = None
    present: bool = True
    reuse_retired: bool = False
    # True: a user that exists is left alone.
    add_only: bool = False
    expect: str = ANY
    origin: str = ""


@dataclass(frozen=True)
class WantedAlias:
    address: Address
    targets: tuple[Address, ...] = ()
    present: bool = True
    reuse_retired: bool = False
    expect: str = ANY
    origin: str = ""


@dataclass(frozen=True)
class Request:
    """All that one run asks for; planned and written as a whole or not at all."""

    domains: tuple[WantedDomain, ...] = ()
    users: tuple[WantedUser, ...] = ()
    aliases: tuple[WantedAlias, ...] = ()

    def addresses(self) -> set[Address]:
        """Every address that is named anywhere."""
        named = {user.email for user in self.users}
        named.update(alias.address for alias in self.aliases)
        for user in self.users:
            named.update(user.aliases or ())
        for alias in self.aliases:
            named.update(alias.targets)
        return named

    def domain_names(self) -> set[str]:
        """Every domain that is named anywhere."""
        named = {address.domain for address in self.addresses()}
        named.update(domain.name for domain in self.domains)
        named.update(domain.alias_of for domain in self.domains if domain.alias_of)
        return named

    def missed(self, stored: Accounts) -> str:
        """The sort of object that is to be changed or removed and is not there, or nothing."""
        for domain in self.domains:
            if domain.name not in stored.domains and _should_be(domain):
                return "domain"
        for user in self.users:
            if user.email not in stored.users and _should_be(user):
                return "user"
        for alias in self.aliases:
            if alias.address not in stored.aliases and _should_be(alias):
                return "alias"
        return ""

    def whole_domains(self) -> set[str]:
        """The domains whose every address matters: they are removed or change their kind."""
        return {
            domain.name for domain in self.domains if not domain.present or domain.kind == "alias"
        }


def _should_be(wanted: WantedDomain | WantedUser | WantedAlias) -> bool:
    return wanted.expect == KNOWN or not wanted.present
