"""Messages with an answer, for the tests of what is made of them."""

from __future__ import annotations

import typing as t

from ledger.entry import OUTSIDE, Entry, Kind, Stage

ANNA, BEN, CARLA = "anna@example.test", "ben@example.test", "carla@example.test"
PLACES: t.Mapping[Kind, tuple[str, ...]] = {
    "constant": (ANNA,),
    "fresh": (BEN,),
    "plus": (ANNA,),
    "alias": (BEN, CARLA),
    "outbound": (OUTSIDE,),
    "unknown": (),
}


def entry(
    code: int = 250,
    stage: Stage = "end",
    kind: Kind = "constant",
    number: int = 1,
    text: str = "",
    seconds: float = 0.5,
) -> Entry:
    return Entry(
        run="run",
        number=number,
        way="outside",
        sender="visitor@example.com",
        recipient="somebody@example.test",
        kind=kind,
        places=PLACES[kind],
        began=100.0,
        answered=100.0 + seconds,
        code=code,
        text=text,
        stage=stage,
    )
