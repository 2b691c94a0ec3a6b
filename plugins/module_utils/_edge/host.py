# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the host that is to become a mail system, and changes nothing."""

from __future__ import annotations

import os
import pathlib
import shlex
import time
import typing as t

from .._core.preflight.facts import Clock, Host, Room, Wanted
from .._core.preflight.inventory import domain_names
from .._core.preflight.places import addresses
from . import installed
from .probes.command import run
from .sockets import is_absent, listeners, resolve

# A name of the world; any answer to it, also that there is none, comes from a resolver that works.
_WORLD = "example.com"
# systemd notes there that the machine shares the kernel, and so the clock, of another one.
_SHARES_KERNEL = "/run/systemd/container"


def observe(wanted: Wanted) -> Host:
    """Everything the preflight judges."""
    release = os_release(installed.read("/etc/os-release"))
    answers = resolve({wanted.hostname, _WORLD, *domain_names(wanted)} - {""})
    return Host(
        system=release.get("ID", ""),
        release=release.get("VERSION_ID", ""),
        system_name=release.get("PRETTY_NAME", ""),
        memory_mb=memory_mb(installed.read("/proc/meminfo")),
        clock=Clock(time.time(), synchronised()),
        rooms=tuple(rooms(directories(wanted))),
        listeners=tuple(listeners()),
        absent_addresses=frozenset(filter(is_absent, addresses(wanted))),
        name_resolves=answers.get(wanted.hostname) is True,
        resolver_answers=any(answer is not None for answer in answers.values()),
        packages=frozenset(installed.packages()),
        files=installed.daemon_files(),
        mail_programs=tuple(installed.mail_programs()),
        clusters=tuple(installed.clusters()),
        has_postgresql=os.path.exists("/usr/lib/postgresql/17/bin/postgres"),
        apt=installed.apt(),
        ufw_ports=installed.ufw_ports(),
    )


def os_release(text: str) -> dict[str, str]:
    """os-release(5) is a list of shell assignments."""
    pairs = (line.partition("=") for line in text.splitlines() if line and line[0] != "#")
    return {name: "".join(shlex.split(value)) for name, _equals, value in pairs}


def memory_mb(meminfo: str) -> int:
    """Memory and swap space."""
    fields = (line.split() for line in meminfo.splitlines())
    kilobytes = [int(field[1]) for field in fields if field[0] in ("MemTotal:", "SwapTotal:")]
    return sum(kilobytes) // 1024


def synchronised() -> bool | None:
    """Whether something keeps the clock; one that is shared is another machine's care."""
    if os.path.exists(_SHARES_KERNEL):
        return None
    said = run("timedatectl", "show", "--property=NTPSynchronized", "--value").output
    return {"yes": True, "no": False}.get(said)


def directories(wanted: Wanted) -> list[str]:
    """Where packages, settings, databases and mail are going to lie."""
    return [
        "/usr",
        "/var",
        "/etc",
        *(["/var/lib/postgresql/17/main"] if "mail_database" in wanted.groups else []),
        *(["/var/spool/postfix"] if "mail_edge" in wanted.groups else []),
        *([wanted.mail_base] if "mail_store" in wanted.groups else []),
    ]


def rooms(paths: t.Iterable[str]) -> t.Iterator[Room]:
    """One for each file system that one of the paths lies on, or will lie on."""
    seen: set[tuple[int, bool]] = set()
    for path in map(_that_exists, paths):
        room = os.statvfs(path)
        writable = not room.f_flag & os.ST_RDONLY
        # the same one may be mounted twice
        identity = (os.stat(path).st_dev, writable)
        if identity not in seen:
            seen.add(identity)
            free_mb = room.f_bavail * room.f_frsize // 1_000_000
            yield Room(path, free_mb, room.f_favail if room.f_files else None, writable)


def _that_exists(path: str) -> str:
    """The path itself, or the nearest directory above it."""
    place = pathlib.Path(path)
    return str(next(one for one in (place, *place.parents) if one.exists()))
