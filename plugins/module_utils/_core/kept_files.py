# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do with the files of a daemon so that those are back which were kept when ours came."""

from __future__ import annotations

import dataclasses
import typing as t

from .daemon_files import DOVECOT_CONF, MAIN_CF, MARKED_LINES, OPENDKIM_CONF

SUFFIX = ".before-selfhost.mail"
# Where a file of ours says so; somebody's own may well speak of us further down, or otherwise.
_MARKER = "Managed by selfhost.mail"
_SYSTEMD = "/etc/systemd/system"


@dataclasses.dataclass(frozen=True)
class Daemon:
    unit: str
    # without it the daemon does not start
    configuration: str
    directory: str

    def owns(self, path: str) -> bool:
        unit_directory = f"{_SYSTEMD}/{self.unit}.service.d/"
        return path == self.configuration or path.startswith((f"{self.directory}/", unit_directory))


# In the order in which they can start.
DAEMONS = (
    Daemon("opendkim", OPENDKIM_CONF, "/etc/opendkim"),
    Daemon("dovecot", DOVECOT_CONF, "/etc/dovecot"),
    Daemon("postfix", MAIN_CF, "/etc/postfix"),
)
# Where all of their files lie.
PLACES = (
    *(daemon.configuration for daemon in DAEMONS),
    *(f"{daemon.configuration}{SUFFIX}" for daemon in DAEMONS),
    *(f"{daemon.directory}/**" for daemon in DAEMONS),
    *(f"{_SYSTEMD}/{daemon.unit}.service.d/*" for daemon in DAEMONS),
)


@dataclasses.dataclass(frozen=True)
class Return:
    """The way back."""

    restored: tuple[str, ...]
    removed: tuple[str, ...]
    # daemons that get their old files, and those that were not there before ours
    restarted: tuple[str, ...]
    stopped: tuple[str, ...]


def is_managed(text: str) -> bool:
    """Whether it may be taken away."""
    return any(_MARKER in line for line in text.splitlines()[:MARKED_LINES])


def plan(paths: t.Collection[str], ours: t.Collection[str]) -> Return:
    """From all files of the daemons, and those among them that are of our making."""
    restored = {path.removesuffix(SUFFIX) for path in paths if path.endswith(SUFFIX)}
    back = [daemon for daemon in DAEMONS if any(map(daemon.owns, restored))]
    removed = {path for path in ours for daemon in back if daemon.owns(path)} - restored
    return Return(
        tuple(sorted(restored)),
        tuple(sorted(removed)),
        tuple(daemon.unit for daemon in back),
        tuple(
            daemon.unit
            for daemon in DAEMONS
            if restored and daemon not in back and daemon.configuration in ours
        ),
    )


def report(way: Return, former_exim: bool) -> list[str]:
    """What was done, for a person; nothing when nothing was."""
    if not way.restored:
        return []
    return [
        *(f"{path} is back." for path in way.restored),
        *(f"{path} is removed." for path in way.removed),
        *(f"{unit} runs with what it had." for unit in way.restarted),
        *(f"{unit} is stopped: it was not there before." for unit in way.stopped),
        *([_EXIM] if former_exim else []),
    ]


_EXIM = "exim4 was there before: apt-get install exim4-daemon-light brings it back."
