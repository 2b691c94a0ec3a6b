"""A fresh mailbox is given to one only, whoever asks."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import pathlib

import pytest

from ledger.pool import Pool, count, fresh_user, pool_of
from unit.ledger.hosts import connection


def pool(folder: pathlib.Path, end: int = 100) -> Pool:
    return Pool("example.test", (), {}, end, folder / "used")


def take(given: Pool, times: int) -> list[str]:
    return [given.fresh().email for _each in range(times)]


def test_none_is_given_twice(tmp_path: pathlib.Path) -> None:
    """Neither to threads, nor to processes, nor to a later run."""
    given = pool(tmp_path)
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        some = [*threads.map(lambda _: given.fresh().email, range(20))]
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, spawn) as processes:
        parts = [processes.submit(take, pool(tmp_path), 20) for _each in range(2)]
        some += [email for part in parts for email in part.result()]
    some += take(pool(tmp_path), 40)
    assert sorted(some) == [fresh_user("example.test", n).email for n in range(100)]


def test_none_is_given_that_is_not_there(tmp_path: pathlib.Path) -> None:
    given = pool(tmp_path, end=1)
    assert given.fresh().email == "load-00000@example.test"
    with pytest.raises(LookupError, match="all 1 mailboxes of example.test have been used"):
        given.fresh()


def test_counting(tmp_path: pathlib.Path) -> None:
    counter = tmp_path / "used"
    assert [count(counter, by) for by in (0, 5, 0, 1, 0)] == [0, 0, 5, 5, 6]


def test_a_later_pool_ends_later(tmp_path: pathlib.Path) -> None:
    host = connection(folder=str(tmp_path))
    assert pool_of(host, spare=10).end == 10
    take(pool_of(host, spare=10), 4)
    later = pool_of(host, spare=10)
    assert later.end == 14
    assert {box for to in later.aliases.values() for box in to} <= {u.email for u in later.constant}
