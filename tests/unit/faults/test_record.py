"""What a record of a fault breaks."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from faults.model import Fault
from faults.record import Record, broken, count, read

FAULT = Fault("database-away", "The database is away", "systemctl stop postgresql@17-main")
KEPT = Record(
    fault="database-away",
    title="The database is away",
    kind="ours",
    commit="0123456",
    date="2026-01-02",
    held_s=10.0,
    whole_s=1.5,
    backlog_s=2.0,
    senders={"451 4.3.0": 40},
    seen_users={"in": 10},
    new_users={"later": 5},
    submitting_users={"later": 5},
    sent=200,
    accepted=150,
    lost=0,
    duplicated=0,
    bounced=0,
    wrongly_refused=0,
    wrongly_accepted=0,
    unknown=0,
)


def test_nothing_broken() -> None:
    assert broken(KEPT, FAULT) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lost": 1}, "1 messages were lost"),
        ({"bounced": 2}, "2 messages were bounced"),
        ({"duplicated": 3}, "3 messages were delivered twice"),
        ({"wrongly_refused": 4}, "4 messages were wrongly refused"),
        ({"wrongly_accepted": 5}, "5 messages were wrongly accepted"),
        ({"unsigned": 6}, "6 messages were not signed"),
        ({"whole_s": None}, "the host did not become whole by itself"),
        ({"whole_s": 15.2}, "the host was whole after 15.2 s, not within 15 s"),
        ({"backlog_s": None}, "the queue did not become empty"),
        ({"sent": 0}, "nothing was sent"),
        ({"senders": {}}, "nothing was sent while the cause was there"),
        ({"new_users": {"wrong": 2}}, "2 users were told that their password is wrong"),
        ({"complaints": ("an import wrote half",)}, "an import wrote half"),
    ],
)
def test_broken(change: dict[str, t.Any], sentence: str) -> None:
    assert broken(dataclasses.replace(KEPT, **change), FAULT) == [sentence]


def test_twice_after_a_kill() -> None:
    killed = dataclasses.replace(FAULT, may_duplicate=True)
    assert broken(dataclasses.replace(KEPT, duplicated=3), killed) == []


def test_who_was_seen_before_logs_in() -> None:
    kept = dataclasses.replace(FAULT, seen_log_in=True)
    assert broken(KEPT, kept) == []
    late = dataclasses.replace(KEPT, seen_users={"in": 9, "later": 1})
    assert broken(late, kept) == ["1 logins of users seen before failed"]


def test_what_stands_in_nobodys_way() -> None:
    harmless = dataclasses.replace(FAULT, must_accept=True)
    sentence = "40 messages were not accepted, although nothing stood in their way"
    assert broken(KEPT, harmless) == [sentence]


def test_data_is_read_back() -> None:
    assert read(KEPT.data()) == KEPT


def test_count_begins_with_the_most_frequent() -> None:
    assert list(count(["later", "in", "in"]).items()) == [("in", 2), ("later", 1)]
