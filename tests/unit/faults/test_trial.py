"""What a trial makes of moments and answers."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from faults.model import Fault
from faults.site import Kind
from faults.trial import Moments, answer, is_trouble, may_fail, seconds_to_whole
from faults.whole import Wholeness
from ledger.entry import Entry, Message, entry
from ledger.logins import Login

HELD = Moments(began=10.0, held=12.0, ending=20.0, ended=21.0)
MESSAGE = Message("run", 1, "outside", "a@example.com", "b@example.test", "constant", ())


def at(began: float, code: int = 250, text: str = "2.0.0 Ok", **changes: t.Any) -> Entry:
    stage = changes.pop("stage", "end")
    message = dataclasses.replace(MESSAGE, **changes)
    return entry(message, began, began + 0.1, code, text, stage)


def login(began: float, answered: t.Any = "in") -> Login:
    return Login("seen", "b@example.test", began, began + 0.1, answered)


def first_through(moment: float | None) -> Wholeness:
    return Wholeness(t.cast("t.Any", None), t.cast("t.Any", None), first=moment)


@pytest.mark.parametrize(
    ("first", "entries", "logins", "seconds"),
    [
        (None, [at(30)], [login(30)], None),
        (22.0, [], [], 1.0),
        (20.5, [], [], 0.0),
        (22.0, [at(15, 451, "4.3.0 later", stage="rcpt")], [], 1.0),
        (22.0, [at(25, 451, "4.3.0 later", stage="rcpt"), at(26)], [], 4.0),
        (22.0, [at(25, 0, "refused", stage="connect")], [login(28, "later")], 7.0),
        # it is right to refuse those, whenever it is
        (22.0, [at(25, 550, "5.1.1 nobody", stage="rcpt", kind="unknown")], [login(23)], 1.0),
    ],
)
def test_seconds_to_whole(
    first: float | None, entries: list[Entry], logins: list[Login], seconds: float | None
) -> None:
    assert seconds_to_whole(first_through(first), entries, logins, HELD) == seconds


@pytest.mark.parametrize(
    ("fails", "kind", "said", "may"),
    [
        ("at the prompt", "stock", "dpkg: end at the prompt", True),
        ("at the prompt", "stock", "dpkg: no room", False),
        ("at the prompt", "ours", "dpkg: end at the prompt", False),
        ("", "stock", "dpkg: end at the prompt", False),
    ],
)
def test_a_script_may_fail_on_the_stock_host(fails: str, kind: Kind, said: str, may: bool) -> None:
    assert may_fail(Fault("one", "One", "", stock_fails=fails), kind, said) == may


def test_during() -> None:
    assert not HELD.during(11.0)  # it is not certain yet what is there
    assert HELD.during(15.0)
    assert not HELD.during(20.5)
    assert Moments(10.0, 11.0, 11.0, 11.0).during(14.0)  # made and over at once
    assert not Moments(10.0, 11.0, 11.0, 11.0).during(15.5)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (at(1), "250 2.0.0"),
        (at(1, 451, "4.3.0 <b@example.test>: Temporary lookup failure", stage="rcpt"), "451 4.3.0"),
        (at(1, 421, "mx1.example.test closing", stage="mail"), "421"),
        (at(1, 0, "refused", stage="connect"), "no connection"),
        (at(1, 0, "closed", stage="end"), "no answer"),
    ],
)
def test_answer(one: Entry, said: str) -> None:
    assert answer(one) == said
    assert is_trouble(one) == (not said.startswith("250"))
