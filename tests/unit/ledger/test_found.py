"""What was read from mailboxes, sorted by the message it belongs to."""

from __future__ import annotations

from ledger.entry import OUTSIDE
from ledger.letters import Letter
from ledger.mailboxes import mailboxes, sort
from unit.ledger.entries import ANNA, BEN, CARLA, entry


def test_copies_and_bounces_of_these_runs() -> None:
    found = sort(
        {
            ANNA: [Letter("run-1"), Letter("run-1"), Letter("other-1"), Letter("run-2", "5.1.1")],
            BEN: [Letter("run-1"), Letter("runner-1")],
            OUTSIDE: [Letter("run-3", "5.0.0"), Letter("a-run-1")],
        },
        {"run"},
        ["run-4"],
    )
    assert found.copies == {"run-1": {ANNA: 2, BEN: 1}}
    assert found.bounces == {"run-2": ["5.1.1"], "run-3": ["5.0.0"]}
    assert found.waiting == {"run-4"}


def test_one_copy_without_a_signature_is_enough() -> None:
    signed, bare = Letter("run-1", signed=True), Letter("run-1")
    assert sort({ANNA: [signed], BEN: [bare]}, {"run"}, ()).unsigned == {"run-1"}
    assert sort({ANNA: [signed], BEN: [signed]}, {"run"}, ()).unsigned == set()


def test_a_name_of_a_run_may_have_hyphens() -> None:
    assert sort({ANNA: [Letter("F01-a-1")]}, {"F01-a"}, ()).copies == {"F01-a-1": {ANNA: 1}}


def test_mailboxes_of_this_host() -> None:
    listed = [entry(), entry(kind="alias"), entry(kind="outbound")]
    assert mailboxes(listed, "example.test") == {ANNA, BEN, CARLA}
