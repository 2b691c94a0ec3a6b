"""What a load is made of, and where each of its messages belongs."""

from __future__ import annotations

import collections
import itertools
import typing as t

import pytest

from e2e.connection import User
from ledger.entry import OUTSIDE, Message
from ledger.mix import MIX, planned
from ledger.pool import PASSWORD, Pool, pool_of
from unit.ledger.hosts import connection

VISITOR = "visitor@example.com"
ROUNDS = 10


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    folder = tmp_path_factory.mktemp("host")
    return pool_of(connection(folder=str(folder)), spare=1000)


@pytest.fixture(scope="module")
def messages(pool: Pool) -> list[tuple[Message, User | None]]:
    return [planned("run", n, pool, VISITOR) for n in range(ROUNDS * len(MIX))]


Messages = list[tuple[Message, t.Optional[User]]]


def test_every_way_and_kind_is_in_it(messages: Messages) -> None:
    kinds = {(what.way, what.kind) for what, _user in messages}
    inside = ("constant", "fresh", "plus", "alias", "unknown")
    wanted = {("outside", kind) for kind in inside}
    wanted |= {("submission", kind) for kind in ("constant", "fresh", "alias", "outbound")}
    wanted |= {("submissions", kind) for kind in ("constant", "plus", "outbound")}
    assert wanted <= kinds
    assert ("outside", "outbound") not in kinds, "this would be relaying"


def test_each_has_a_number_of_its_own(messages: Messages) -> None:
    assert [what.number for what, _user in messages] == list(range(len(messages)))


def test_users_send_as_themselves(messages: Messages) -> None:
    for what, user in messages:
        assert (user is None) == (what.way == "outside")
        if user:
            assert (what.sender, PASSWORD) == (user.email, user.password)


def test_there_are_senders_seen_before_and_new_ones(messages: Messages) -> None:
    for ways in (("outside",), ("submission",), ("submissions",)):
        counted = collections.Counter(what.sender for what, _user in messages if what.way in ways)
        assert min(counted.values()) == 1
        assert max(counted.values()) > 1


def test_a_fresh_mailbox_is_used_once(messages: Messages) -> None:
    constant = {user.email for _what, user in messages if user and "constant" in user.email}
    assert len(constant) == 8
    used = itertools.chain.from_iterable(
        {what.recipient, what.sender} for what, _user in messages if what.kind == "fresh"
    )
    assert max(collections.Counter(n for n in used if n.startswith("load-0")).values()) == 1


def test_places(messages: Messages, pool: Pool) -> None:
    for what, _user in messages:
        if what.kind in ("constant", "fresh"):
            assert what.places == (what.recipient,)
        elif what.kind == "plus":
            assert what.places == (what.recipient.replace("+run", ""),) != (what.recipient,)
        elif what.kind == "alias":
            assert what.places == pool.aliases[what.recipient]
        else:
            assert what.places == ((OUTSIDE,) if what.kind == "outbound" else ())
    assert {len(what.places) for what, _user in messages if what.kind == "alias"} == {1, 2}


def test_constant_mailboxes_take_turns(messages: Messages) -> None:
    got = collections.Counter(what.recipient for what, _user in messages if what.kind == "constant")
    assert len(got) == 8
