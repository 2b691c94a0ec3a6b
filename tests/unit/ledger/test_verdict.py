"""Every message has exactly one fate, and none of the bad ones stays unseen."""

from __future__ import annotations

import collections
import dataclasses
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entry import HANDED_OVER, OUTSIDE, Entry, Kind, Way
from ledger.verdict import FAULTS, Fate, Found, fate, judge, said
from unit.ledger.entries import ANNA, BEN, CARLA, PLACES, entry

ID = "run-1"
NONE: dict[str, int] = {}
CASES: list[tuple[str, Entry, dict[str, int], Fate]] = [
    ("as it should be", entry(), {ANNA: 1}, "delivered"),
    ("a plus-address", entry(kind="plus"), {ANNA: 1}, "delivered"),
    ("both behind an alias", entry(kind="alias"), {BEN: 1, CARLA: 1}, "delivered"),
    ("outside", entry(kind="outbound"), {OUTSIDE: 1}, "delivered"),
    ("accepted and absent", entry(), NONE, "lost"),
    ("one of two behind an alias", entry(kind="alias"), {CARLA: 1}, "lost"),
    ("twice for one, not for the other", entry(kind="alias"), {CARLA: 2}, "lost"),
    ("in another's mailbox", entry(), {BEN: 1}, "lost"),
    ("twice", entry(), {ANNA: 2}, "duplicated"),
    ("twice for one of two", entry(kind="alias"), {BEN: 1, CARLA: 2}, "duplicated"),
    ("also in another's mailbox", entry(), {ANNA: 1, BEN: 1}, "duplicated"),
    ("put off", entry(451, "rcpt"), NONE, "absent"),
    ("put off, and there", entry(451, "end"), {ANNA: 1}, "duplicated"),
    ("cut before the dot", entry(0, "data"), NONE, "absent"),
    ("cut before the dot, and there", entry(0, "data"), {ANNA: 1}, "duplicated"),
    ("cut after the dot, and there", entry(0, "end"), {ANNA: 1}, "delivered"),
    ("cut after the dot", entry(0, "end"), NONE, "absent"),
    ("cut after the dot, and twice", entry(0, "end"), {ANNA: 2}, "duplicated"),
    ("cut after the dot, half there", entry(0, "end", "alias"), {BEN: 1}, "lost"),
    ("never reached", entry(0, "connect"), NONE, "absent"),
    ("refused", entry(550, "rcpt"), NONE, "wrongly_refused"),
    ("refused at the end", entry(554, "end"), NONE, "wrongly_refused"),
    ("no login", entry(535, "auth"), NONE, "wrongly_refused"),
    ("no login, for nobody", entry(535, "auth", "unknown"), NONE, "wrongly_refused"),
    ("nobody, refused", entry(550, "rcpt", "unknown"), NONE, "absent"),
    ("nobody, put off", entry(451, "rcpt", "unknown"), NONE, "absent"),
    ("nobody, accepted", entry(kind="unknown"), NONE, "wrongly_accepted"),
    ("nobody, accepted and there", entry(kind="unknown"), {ANNA: 1}, "wrongly_accepted"),
    ("nobody, put off and there", entry(451, "end", "unknown"), {ANNA: 1}, "wrongly_accepted"),
    ("nobody, cut after the dot", entry(0, "end", "unknown"), NONE, "absent"),
]


