# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host can become what its inventory says, and every reason why not, with its remedy."""

from __future__ import annotations

import dataclasses
import ipaddress
import typing as t

from .address import parse_address, parse_domain
from .daemon_files import DaemonFiles, made_by_hand

GROUPS = ("mail_database", "mail_store", "mail_edge")
DATABASE_ROLES = ("mail_admin", "mail_dovecot", "mail_postfix", "mail_signer")
PACKAGE_LISTS_DAYS = 1.0

_POSTFIX = ("/usr/lib/postfix/", "/usr/sbin/postfix")
_DOVECOT = ("/usr/lib/dovecot/", "/usr/libexec/dovecot/", "/usr/sbin/dovecot")
_POSTGRESQL = ("/usr/lib/postgresql/17/",)
# Service → the group whose hosts offer it, and where its program lies.
_OFFERS: t.Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{name: ("mail_edge", _POSTFIX) for name in ("smtp", "submission", "submissions")},
    **{name: ("mail_store", _DOVECOT) for name in ("imaps", "pop3s", "sieve", "imap", "pop3")},
}


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What the inventory asks of a host, as it was written."""

    hostname: str
    admin_address: str
    domains: tuple[t.Any, ...]
    groups: frozenset[str]
    services: t.Mapping[str, t.Mapping[str, t.Any]]
    database_host: str
    database_port: int
    database_passwords: frozenset[str]
    replace_files: bool
    minimum_free_mb: int


@dataclasses.dataclass(frozen=True)
class Listener:
    """A TCP port in use, and the path of a program that holds it (empty when nobody may know)."""

    address: str
    port: int
    program: str
    pid: int


@dataclasses.dataclass(frozen=True)
class Host:
    """What was observed."""

    system: str
    release: str
    system_name: str
    listeners: tuple[Listener, ...]
    files: DaemonFiles
    free_mb: t.Mapping[str, int]
    name_resolves: bool
    has_python_apt: bool
    package_lists_days: float | None


@dataclasses.dataclass(frozen=True)
class Verdict:
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    replaced: tuple[str, ...]
    package_lists_old: bool


def judge(wanted: Wanted, host: Host, check_mode: bool) -> Verdict:
    """Everything that is wrong, at once."""
    by_hand = made_by_hand(host.files, wanted.groups)
    return Verdict(
        problems=(
            *_system(host),
            *_python_apt(host, check_mode),
            *_hostname(wanted),
            *_admin_address(wanted),
            *_services(wanted),
            *_ports(wanted, host),
            *_database(wanted),
            *_disk(wanted, host),
            *(() if wanted.replace_files else _files(by_hand)),
        ),
        warnings=(*_resolution(wanted, host), *_groups(wanted)),
        replaced=by_hand,
        package_lists_old=host.package_lists_days is None
        or host.package_lists_days > PACKAGE_LISTS_DAYS,
    )


def sentence(hostname: str, problems: t.Sequence[str]) -> str:
    """All problems as one message."""
    listed = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems, 1))
    return f"{hostname} is not ready for a mail system, and nothing was changed.\n{listed}"


def _system(host: Host) -> t.Iterator[str]:
    if (host.system, host.release) != ("debian", "13"):
        yield (
            f"The host runs {host.system_name or 'an unknown system'}, and only Debian 13 is"
            " supported: install or upgrade to Debian 13, or name another host in the inventory."
        )


def _python_apt(host: Host, check_mode: bool) -> t.Iterator[str]:
    if check_mode and not host.has_python_apt:
        yield (
            "Check mode needs the package python3-apt to look at packages, and it is not there:"
            " install it (apt-get install python3-apt)."
        )


def _hostname(wanted: Wanted) -> t.Iterator[str]:
    try:
        hostname = parse_domain(wanted.hostname)
    except ValueError as error:
        yield (
            f"site_hostname must be a fully qualified name. {error} Set it to the name that the"
            " host's MX records use, such as mx1.example.org."
        )
        return
    for name in wanted.domains:
        text = str(name.get("name", "")) if isinstance(name, dict) else str(name)
        if text.strip().lower() == hostname:
            yield (
                f"site_hostname {hostname} is also a domain in accounts_domains, so Postfix would"
                f" take its mail for the machine's own: give the host a name like mx1.{hostname}."
            )


def _admin_address(wanted: Wanted) -> t.Iterator[str]:
    remedy = "Set it to the address that is to get mail for postmaster@, abuse@ and root."
    if not wanted.admin_address:
        yield f"site_admin_address is missing. {remedy}"
        return
    try:
        parse_address(wanted.admin_address)
    except ValueError as error:
        yield f"site_admin_address is malformed. {error} {remedy}"


def _services(wanted: Wanted) -> t.Iterator[str]:
    for name, service in wanted.services.items():
        if name not in _OFFERS:
            known = ", ".join(sorted(_OFFERS))
            yield f"site_services names {name!r}, which is no service: use one of {known}."
        elif _port(service) is None:
            yield (
                f"The port {service.get('port')!r} of service {name} is none: set"
                f" site_services.{name}.port to a number from 1 to 65535."
            )
        for address in service.get("addresses") or ():
            if not _is_ip_address(address):
                yield (
                    f"The address {address!r} of service {name} is neither IPv4 nor IPv6: correct"
                    f" site_services.{name}.addresses."
                )


def _ports(wanted: Wanted, host: Host) -> t.Iterator[str]:
    for name, port, addresses, programs in _wishes(wanted):
        taken = [
            listener
            for listener in host.listeners
            if listener.port == port and _overlap(addresses, listener.address)
        ]
        if taken and not any(listener.program.startswith(programs) for listener in taken):
            holder = min(taken, key=lambda listener: listener.pid)
            who = f"{holder.program or 'another program'} (process {holder.pid})"
            yield (
                f"Port {port} for service {name} is taken by {who}: stop and disable that program,"
                f" or choose another port or address ({_variable(name)})."
            )


def _wishes(wanted: Wanted) -> t.Iterator[tuple[str, int, tuple[str, ...], tuple[str, ...]]]:
    """Service, port, addresses (none: all), programs of each port this host is to open."""
    for name, service in wanted.services.items():
        group, programs = _OFFERS.get(name, ("", ()))
        port = _port(service)
        if group in wanted.groups and port is not None and service.get("enabled"):
            yield name, port, tuple(map(str, service.get("addresses") or ())), programs
    if "mail_database" in wanted.groups:
        yield "postgresql", wanted.database_port, ("127.0.0.1", "::1"), _POSTGRESQL


def _variable(service: str) -> str:
    return "site_database_port" if service == "postgresql" else f"site_services.{service}"


def _database(wanted: Wanted) -> t.Iterator[str]:
    if wanted.database_host:
        missing = [role for role in DATABASE_ROLES if role not in wanted.database_passwords]
        if missing:
            yield (
                f"site_database_host is {wanted.database_host}, where roles log in with passwords:"
                f" site_database_passwords lacks {', '.join(missing)}."
            )
    elif wanted.groups & {"mail_store", "mail_edge"} and "mail_database" not in wanted.groups:
        yield (
            "The host has no database of its own and is told of no other: add it to the group"
            " mail_database, or set site_database_host."
        )


def _disk(wanted: Wanted, host: Host) -> t.Iterator[str]:
    for path, free in host.free_mb.items():
        if free < wanted.minimum_free_mb:
            yield (
                f"{path} has {free} MB free, and {wanted.minimum_free_mb} MB are asked for: free"
                " some space, or lower preflight_minimum_free_mb."
            )


def _files(by_hand: t.Sequence[str]) -> t.Iterator[str]:
    if by_hand:
        yield (
            f"Somebody else made {', '.join(by_hand)}, which would be replaced or lose effect:"
            " to let this happen, set preflight_replace_files to true (a copy is kept beside each)."
        )


def _resolution(wanted: Wanted, host: Host) -> t.Iterator[str]:
    if wanted.hostname and not host.name_resolves:
        yield (
            f"{wanted.hostname} does not resolve on the host: other servers will not deliver to it"
            " before its A or AAAA record is published."
        )


def _groups(wanted: Wanted) -> t.Iterator[str]:
    if not wanted.groups.intersection(GROUPS):
        yield f"The host is in none of the groups {', '.join(GROUPS)}, so nothing is set up on it."


def _port(service: t.Mapping[str, t.Any]) -> int | None:
    text = str(service.get("port"))
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535 else None


def _is_ip_address(text: t.Any) -> bool:
    try:
        ipaddress.ip_address(str(text))
    except ValueError:
        return False
    return True


def _overlap(wanted: t.Sequence[str], listening: str) -> bool:
    """Whether a wish for these addresses (none: all) and a listener get in each other's way."""
    everywhere = not wanted or ipaddress.ip_address(listening).is_unspecified
    return everywhere or listening in {
        str(ipaddress.ip_address(address)) for address in wanted if _is_ip_address(address)
    }
