"""What an answer means depends on the stage in which it came, or did not come."""

from __future__ import annotations

import pytest

from ledger.entry import Kind, Outcome, Stage
from unit.ledger.entries import entry


@pytest.mark.parametrize(
    ("code", "stage", "outcome"),
    [
        (250, "end", "accepted"),
        (421, "connect", "later"),
        (454, "auth", "later"),
        (451, "rcpt", "later"),
        (452, "end", "later"),
        (554, "connect", "refused"),
        (535, "auth", "refused"),
        (550, "rcpt", "refused"),
        (554, "end", "refused"),
        (0, "connect", "unreached"),
        (0, "tls", "unreached"),
        (0, "ehlo", "unreached"),
        (0, "auth", "unreached"),
        (0, "mail", "unreached"),
        (0, "rcpt", "unreached"),
        (0, "data", "unreached"),
        (0, "end", "unknown"),
    ],
)
def test_outcome(code: int, stage: Stage, outcome: Outcome) -> None:
    assert entry(code, stage).outcome == outcome


def test_a_conversation_does_not_end_in_the_middle() -> None:
    with pytest.raises(ValueError, match="run-1: 250 at rcpt ends no conversation"):
        _outcome = entry(250, "rcpt").outcome


@pytest.mark.parametrize(
    ("code", "stage", "kind", "due"),
    [
        (550, "rcpt", "unknown", True),
        (451, "rcpt", "unknown", False),
        # not on account of the address
        (535, "auth", "unknown", False),
        (554, "end", "unknown", False),
        (550, "rcpt", "fresh", False),
    ],
)
def test_only_an_unknown_address_is_refused_as_due(
    code: int, stage: Stage, kind: Kind, due: bool
) -> None:
    assert entry(code, stage, kind).refused_as_due is due


@pytest.mark.parametrize(("stage", "handed_over"), [("rcpt", False), ("data", True), ("end", True)])
def test_what_can_be_in_a_mailbox(stage: Stage, handed_over: bool) -> None:
    assert entry(451, stage).handed_over is handed_over
