"""What watch does about what it sees: plays of sights, and what holds in all of them."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ansible_collections.selfhost.mail.plugins.module_utils._core.watch.decision import (
    ACTIONS,
    AGAIN,
    FLUSH,
    RELOAD,
    Memory,
    Sight,
    decide,
)

PAUSE = 10.0
TICK = 0.5
GOOD, NO_DATABASE, NO_DELIVERY, NOTHING = (True, True), (False, True), (True, False), (False, False)
WHOLE = Memory(database=True, delivery=True)
Look = tuple[bool, bool]
Deeds = list[tuple[float, str]]


def play(looks: t.Iterable[Look], memory: Memory = WHOLE) -> tuple[Memory, Deeds]:
    """A look each tick; root does what is asked at once."""
    deeds: Deeds = []
    for number, (database, delivery) in enumerate(looks):
        memory, action = decide(memory, Sight(number * TICK, database, delivery), PAUSE)
        if action:
            deeds.append((number * TICK, action))
    return memory, deeds


def seconds(look: Look, length: float) -> list[Look]:
    return [look] * int(length / TICK)


PLAYS: dict[str, tuple[list[Look], Deeds]] = {
    "all is well": (seconds(GOOD, 60), []),
    "the database is back": (
        seconds(NO_DATABASE, 5) + seconds(GOOD, 30),
        [(5.0, RELOAD), (5.5, FLUSH), (15.5, FLUSH)],
    ),
    "who delivers is back": (
        seconds(NO_DELIVERY, 5) + seconds(GOOD, 30),
        [(5.0, FLUSH), (15.0, FLUSH)],
    ),
    "both are back": (
        seconds(NOTHING, 5) + seconds(GOOD, 30),
        [(5.0, RELOAD), (5.5, FLUSH), (15.5, FLUSH)],
    ),
    "one after the other": (
        seconds(NOTHING, 5) + seconds(NO_DELIVERY, 5) + seconds(GOOD, 30),
        [(5.0, RELOAD), (10.0, FLUSH), (20.0, FLUSH)],
    ),
    "who delivers is back before the database": (
        seconds(NOTHING, 5) + seconds(NO_DATABASE, 5) + seconds(GOOD, 30),
        [(10.0, RELOAD), (10.5, FLUSH), (20.5, FLUSH)],
    ),
    "away for good": (seconds(NOTHING, 60), []),
    "the database comes and goes": (
        [look for _each in range(12) for look in seconds(NO_DATABASE, 1) + seconds(GOOD, 1)]
        + seconds(GOOD, 30),
        [
            (1.0, RELOAD),
            (1.5, FLUSH),
            (11.0, RELOAD),
            (11.5, FLUSH),
            (21.0, RELOAD),
            (21.5, FLUSH),
            # the last word is after the last return
            (31.0, RELOAD),
            (31.5, FLUSH),
            (41.5, FLUSH),
        ],
    ),
}


@pytest.mark.parametrize("name", PLAYS)
def test_play(name: str) -> None:
    looks, deeds = PLAYS[name]
    assert play(looks)[1] == deeds


def test_what_answers_at_the_first_start_counts_as_back() -> None:
    assert play(seconds(GOOD, 30), Memory())[1] == [(0.0, RELOAD), (0.5, FLUSH), (10.5, FLUSH)]


def test_nothing_is_done_before_its_time_after_a_start() -> None:
    before = Memory(done={RELOAD: -4.0, FLUSH: -3.0})
    assert play(seconds(GOOD, 30), before)[1] == [(6.0, RELOAD), (7.0, FLUSH), (17.0, FLUSH)]


def test_the_queue_waits_for_the_reload_but_not_for_ever() -> None:
    memory, deeds = WHOLE, []
    for number in range(60):
        at = number * TICK
        sight = Sight(at, number > 2, True, reloading=number > 3)
        memory, action = decide(memory, sight, PAUSE)
        deeds += [(at, action)] if action else []
    assert deeds == [(1.5, RELOAD), (11.5, FLUSH), (21.5, FLUSH)]


looks = some.lists(some.tuples(some.booleans(), some.booleans()), max_size=200)
memories = some.builds(
    Memory, some.booleans(), some.booleans(), some.frozensets(some.sampled_from((*ACTIONS, AGAIN)))
)


@given(looks, memories)
def test_no_deed_is_repeated_within_the_pause(given_looks: list[Look], memory: Memory) -> None:
    _memory, deeds = play(given_looks, memory)
    for action in ACTIONS:
        times = [at for at, done in deeds if done == action]
        assert all(later - sooner >= PAUSE for sooner, later in itertools.pairwise(times))


@given(looks, memories)
def test_nothing_is_done_without_the_database(given_looks: list[Look], memory: Memory) -> None:
    for at, action in play(given_looks, memory)[1]:
        database, delivery = given_looks[int(at / TICK)]
        assert database
        assert delivery or action == RELOAD


@given(looks, memories)
def test_all_is_done_and_ends_when_all_is_well(given_looks: list[Look], memory: Memory) -> None:
    """After the last return each thing that it asks for is done once more, the queue is tried
    twice, and nothing after."""
    quiet = seconds(GOOD, 4 * PAUSE)
    known, deeds = play([*given_looks, *quiet], memory)
    assert known.due == frozenset()
    ended = len(given_looks) * TICK
    assert not [at for at, _action in deeds if at > ended + 3 * PAUSE]
    if given_looks and given_looks[-1] == NOTHING:
        assert [action for at, action in deeds if at >= ended] == [RELOAD, FLUSH, FLUSH]
    if given_looks and given_looks[-1] == NO_DELIVERY:
        assert [action for at, action in deeds if at >= ended].count(FLUSH) == 2
