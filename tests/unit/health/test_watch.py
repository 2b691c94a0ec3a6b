"""Probes that hang, fail, or leave something out; none of them holds up the run."""

from __future__ import annotations

import threading
import time
import typing as t

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.model import (
    Seen,
    Subject,
    Topic,
    Unseen,
)
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes.watch import Sights, Watch

TOPIC: Topic[str] = Topic("topic")
ONE, TWO = Subject(TOPIC, "one"), Subject(TOPIC, "two")
NEVER = threading.Event()


def both() -> Sights:
    yield ONE, "a"
    yield TWO, "b"


def hangs() -> Sights:
    yield ONE, "a"
    NEVER.wait(60)
    yield TWO, "b"


def fails() -> Sights:
    yield ONE, "a"
    raise ValueError("the server closed the connection")


def ends_early() -> Sights:
    yield ONE, "a"


def leaves_out() -> Sights:
    yield ONE, Unseen("not today", on_purpose=True)
    yield TWO, "b"


def observed(probe: t.Callable[[], Sights], seconds: float = 5.0) -> dict[str, t.Any]:
    watch = Watch(seconds)
    watch.start([ONE, TWO], probe)
    watch.finish()
    assert set(watch.seen) == set(watch.plan) == {ONE, TWO}
    return {subject.target: seen for subject, seen in watch.seen.items()}


def value(seen: t.Any) -> object:
    assert isinstance(seen, Seen)
    return seen.value


def test_everything_is_seen() -> None:
    seen = observed(both)
    assert (value(seen["one"]), value(seen["two"])) == ("a", "b")


def test_a_hanging_probe_ends_with_the_run() -> None:
    started = time.monotonic()
    seen = observed(hangs, 0.2)
    assert time.monotonic() - started < 1
    assert value(seen["one"]) == "a"
    assert seen["two"] == Unseen("no answer within 0.2 s", duration_s=0.2)


def test_a_failing_probe_says_why() -> None:
    seen = observed(fails)
    assert value(seen["one"]) == "a"
    assert seen["two"].reason == "the server closed the connection"
    assert not seen["two"].on_purpose


def test_a_probe_that_says_nothing_is_a_fault() -> None:
    assert not observed(ends_early)["two"].on_purpose


def test_what_a_probe_leaves_out_on_purpose() -> None:
    seen = observed(leaves_out)
    assert seen["one"] == Unseen("not today", on_purpose=True)
    assert value(seen["two"]) == "b"


def test_a_probe_starts_another_one() -> None:
    watch = Watch(5.0)

    def first() -> Sights:
        watch.start([TWO], lambda: iter([(TWO, "b")]))
        yield ONE, "a"

    watch.start([ONE], first)
    watch.finish()
    assert [value(watch.seen[subject]) for subject in (ONE, TWO)] == ["a", "b"]


def test_left_out_from_the_start() -> None:
    watch = Watch(5.0)
    watch.leave_out([ONE], "check mode")
    watch.finish()
    assert watch.seen == {ONE: Unseen("check mode", on_purpose=True)}
