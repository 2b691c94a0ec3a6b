"""Constant traffic: the same question again and again, with the time of each answer."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
import typing as t

Probe = t.Callable[[], str]


@dataclasses.dataclass(frozen=True)
class Answer:
    asked: float
    said: str


@dataclasses.dataclass(frozen=True)
class Traffic:
    """Answers of all probes, in the order in which they came."""

    answers: list[Answer]

    def last(self, said: str) -> float:
        """When the last question was asked that got this answer."""
        return max((a.asked for a in self.answers if a.said == said), default=float("-inf"))

    def first(self, said: str) -> float:
        """When the first question was asked that got this answer."""
        return min((a.asked for a in self.answers if a.said == said), default=float("inf"))

    def since(self, moment: float) -> list[Answer]:
        return [answer for answer in self.answers if answer.asked >= moment]

    def wait(self, count: int, within: float = 30.0) -> None:
        """Return when so many more answers have come."""
        wanted, deadline = len(self.answers) + count, time.monotonic() + within
        while len(self.answers) < wanted:
            assert time.monotonic() < deadline, f"no {count} answers within {within:.0f} s"
            time.sleep(0.01)


@contextlib.contextmanager
def traffic(*probes: Probe, every: float, until: t.Collection[str] = ()) -> t.Iterator[Traffic]:
    """Repeat each probe in a thread of its own; one ends after an answer of `until`."""
    found = Traffic([])
    stop = threading.Event()

    def repeat(probe: Probe) -> None:
        while not stop.is_set():
            asked = time.monotonic()
            try:
                said = probe()
            except Exception as error:  # an answer too: the test says whether it may be
                said = f"{type(error).__name__}: {error}"
            found.answers.append(Answer(asked, said))
            if said in until:
                return
            stop.wait(every)

    threads = [threading.Thread(target=repeat, args=(probe,), daemon=True) for probe in probes]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
