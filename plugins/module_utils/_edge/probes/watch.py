# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes side by side, none of which can hold up the run."""

from __future__ import annotations

import queue
import threading
import time
import typing as t

from ..._core.health.model import Observation, Seen, Subject, Unseen

# What a probe sees, one thing after the other; the time between two is what the second took.
# Unseen says that the probe left it out.
Sights = t.Iterator[tuple[Subject[t.Any], t.Any]]
_End = tuple[None, None]
_Report = t.Union[tuple[Subject[t.Any], Observation], _End]


class Watch:
    """Starts probes in threads and collects what they see until a deadline."""

    def __init__(self, seconds: float) -> None:
        self.started = time.monotonic()
        self.seconds = seconds
        self.plan: list[Subject[t.Any]] = []
        self.seen: dict[Subject[t.Any], Observation] = {}
        self._running = 0
        self._reports: queue.SimpleQueue[_Report] = queue.SimpleQueue()

    def remaining(self) -> float:
        return self.seconds - (time.monotonic() - self.started)

    def leave_out(self, subjects: t.Sequence[Subject[t.Any]], reason: str) -> None:
        """Plan subjects that are not looked at on purpose."""
        self.plan.extend(subjects)
        for subject in subjects:
            self.seen[subject] = Unseen(reason, on_purpose=True)

    def start(self, subjects: t.Sequence[Subject[t.Any]], probe: t.Callable[[], Sights]) -> None:
        """Start a probe. Also a running probe may start another one."""
        self.plan.extend(subjects)
        self._running += 1
        # A daemon thread: one that hangs must not keep the process alive.
        threading.Thread(target=self._observe, args=(subjects, probe), daemon=True).start()

    def finish(self) -> None:
        """Wait until every probe has ended, or time is over."""
        while self._running:
            try:
                subject, observation = self._reports.get(timeout=max(0.0, self.remaining()))
            except queue.Empty:
                break
            if subject is None or observation is None:
                self._running -= 1
            else:
                self.seen[subject] = observation
        for subject in self.plan:
            late = Unseen(f"no answer within {self.seconds:g} s", duration_s=self.seconds)
            self.seen.setdefault(subject, late)

    def _observe(self, subjects: t.Sequence[Subject[t.Any]], probe: t.Callable[[], Sights]) -> None:
        last = time.monotonic()
        unseen = set(subjects)
        reason = "the probe ended before"
        try:
            for subject, value in probe():
                now = time.monotonic()
                unseen.discard(subject)
                seen = value if isinstance(value, Unseen) else Seen(value, now - last)
                self._reports.put((subject, seen))
                last = now
        except Exception as error:  # whatever a probe meets is an observation, not our end
            reason = str(error) or type(error).__name__
        for subject in unseen:
            self._reports.put((subject, Unseen(reason, duration_s=time.monotonic() - last)))
        self._reports.put((None, None))
