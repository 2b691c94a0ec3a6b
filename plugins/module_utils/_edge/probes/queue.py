# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail queue, as Postfix shows it to everybody."""

from __future__ import annotations

import json
import time
import typing as t

from ..._core.health.model import Subject
from ..._core.health.observations import QUEUE, Queue
from .command import run

if t.TYPE_CHECKING:
    from .watch import Sights

SUBJECT = Subject(QUEUE, "queue")
# Queues in which a message waits for its first attempt; in the others it is waited for on purpose.
_WAITING = ("maildrop", "incoming", "active")


def observe() -> Sights:
    shown = run("postqueue", "-j")
    if shown.status != 0:
        yield SUBJECT, Queue(0, 0, 0.0, shown.errors or "postqueue gave no answer")
        return
    messages = [json.loads(line) for line in shown.output.splitlines()]
    waiting = [message for message in messages if message["queue_name"] in _WAITING]
    deferred = sum(message["queue_name"] == "deferred" for message in messages)
    oldest = min((message["arrival_time"] for message in waiting), default=time.time())
    yield SUBJECT, Queue(deferred, len(waiting), max(0.0, time.time() - oldest))
