# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host can become what its inventory says, and every reason why not, with its remedy."""

from __future__ import annotations

import dataclasses
import typing as t

from ..daemon_files import made_by_hand, to_keep
from . import inventory, machine, places, software
from .facts import Host, Wanted

PACKAGE_LISTS_DAYS = 1.0
# No other mail program passes.
_EXIM_UNITS = ("exim4.service", "exim4-base.timer")


@dataclasses.dataclass(frozen=True)
class Verdict:
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    # files of which a copy is to be kept
    kept: tuple[str, ...]
    # units of a mail program that Postfix takes the place of
    stopped: tuple[str, ...]
    package_lists_old: bool


def judge(wanted: Wanted, host: Host, check_mode: bool) -> Verdict:
    """Everything that is wrong, at once."""
    by_hand = made_by_hand(host.files, wanted.groups)
    days = host.apt.lists_days
    return Verdict(
        problems=(
            *machine.problems(wanted, host, check_mode),
            *inventory.problems(wanted),
            *places.problems(wanted, host),
            *software.problems(wanted, host, by_hand),
        ),
        warnings=(
            *machine.warnings(wanted, host),
            *software.warnings(wanted, host),
            *inventory.warnings(wanted),
        ),
        kept=to_keep(host.files, wanted.groups, by_hand),
        stopped=_EXIM_UNITS if "mail_edge" in wanted.groups and host.mail_programs else (),
        package_lists_old=days is None or days > PACKAGE_LISTS_DAYS,
    )


def sentence(hostname: str, problems: t.Sequence[str]) -> str:
    """All problems as one message."""
    listed = "\n".join(f"{number}. {problem}" for number, problem in enumerate(problems, 1))
    return f"{hostname} is not ready for a mail system, and nothing was changed.\n{listed}"
