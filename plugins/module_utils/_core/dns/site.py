# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts about a mail system that its DNS records are made of."""

from __future__ import annotations

import dataclasses
import ipaddress
import typing as t

from ..address import parse_domain
from ..services import refuse_service

Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

DMARC_POLICIES = ("none", "quarantine", "reject")

# RFC 6761: names that never reach the public DNS, where private addresses do no harm.
_TEST_ZONES = (
    "test",
    "example",
    "invalid",
    "localhost",
    "example.com",
    "example.net",
    "example.org",
)


@dataclasses.dataclass(frozen=True)
class Site:
    """`ports` has the services that are switched on; `addresses` come sorted, IPv4 first."""

    hostname: str
    client_hostname: str
    addresses: tuple[Address, ...]
    ports: t.Mapping[str, int]
    dmarc_policy: str = "quarantine"


def parse_site(facts: t.Mapping[str, t.Any]) -> Site:
    """A Site from the values of the variables site_*, or ValueError."""
    hostname = parse_domain(_given(facts, "hostname"))
    policy = facts.get("dmarc_policy") or "quarantine"
    if policy not in DMARC_POLICIES:
        raise ValueError(
            f"The DMARC policy {policy!r} of {hostname} is not known: use one of"
            f" {', '.join(DMARC_POLICIES)}."
        )
    return Site(
        hostname,
        parse_domain(facts.get("client_hostname") or hostname),
        parse_public_addresses(_given(facts, "public_addresses"), hostname),
        _ports(facts.get("services") or {}),
        policy,
    )


def _given(facts: t.Mapping[str, t.Any], name: str) -> t.Any:
    if name not in facts:
        raise ValueError(f"The facts about the mail system lack {name!r}: hand over site_{name}.")
    return facts[name]


def _ports(services: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, int]:
    for name, service in services.items():
        refuse_service(name, service)
    return {name: one["port"] for name, one in services.items() if one["enabled"]}


def parse_public_addresses(texts: t.Iterable[str], hostname: str) -> tuple[Address, ...]:
    """The addresses of a host, IPv4 first, or ValueError."""
    addresses: set[Address] = set()
    for text in texts:
        try:
            addresses.add(ipaddress.ip_address(text.strip()))
        except ValueError:
            raise ValueError(
                f"The public address {text!r} of {hostname} is neither an IPv4 nor an IPv6 address:"
                " correct it in site_public_addresses."
            ) from None
    if not addresses:
        raise ValueError(
            f"No public address of {hostname} is known, so its A, AAAA and SPF records cannot be"
            " made: list them in site_public_addresses."
        )
    return tuple(sorted(addresses, key=lambda address: (address.version, int(address))))


def is_test_zone(name: str) -> bool:
    return any(name == zone or name.endswith("." + zone) for zone in _TEST_ZONES)


def refuse_private_addresses(site: Site, name: str) -> None:
    """ValueError when a record of `name` would carry an address that only we can reach."""
    if is_test_zone(name):
        return
    for address in site.addresses:
        if not address.is_global or address.is_multicast:
            raise ValueError(
                f"The address {address} of {site.hostname} cannot be reached from the Internet, so"
                f" it must not stand in the records of {name}: put the public address into"
                " site_public_addresses (only test zones such as example.test may hold others)."
            )
