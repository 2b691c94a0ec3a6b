"""Which messages a load consists of: every kind in every twenty. Pure."""

from __future__ import annotations

import typing as t

from e2e.connection import User
from ledger.entry import OUTSIDE, Kind, Message, Way
from ledger.pool import Pool


class Planned(t.NamedTuple):
    way: Way
    kind: Kind
    # whether its sender was never seen before
    new_sender: bool = False


# Spread, so that seconds resemble each other
MIX = (
    Planned("outside", "constant"),
    Planned("submission", "constant"),
    Planned("outside", "fresh", True),
    Planned("submissions", "plus"),
    Planned("outside", "alias"),
    Planned("submission", "outbound"),
    Planned("outside", "constant", True),
    Planned("submissions", "constant", True),
    Planned("outside", "unknown"),
    Planned("submission", "fresh"),
    Planned("outside", "plus", True),
    Planned("submissions", "constant"),
    Planned("outside", "constant"),
    Planned("submission", "alias"),
    Planned("outside", "fresh"),
    Planned("submission", "constant", True),
    Planned("outside", "constant", True),
    Planned("submissions", "outbound"),
    Planned("outside", "fresh", True),
    Planned("submission", "unknown"),
)
ABROAD = "example.com"


def planned(run: str, number: int, pool: Pool, visitor: str) -> tuple[Message, User | None]:
    """The message of that number, and who logs in to send it."""
    way, kind, new_sender = MIX[number % len(MIX)]
    turn = number // len(MIX) + number
    user = None if way == "outside" else submitter(turn, new_sender, pool)
    stranger = f"visitor-{run}-{number}@{ABROAD}" if new_sender else visitor
    sender = user.email if user else stranger
    recipient, places = destination(run, number, kind, turn, pool)
    return Message(run, number, way, sender, recipient, kind, places), user


def submitter(turn: int, new: bool, pool: Pool) -> User:
    return pool.fresh() if new else pool.constant[turn % len(pool.constant)]


def destination(
    run: str, number: int, kind: Kind, turn: int, pool: Pool
) -> tuple[str, tuple[str, ...]]:
    """The address of a message, and where it has to arrive."""
    constant = pool.constant[(turn + 3) % len(pool.constant)].email
    if kind == "constant":
        return constant, (constant,)
    if kind == "fresh":
        fresh = pool.fresh().email
        return fresh, (fresh,)
    if kind == "plus":
        return constant.replace("@", f"+{run}@"), (constant,)
    if kind == "alias":
        names = sorted(pool.aliases)
        name = names[turn % len(names)]
        return name, pool.aliases[name]
    if kind == "outbound":
        return f"reader-{turn % 5}@{ABROAD}", (OUTSIDE,)
    return f"nobody-{run}-{number}@{pool.domain}", ()
