# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service that makes mail flow at once after an outage sees what it has to see."""

from __future__ import annotations

from ..model import Verdict, check
from ..observations import WATCH, Watched

_LATE_S = 10.0
_REMEDY = "journalctl -u selfhost-mail-watch says what it sees. "


@check(
    "watch.looks",
    WATCH,
    needs=("service.running selfhost-mail-watch",),
    title="Watch has looked within the last seconds",
    remedy=_REMEDY + "systemctl restart selfhost-mail-watch.",
)
def looks(watched: Watched) -> Verdict:
    expected = f"a look within {_LATE_S:.0f} s"
    if watched.age_s is None:
        return Verdict(False, expected, watched.error)
    return Verdict(watched.age_s <= _LATE_S, expected, f"the last look {watched.age_s:.1f} s ago")


@check(
    "watch.database",
    WATCH,
    needs=("watch.looks", "service.running postgresql"),
    title="Watch is let in by the database",
    remedy=_REMEDY + "site.yml restores the rights of mail_watch.",
)
def database(watched: Watched) -> Verdict:
    return _answers(watched.database)


@check(
    "watch.delivery",
    WATCH,
    needs=("watch.looks", "service.running dovecot"),
    title="Watch is let in by who delivers",
    remedy=_REMEDY + "systemctl restart dovecot, here or on the store, makes the socket anew.",
)
def delivery(watched: Watched) -> Verdict:
    return _answers(watched.delivery)


def _answers(why: str | None) -> Verdict:
    return Verdict(why is None, "an answer", "an answer" if why is None else why)
