# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail queue."""

from __future__ import annotations

from ..model import WARNING, Verdict, check
from ..observations import QUEUE, Queue

_MOST_DEFERRED = 20
_LONGEST_WAIT_S = 600
_NEEDS = ("service.running postfix",)


@check(
    "queue.short",
    QUEUE,
    needs=_NEEDS,
    severity=WARNING,
    title=f"At most {_MOST_DEFERRED} messages are deferred",
    remedy="postqueue -p says why each waits; postqueue -f tries them all again.",
)
def short(queue: Queue) -> Verdict:
    observed = queue.error or f"{queue.deferred} deferred"
    passed = not queue.error and queue.deferred <= _MOST_DEFERRED
    return Verdict(passed, f"at most {_MOST_DEFERRED} deferred", observed)


@check(
    "queue.moving",
    QUEUE,
    needs=_NEEDS,
    title=f"No message waits {_LONGEST_WAIT_S // 60} minutes for its first attempt",
    remedy="systemctl restart postfix: pickup or qmgr hangs; journalctl -u postfix says which.",
)
def moving(queue: Queue) -> Verdict:
    observed = queue.error or f"{queue.waiting} waiting, longest {queue.longest_wait_s:.0f} s"
    passed = not queue.error and queue.longest_wait_s <= _LONGEST_WAIT_S
    return Verdict(passed, f"at most {_LONGEST_WAIT_S} s", observed)