@pytest.mark.parametrize(
    ("noted", "copies", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_fate(noted: Entry, copies: dict[str, int], expected: Fate) -> None:
    assert fate(noted, Found({ID: copies})) == expected


@pytest.mark.parametrize("noted", [entry(), entry(0, "end"), entry(451, "end")])
@pytest.mark.parametrize("copies", [NONE, {ANNA: 1}])
def test_a_bounce_is_one_whatever_else_there_is(noted: Entry, copies: dict[str, int]) -> None:
    assert fate(noted, Found({ID: copies}, {ID: ["5.1.1"]})) == "bounced"


def test_a_bounce_for_nobody_was_accepted_wrongly() -> None:
    assert fate(entry(kind="unknown"), Found({}, {ID: ["5.1.1"]})) == "wrongly_accepted"


@pytest.mark.parametrize(
    ("noted", "copies", "expected"),
    [
        (entry(), NONE, "waiting"),
        (entry(kind="alias"), {BEN: 1}, "waiting"),
        (entry(0, "end"), NONE, "waiting"),
        # it left while the mailboxes were read
        (entry(), {ANNA: 1}, "delivered"),
        (entry(), {ANNA: 2}, "duplicated"),
        (entry(550, "rcpt"), NONE, "wrongly_refused"),
    ],
)
def test_what_is_queued_is_not_lost(noted: Entry, copies: dict[str, int], expected: Fate) -> None:
    assert fate(noted, Found({ID: copies}, waiting={ID})) == expected


def judged(*cases: tuple[Entry, t.Mapping[str, int]], **found: t.Any) -> t.Any:
    copies = {noted.id: there for noted, there in cases}
    return judge([noted for noted, _there in cases], Found(copies, **found))


def test_line() -> None:
    verdict = judged(
        (entry(number=1), {ANNA: 1}),
        (entry(number=2), {ANNA: 2}),
        (entry(number=3), NONE),
        (entry(451, "rcpt", number=4), NONE),
        (entry(550, "rcpt", "unknown", number=5), NONE),
        (entry(550, "rcpt", number=6), NONE),
        (entry(0, "connect", number=7), NONE),
        (entry(0, "end", number=8), NONE),
        (entry(number=9), NONE),
        (entry(kind="unknown", number=10), NONE),
        (entry(number=11), NONE),
        bounces={"run-9": ["5.1.1"]},
        waiting={"run-11"},
    )
    assert verdict.line() == (
        "ledger: 11 sent, 6 accepted, 1 later, 1 refused as due, 1 unreached, 1 unknown;"
        " lost 1, duplicated 1, bounced 1, wrongly refused 1, wrongly accepted 1,"
        " unsigned 0, waiting 1"
    )


@pytest.mark.parametrize(
    ("way", "unsigned"), [("submission", 1), ("submissions", 1), ("outside", 0)]
)
def test_what_users_send_has_to_be_signed(way: Way, unsigned: int) -> None:
    noted = dataclasses.replace(entry(), way=way)
    verdict = judge([noted], Found({noted.id: {ANNA: 1}}, unsigned={noted.id}))
    assert verdict.unsigned == unsigned
    assert verdict.clean is not bool(unsigned)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_it_is_clean_unless_one_is_not(case: tuple[str, Entry, dict[str, int], Fate]) -> None:
    _name, noted, copies, expected = case
    verdict = judged((noted, copies), (entry(number=2), {ANNA: 1}))
    assert verdict.clean is (expected not in FAULTS)
    assert all(getattr(verdict, name) == (name == expected) for name in FAULTS)


def test_data_is_json_with_the_messages_concerned() -> None:
    lost = entry(number=2, text="2.0.0 Ok: queued")
    data = json.loads(json.dumps(judged((entry(), {ANNA: 1}), (lost, NONE)).data()))
    assert (data["sent"], data["delivered"], data["lost"]) == (2, 1, 1)
    assert [row["id"] for row in data["messages"]["lost"]] == ["run-2"]
    assert data["messages"]["lost"][0]["answer"] == "250 2.0.0 Ok: queued"
    assert data["answers"] == [{"way": "outside", "answer": "250", "count": 2}]


def test_latency_is_that_of_accepted_messages() -> None:
    taken = [(entry(number=n, seconds=n / 100), {ANNA: 1}) for n in range(1, 101)]
    slow = (entry(451, "rcpt", number=101, seconds=60.0), NONE)
    assert judged(*taken, slow).latency() == {"p50": 0.51, "p95": 0.96, "max": 1.0}
    assert judged(slow).latency() == {}


@pytest.mark.parametrize(
    ("noted", "words"),
    [
        (entry(text="2.0.0 Ok: queued as 4fXYZ"), "250"),
        (entry(550, "rcpt", text="5.1.1 <a@b.test>: User\nunknown"), "550 5.1.1 <>: User unknown"),
        (entry(0, "connect", text="ConnectionRefusedError: 111"), "no answer (connect): Conn"),
    ],
)
def test_said_holds_nothing_of_one_message_alone(noted: Entry, words: str) -> None:
    assert said(noted).startswith(words)
    assert "a@b" not in said(noted)


ANSWERS = st.one_of(
    st.just((250, "end")),
    st.tuples(
        st.sampled_from([0, 421, 451, 535, 550, 554]),
        st.sampled_from(["connect", "auth", "rcpt", "data", "end"]),
    ),
)
KINDS: list[Kind] = list(PLACES)
PLACE = st.sampled_from([ANNA, BEN, CARLA, OUTSIDE])
RUNS = st.lists(
    st.tuples(
        ANSWERS,
        st.sampled_from(KINDS),
        st.dictionaries(PLACE, st.integers(0, 3), max_size=2),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@given(RUNS)
def test_the_counts_add_up(run: list[t.Any]) -> None:
    entries, copies, bounces, waiting = [], {}, {}, set()
    for number, ((code, stage), kind, there, bounced, queued) in enumerate(run):
        noted = entry(code, stage, kind, number)
        entries.append(noted)
        copies[noted.id] = there if stage in HANDED_OVER else {}
        if bounced and noted.handed_over:
            bounces[noted.id] = ["5.0.0"]
        if queued:
            waiting.add(noted.id)
    verdict = judge(entries, Found(copies, bounces, waiting))
    outcomes = ("accepted", "later", "refused", "unreached", "unknown")
    assert sum(getattr(verdict, name) for name in outcomes) == verdict.sent == len(run)
    listed = collections.Counter(e.id for those in verdict.fates.values() for e in those)
    assert listed == collections.Counter(e.id for e in entries)
    # what was accepted is there, on its way, or counted as gone wrong
    assert not any(e.outcome == "accepted" for e in verdict.messages("absent"))
    for noted in verdict.messages("delivered"):
        assert noted.outcome in ("accepted", "unknown")
        assert all(copies[noted.id].get(place) == 1 for place in noted.places)
    for noted in verdict.messages("lost"):
        assert any(not copies[noted.id].get(place) for place in noted.places)
        assert noted.id not in waiting
    assert set(bounces) <= {
        e.id for e in (*verdict.messages("bounced"), *verdict.messages("wrongly_accepted"))
    }
    assert verdict.clean == (sum(getattr(verdict, name) for name in FAULTS) == 0)
