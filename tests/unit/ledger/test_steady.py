"""A slow answer delays nothing, and what cannot keep the rate says so."""

from __future__ import annotations

import threading
import time

import pytest

from ledger.steady import Steady, Work

RATE, SECONDS = 50.0, 1.0


def run(threads: int, work: Work, seconds: float = SECONDS) -> tuple[Steady, list[float]]:
    """Work at each tick, and when each began."""
    began: list[float] = []

    def note() -> None:
        began.append(time.monotonic())
        work()

    with Steady(RATE, threads, lambda _number: [note]) as steady:
        time.sleep(seconds)
    return steady, began


def test_the_rate_is_kept_while_nothing_is_answered() -> None:
    hung = threading.Event()
    threading.Timer(SECONDS + 0.2, hung.set).start()
    steady, began = run(200, lambda: None if hung.wait(30) else None)
    assert len(began) == pytest.approx(RATE * SECONDS, rel=0.2)
    assert steady.late < 0.5


def test_it_says_how_late_it_was() -> None:
    steady, began = run(1, lambda: time.sleep(0.1), 0.5)
    assert steady.late > 0.5
    assert len(began) == pytest.approx(RATE * 0.5, rel=0.2), "none is left out"


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
