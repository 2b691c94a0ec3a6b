# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the probes has to know about the host."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._core.address import Address, parse_address
from ..._core.dns.site import Site, parse_site
from ..._core.services import refuse_service
from ..database.connection import Login

PARTS = ("database", "store", "edge")
# Protocol, and whether TLS begins at once.
_PROTOCOLS = {
    "smtp": ("smtp", False),
    "submission": ("smtp", False),
    "submissions": ("smtp", True),
    "imaps": ("imap", True),
    "imap": ("imap", False),
    "pop3s": ("pop3", True),
    "pop3": ("pop3", False),
    "sieve": ("sieve", False),
    "lmtp": ("lmtp", True),
}


@dataclasses.dataclass(frozen=True)
class Service:
    """A service at one address: `hostname` is the name a client has for it; `inside` says that its
    clients are the edges, `remote` that it is on another host."""

    name: str
    protocol: str
    implicit_tls: bool
    address: str
    port: int
    hostname: str
    inside: bool = False
    remote: bool = False

    @property
    def target(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{'inside-' if self.inside else ''}{self.name} {host}:{self.port}"

    @property
    def local(self) -> bool:
        return self.address in ("127.0.0.1", "::1")


@dataclasses.dataclass(frozen=True)
class Desk:
    """Where a user reads and where he sends."""

    reading: Service
    sending: Service


@dataclasses.dataclass(frozen=True)
class Settings:
    """`parts` are what this host is of the mail system; `services` are those of the edges, `inside`
    those of the store for them. `ca_file` and `resolver` are empty for the system's own; without
    public addresses there is no `site`, and nobody knows what DNS should say."""

    host: str
    parts: frozenset[str]
    hostname: str
    services: tuple[Service, ...]
    inside: tuple[Service, ...]
    units: tuple[str, ...]
    mailbox: Address
    outside_address: Address
    certificate_file: str
    ca_file: str
    resolver: tuple[str, ...]
    site: Site | None
    login: Login

    @property
    def desk(self) -> Desk | None:
        """None where users cannot read over TLS or cannot send at all."""
        within_reach = [s for s in self.services if not (s.remote and s.local)]
        reading = [service for service in within_reach if service.name == "imaps"]
        sending = [s for s in within_reach if s.name in ("submission", "submissions")]
        return Desk(reading[0], sending[0]) if reading and sending else None


def parse_settings(
    options: t.Mapping[str, t.Any], login: Login, own_addresses: t.Sequence[str]
) -> Settings:
    """Settings from the options of mail_health, or ValueError."""
    hostname = options["hostname"].lower()
    client_hostname = (options["client_hostname"] or hostname).lower()
    parts = frozenset(options["parts"])
    remote = "edge" not in parts
    if remote and "store" in parts and not options["edge_addresses"]:
        raise ValueError("A store that is no edge needs edge_addresses to look at mail's way.")
    services = services_of(
        options["services"], hostname, client_hostname, options["edge_addresses"] or own_addresses
    )
    inside = services_of(options["inside_services"], hostname, options["inside_name"], ())
    return Settings(
        options["host"],
        parts,
        hostname,
        tuple(dataclasses.replace(service, remote=remote) for service in services),
        tuple(dataclasses.replace(service, inside=True) for service in inside),
        tuple(options["units"]),
        parse_address(options["mailbox"]),
        parse_address(options["outside_address"]),
        options["certificate_file"],
        options["ca_file"],
        tuple(options["resolver"]),
        parse_site(options) if options["public_addresses"] else None,
        login,
    )


def services_of(
    services: t.Mapping[str, t.Mapping[str, t.Any]],
    hostname: str,
    client_hostname: str,
    addresses: t.Sequence[str],
) -> t.Iterator[Service]:
    for name, service in services.items():
        if name not in _PROTOCOLS:
            raise ValueError(
                f"The service {name!r} of {hostname} is not known: use {', '.join(_PROTOCOLS)}."
            )
        refuse_service(name, service)
        protocol, implicit = _PROTOCOLS[name]
        known_as = hostname if name == "smtp" else client_hostname
        for address in service["addresses"] or addresses:
            if service["enabled"]:
                yield Service(name, protocol, implicit, address, int(service["port"]), known_as)
