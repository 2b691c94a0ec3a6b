# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory asks of a host, and what was seen on it."""

from __future__ import annotations

import dataclasses
import typing as t

from ..daemon_files import DaemonFiles


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What the inventory asks of a host, as it was written."""

    hostname: str
    admin_address: str
    domains: tuple[t.Any, ...]
    groups: frozenset[str]
    services: t.Mapping[str, t.Mapping[str, t.Any]]
    # of a store that is no edge, for the edges
    inside_services: t.Mapping[str, t.Mapping[str, t.Any]]
    internal_address: str
    mail_base: str
    database_host: str
    database_port: int
    database_roles: frozenset[str]
    replace_files: bool
    minimum_free_mb: int
    minimum_memory_mb: int
    controller_time: float | None
    clock_tolerance_s: int


@dataclasses.dataclass(frozen=True)
class Listener:
    """A TCP port in use, and the path of a program that holds it (empty when nobody may know)."""

    address: str
    port: int
    program: str
    pid: int


@dataclasses.dataclass(frozen=True)
class Room:
    """A directory that is to take files, or the one above it that exists."""

    path: str
    free_mb: int
    # None where the file system makes them as it goes
    free_inodes: int | None
    writable: bool


@dataclasses.dataclass(frozen=True)
class MailProgram:
    """A package that stands where Postfix is to stand, so that apt would remove it."""

    package: str
    # exim4 alone: what somebody made of its configuration, and how many messages wait
    by_hand: tuple[str, ...] = ()
    queued: int = 0


@dataclasses.dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster of Debian's: 17, main, 5432."""

    version: str
    name: str
    port: int
    # whether role postgresql has configured it
    ours: bool = False


@dataclasses.dataclass(frozen=True)
class Clock:
    seconds: float
    # None where the machine has no clock of its own, or nothing that knows
    synchronised: bool | None


@dataclasses.dataclass(frozen=True)
class Apt:
    has_python: bool
    # None when there are no lists
    lists_days: float | None
    # of which distributions the sources name the component main
    suites: frozenset[str]
    # why apt does not understand them
    error: str


@dataclasses.dataclass(frozen=True)
class Host:
    """What was observed."""

    system: str
    release: str
    system_name: str
    memory_mb: int
    clock: Clock
    rooms: tuple[Room, ...]
    listeners: tuple[Listener, ...]
    # of the addresses that the inventory names, those that the host does not have
    absent_addresses: frozenset[str]
    name_resolves: bool
    resolver_answers: bool
    # those that are installed
    packages: frozenset[str]
    files: DaemonFiles
    mail_programs: tuple[MailProgram, ...]
    clusters: tuple[Cluster, ...]
    has_postgresql: bool
    apt: Apt
    # ports that ufw lets in; None where it is not switched on
    ufw_ports: frozenset[int] | None
