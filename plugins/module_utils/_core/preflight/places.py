# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the host is to listen, and what is in the way there."""

from __future__ import annotations

import dataclasses
import ipaddress
import typing as t

from ..services import refuse_service
from .facts import Host, Listener, Wanted

_POSTFIX = ("/usr/lib/postfix/", "/usr/sbin/postfix")
_DOVECOT = ("/usr/lib/dovecot/", "/usr/libexec/dovecot/", "/usr/sbin/dovecot")
_POSTGRESQL = ("/usr/lib/postgresql/17/",)
# apt stops it: see software.py
_EXIM = ("/usr/sbin/exim4",)
# Service of an edge → where its program lies; a store has Dovecot's alone.
SERVICES: t.Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("smtp", "submission", "submissions"), _POSTFIX),
    **dict.fromkeys(("imaps", "pop3s", "sieve", "imap", "pop3"), _DOVECOT),
}
_LOOPBACK = ("127.0.0.1", "::1")
# Program → who speaks for it, and how one finds him.
_SPEAKERS: t.Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("docker-proxy", "dockerd", "rootlessport", "conmon", "slirp4netns", "pasta"),
        ("a container that publishes it", "stop publishing it there (docker ps or podman ps)"),
    ),
    "systemd": (
        "a socket unit of systemd",
        "stop and disable that unit (systemctl list-sockets names it)",
    ),
    "": (
        "something that shows no process here, such as a container with this host's network",
        "stop it where it runs",
    ),
}


@dataclasses.dataclass(frozen=True)
class Place:
    """A port that this host is to open, at these addresses (none: all), for these programs."""

    service: str
    port: int
    addresses: tuple[str, ...]
    programs: tuple[str, ...]
    variable: str


def places(wanted: Wanted) -> t.Iterator[Place]:
    """Everywhere this host is to listen."""
    for name, service in offered(wanted).items():
        if _is_wanted(name, service):
            port, addresses = service["port"], tuple(map(str, service.get("addresses") or ()))
            yield Place(
                name, port, addresses, SERVICES.get(name, _DOVECOT), f"site_services.{name}"
            )
    if "mail_database" in wanted.groups:
        internal = (wanted.internal_address,) if wanted.internal_address else ()
        addresses = (*_LOOPBACK, *internal)
        port = wanted.database_port
        yield Place("postgresql", port, addresses, _POSTGRESQL, "site_database_port")


def offered(wanted: Wanted) -> t.Mapping[str, t.Mapping[str, t.Any]]:
    """To the world by an edge, to the edges by a store."""
    if "mail_edge" in wanted.groups:
        return wanted.services
    return wanted.inside_services if "mail_store" in wanted.groups else {}


def addresses(wanted: Wanted) -> frozenset[str]:
    """The addresses that the host must have, as the inventory spells them."""
    named = {address for place in places(wanted) for address in place.addresses}
    return frozenset(address for address in named - {*_LOOPBACK} if is_ip_address(address))


def problems(wanted: Wanted, host: Host) -> t.Iterator[str]:
    for place in places(wanted):
        yield from _taken(place, host)
    for address in sorted(host.absent_addresses):
        where = [place for place in places(wanted) if address in place.addresses]
        yield (
            f"The host has no address {address}, where"
            f" {', '.join(place.service for place in where)} would listen: configure it on the host"
            " (ip address shows what it has), or correct"
            f" {' and '.join(sorted({place.variable for place in where}))}."
        )


def _taken(place: Place, host: Host) -> t.Iterator[str]:
    taken = [
        listener
        for listener in host.listeners
        if listener.port == place.port and _overlap(place.addresses, listener.address)
    ]
    may = (*place.programs, *(_EXIM if host.mail_programs else ()))
    if taken and not any(listener.program.startswith(may) for listener in taken):
        holder = min(taken, key=lambda listener: listener.pid)
        who, remedy = _speaker(holder)
        yield (
            f"Port {place.port} for service {place.service} is taken by {who}: {remedy}, or choose"
            f" another port or address ({place.variable})."
        )


def _speaker(holder: Listener) -> tuple[str, str]:
    """Who has the port, and what is to be done about him."""
    process = f"{holder.program} (process {holder.pid})"
    known = _SPEAKERS.get(holder.program.rpartition("/")[2])
    if known is None:
        return process, "stop and disable that program"
    who, remedy = known
    return f"{who}, by {process}" if holder.program else who, remedy


def _is_wanted(name: str, service: t.Any) -> bool:
    """What is wrong with a service is told elsewhere."""
    try:
        refuse_service(name, service)
    except ValueError:
        return False
    return bool(service["enabled"])


def is_ip_address(text: t.Any) -> bool:
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


def _overlap(wanted: t.Sequence[str], listening: str) -> bool:
    """Whether a wish for these addresses (none: all) and a listener get in each other's way."""
    everywhere = not wanted or ipaddress.ip_address(listening).is_unspecified
    return everywhere or listening in {
        str(ipaddress.ip_address(address)) for address in wanted if is_ip_address(address)
    }
