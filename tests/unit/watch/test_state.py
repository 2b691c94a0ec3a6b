"""What watch remembers over its own end, and what it tells the journal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ansible_collections.selfhost.mail.plugins.module_utils._core.watch.decision import (
    AGAIN,
    FLUSH,
    RELOAD,
    Memory,
    Sight,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.watch.state import (
    State,
    Told,
    from_text,
    remembered,
    tell,
    to_text,
)

MEMORY = Memory(True, False, frozenset({FLUSH, AGAIN}), {RELOAD: 90.0})
STATE = State(100.0, MEMORY, {"database": "", "delivery": "Connection refused"})


def test_what_is_written_is_read() -> None:
    assert from_text(to_text(STATE)) == STATE


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"at": 1}', to_text(STATE)[:-9]])
def test_what_is_no_state_is_none(text: str) -> None:
    assert from_text(text) is None


@given(some.text())
def test_no_text_is_an_error(text: str) -> None:
    from_text(text)


def test_a_short_absence_is_none() -> None:
    assert remembered(STATE, 109.9) == MEMORY


def test_after_a_long_one_what_was_done_counts_on() -> None:
    assert remembered(STATE, 110.1) == Memory(done={RELOAD: 90.0})


def test_the_state_of_another_clock_is_forgotten() -> None:
    assert remembered(STATE, 99.0) == Memory()
    assert remembered(None, 99.0) == Memory()


def told(*looks: tuple[float, bool]) -> list[str]:
    known, lines = Told(), []
    for at, database in looks:
        known, more = tell(known, Sight(at, database, True), {"database": "refused"}, 10.0)
        lines += [line for line in more if "database" in line]
    return lines


HERE, AWAY, AGAIN = (
    "The database answers.",
    "The database does not answer: refused.",
    "The database answers again.",
)


@pytest.mark.parametrize(
    ("looks", "lines"),
    [
        ([(0.0, True), (1.0, True)], [HERE]),
        ([(0.0, False), (1.0, False), (500.0, False)], [AWAY]),
        ([(0.0, True), (5.0, False), (5.5, True)], [HERE, AWAY, AGAIN]),
        # of one that comes and goes, a pair in ten seconds
        ([(float(at), at % 2 == 1) for at in range(20)], [AWAY, AGAIN] * 2),
    ],
)
def test_the_journal_is_told_what_changes(
    looks: list[tuple[float, bool]], lines: list[str]
) -> None:
    assert told(*looks) == lines
