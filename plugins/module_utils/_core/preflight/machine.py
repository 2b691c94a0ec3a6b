# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the machine lacks: its system, memory, disks, clock, resolver and package sources."""

from __future__ import annotations

import typing as t

from .facts import Clock, Host, Wanted

_SUITES = frozenset({"trixie", "stable"})
# All packages together bring about 3000 files and directories; the rest is for mail.
MINIMUM_FREE_INODES = 20_000


def problems(wanted: Wanted, host: Host, check_mode: bool) -> t.Iterator[str]:
    yield from _system(host)
    yield from _memory(wanted, host)
    yield from _clock(wanted, host.clock)
    yield from _rooms(wanted, host)
    yield from _apt(host, check_mode)
    if "mail_edge" in wanted.groups and not host.resolver_answers:
        yield f"{_NO_RESOLVER}, so it could neither send mail nor check who sends: {_MEND_RESOLVER}"


def warnings(wanted: Wanted, host: Host) -> t.Iterator[str]:
    if "mail_edge" not in wanted.groups:
        if not host.resolver_answers:
            yield f"{_NO_RESOLVER}: {_MEND_RESOLVER}"
    elif wanted.hostname and host.resolver_answers and not host.name_resolves:
        yield (
            f"{wanted.hostname} does not resolve on the host: other servers will not deliver to it"
            " before its A or AAAA record is published."
        )
    if host.clock.synchronised is False:
        yield (
            "Nothing keeps the host's clock right: install or switch on a time service"
            " (systemd-timesyncd or chrony), since certificates, signatures and logs rest on it."
        )


_NO_RESOLVER = "The host's resolver answers nothing"
_MEND_RESOLVER = "name one that works in /etc/resolv.conf, and see that its port 53 can be reached."


def _system(host: Host) -> t.Iterator[str]:
    if (host.system, host.release) != ("debian", "13"):
        yield (
            f"The host runs {host.system_name or 'an unknown system'}, and only Debian 13 is"
            " supported: install or upgrade to Debian 13, or name another host in the inventory."
        )


def _memory(wanted: Wanted, host: Host) -> t.Iterator[str]:
    if host.memory_mb < wanted.minimum_memory_mb:
        yield (
            f"The host has {host.memory_mb} MB of memory with its swap space, and"
            f" {wanted.minimum_memory_mb} MB are asked for: give it more, or add swap space, or"
            " lower preflight_minimum_memory_mb."
        )


def _clock(wanted: Wanted, clock: Clock) -> t.Iterator[str]:
    if wanted.controller_time is None:
        return
    # the module comes after the controller has looked at its clock, so a good one is a little ahead
    ahead = clock.seconds - wanted.controller_time
    if abs(ahead) > wanted.clock_tolerance_s:
        word = "ahead of" if ahead > 0 else "behind"
        yield (
            f"The host's clock is {abs(ahead):.0f} s {word} the controller's, and"
            f" {wanted.clock_tolerance_s} s are allowed (preflight_clock_tolerance_s): set the one"
            " that is wrong and let NTP keep it (timedatectl set-ntp true), since certificates,"
            " signatures and logs rest on it."
        )


def _rooms(wanted: Wanted, host: Host) -> t.Iterator[str]:
    for room in host.rooms:
        if not room.writable:
            yield (
                f"{room.path} lies on a file system that is mounted read-only: mount it writable"
                " (the journal says why when the kernel did it)."
            )
            continue
        if room.free_mb < wanted.minimum_free_mb:
            yield (
                f"{room.path} has {room.free_mb} MB free, and {wanted.minimum_free_mb} MB are asked"
                " for: free some space, or lower preflight_minimum_free_mb."
            )
        if room.free_inodes is not None and room.free_inodes < MINIMUM_FREE_INODES:
            yield (
                f"The file system of {room.path} has room for {room.free_inodes} more files"
                f" (inodes), and {MINIMUM_FREE_INODES} are needed: remove what is many and small,"
                " or make the file system anew with more of them."
            )


def _apt(host: Host, check_mode: bool) -> t.Iterator[str]:
    if check_mode and not host.apt.has_python:
        yield (
            "Check mode needs the package python3-apt to look at packages, and it is not there:"
            " install it (apt-get install python3-apt)."
        )
    if host.apt.error:
        yield (
            "apt does not understand its package sources: correct /etc/apt/sources.list and"
            f" /etc/apt/sources.list.d. It says: {' '.join(host.apt.error.split())}"
        )
    elif not host.apt.suites & _SUITES:
        named = ", ".join(sorted(host.apt.suites)) or "nothing"
        yield (
            f"The package sources of the host name {named}, and not trixie: correct"
            " /etc/apt/sources.list and /etc/apt/sources.list.d so that they name the component"
            " main of trixie."
        )
