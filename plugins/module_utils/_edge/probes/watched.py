# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service watch says of its looks."""

from __future__ import annotations

import time
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import WATCH, Watched
from ..._core.watch.state import from_text
from ..watch import host

if t.TYPE_CHECKING:
    from .watch import Sights

SUBJECT = Subject(WATCH, "watch")
# Dovecot closes the conversation at each reload, and it is begun anew.
_PATIENCE_S = 2.5
_BETWEEN_LOOKS_S = 0.2


def observe() -> Sights:
    deadline = time.monotonic() + _PATIENCE_S
    watched = look()
    # systemd removes its place when it stops, so without one there is nobody to wait for
    while not _is_well(watched) and host.FOLDER.exists() and time.monotonic() < deadline:
        time.sleep(_BETWEEN_LOOKS_S)
        watched = look()
    yield SUBJECT, watched


def look() -> Watched:
    state = from_text(host.read_state())
    if state is None:
        return Watched(None, error=f"nothing readable in {host.STATE}")
    why, memory = state.why, state.memory
    return Watched(
        max(0.0, time.monotonic() - state.at),
        None if memory.database else why["database"] or "no answer",
        None if memory.delivery else why["delivery"] or "no answer",
    )


def _is_well(watched: Watched) -> bool:
    return watched.age_s is not None and watched.database is None and watched.delivery is None
