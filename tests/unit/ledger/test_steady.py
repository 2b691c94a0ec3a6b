"""A slow answer delays nothing, and what cannot keep the rate says so."""

from __future__ import annotations

import dataclasses
import threading
import time

import pytest

from ledger.steady import Steady, Work

RATE, SECONDS = 50.0, 1.0


@dataclasses.dataclass
class Ran:
    """What a run did: `due` is how often it had to begin in the time that it really took."""

    late: float
    began: int
    due: float


def run(threads: int, work: Work, seconds: float = SECONDS, planning: float = 0.0) -> Ran:
    began: list[int] = []

    def plan(number: int) -> list[Work]:
        time.sleep(planning)
        return [lambda: began.append(number), work]

    started = time.monotonic()
    with Steady(RATE, threads, plan) as steady:
        time.sleep(seconds)
        due = RATE * (time.monotonic() - started)
    return Ran(steady.late, len(began), due)


def test_the_rate_is_kept_while_nothing_is_answered() -> None:
    hung = threading.Event()
    threading.Timer(SECONDS + 0.2, hung.set).start()
    ran = run(200, lambda: None if hung.wait(30) else None)
    assert ran.began == pytest.approx(ran.due, rel=0.2)
    assert ran.late < 1.0


def test_the_rate_is_kept_while_planning_takes_time() -> None:
    ran = run(2, lambda: None, planning=0.5 / RATE)
    assert ran.began == pytest.approx(ran.due, rel=0.2)


def test_it_says_how_late_it_was() -> None:
    ran = run(1, lambda: time.sleep(0.1), 0.5)
    assert ran.late > 0.5
    assert ran.began == pytest.approx(ran.due, rel=0.2), "none is left out"


def test_what_goes_wrong_is_raised_at_the_end() -> None:
    def wrong() -> None:
        raise RuntimeError("this is wrong")

    with pytest.raises(RuntimeError, match="this is wrong"):
        run(2, wrong, 0.1)


def test_a_plan_that_goes_wrong_is_raised_at_the_end() -> None:
    def plan(_number: int) -> list[Work]:
        raise LookupError("all have been used")

    with pytest.raises(LookupError, match="all have been used"), Steady(RATE, 1, plan):
        time.sleep(0.1)


def test_it_can_be_stopped_twice() -> None:
    began: list[int] = []
    with Steady(RATE, 2, lambda number: [lambda: began.append(number)]) as steady:
        time.sleep(0.1)
        steady.stop()
        counted = len(began)
        time.sleep(0.1)
    assert len(began) == counted > 0
