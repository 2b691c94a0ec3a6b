"""Which checks are judged, which are skipped and because of what; and the score."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.judge import judge
from ansible_collections.selfhost.mail.plugins.module_utils._core.health.model import (
    FAILED,
    PASSED,
    SKIPPED,
    WARNING,
    Check,
    Health,
    Observation,
    Result,
    Seen,
    Subject,
    Topic,
    Unseen,
    Verdict,
    check,
)

ROOT: Topic[bool] = Topic("root")
LEAF: Topic[bool] = Topic("leaf")


def is_true(value: bool) -> Verdict:
    return Verdict(value, "true", str(value))


def made(check_id: str, topic: Topic[bool], *needs: str) -> Check:
    return check(check_id, topic, title=check_id, remedy="mend it", needs=needs)(is_true)


def statuses(results: list[Result]) -> dict[tuple[str, str], tuple[str, str]]:
    return {(result.id, result.target): (result.status, result.reason) for result in results}


def run(
    checks: list[Check], plan: t.Mapping[Subject[bool], Observation]
) -> dict[tuple[str, str], tuple[str, str]]:
    return statuses(judge(checks, list(plan), plan))


@pytest.mark.parametrize(
    ("need", "failing", "expected"),
    [
        ("root.ok", "a", (SKIPPED, "because root.ok a")),
        ("root.ok", "b", (PASSED, "")),
        ("root.ok a", "a", (SKIPPED, "because root.ok a")),
        ("root.ok a", "a 25", (SKIPPED, "because root.ok a 25")),
        ("root.ok b", "a", (PASSED, "")),
        ("root.ok *", "b", (SKIPPED, "because root.ok b")),
        ("root.other", "a", (PASSED, "")),
    ],
)
def test_need(need: str, failing: str, expected: tuple[str, str]) -> None:
    plan = {Subject(ROOT, failing): Seen(False), Subject(LEAF, "a"): Seen(True)}
    found = run([made("root.ok", ROOT), made("leaf.ok", LEAF, need)], plan)
    assert found[("leaf.ok", "a")] == expected


def test_need_of_a_subject() -> None:
    plan = {Subject(ROOT, "a"): Seen(False), Subject(LEAF, "b", ("root.ok a",)): Seen(True)}
    found = run([made("root.ok", ROOT), made("leaf.ok", LEAF)], plan)
    assert found[("leaf.ok", "b")] == (SKIPPED, "because root.ok a")


def seen_on(host: str, target: str, status: str) -> Result:
    return Result("root.ok", target, WARNING, status, "", "", 0.0, "", "", host)


@pytest.mark.parametrize(
    ("need", "here", "there", "expected"),
    [
        # where this host has none of it, another host's matters
        ("root.ok a", None, seen_on("db1", "a", FAILED), (SKIPPED, "because root.ok a on db1")),
        ("root.ok a", None, seen_on("db1", "a", PASSED), (PASSED, "")),
        ("root.ok a", None, seen_on("db1", "b", FAILED), (PASSED, "")),
        # where it has its own, only that one does
        ("root.ok a", True, seen_on("db1", "a", FAILED), (PASSED, "")),
        ("root.ok a", False, seen_on("db1", "a", PASSED), (SKIPPED, "because root.ok a on mx1")),
        # unless all do
        ("root.ok *", True, seen_on("db1", "b", FAILED), (SKIPPED, "because root.ok b on db1")),
        # the same target of another host is another thing
        ("root.ok", None, seen_on("db1", "leaf", FAILED), (PASSED, "")),
    ],
)
def test_need_among_hosts(
    need: str, here: bool | None, there: Result, expected: tuple[str, str]
) -> None:
    plan = {Subject(LEAF, "leaf"): Seen(True)}
    if here is not None:
        plan[Subject(ROOT, "a")] = Seen(here)
    checks = [made("root.ok", ROOT), made("leaf.ok", LEAF, need)]
    found = judge(checks, list(plan), plan, "mx1", [there])
    assert statuses(found)[("leaf.ok", "leaf")] == expected
    assert {result.host for result in found} == {"mx1"}


def test_skipped_names_the_first_cause() -> None:
    plan = {Subject(ROOT, "a"): Seen(False), Subject(LEAF, "a"): Seen(True)}
    chain = [made("a.a", ROOT), made("b.b", LEAF, "a.a"), made("c.c", LEAF, "b.b")]
    assert run(chain, plan)[("c.c", "a")] == (SKIPPED, "because a.a a")


def test_what_was_not_seen_never_reaches_a_check() -> None:
    def never(_value: bool) -> Verdict:
        raise AssertionError

    strict = dataclasses.replace(made("leaf.ok", LEAF), judge=never)
    plan = {
        Subject(LEAF, "a"): Unseen("no answer", duration_s=4.5),
        Subject(LEAF, "b"): Unseen("check mode", on_purpose=True),
    }
    found = run([strict], plan)
    assert found[("leaf.ok", "a")] == (FAILED, "")
    assert found[("leaf.ok", "b")] == (SKIPPED, "check mode")


def test_left_out_on_purpose_is_passed_on() -> None:
    plan: dict[Subject[bool], Observation] = {
        Subject(ROOT, "a"): Unseen("check mode", on_purpose=True),
        Subject(LEAF, "a"): Seen(True),
    }
    found = run([made("root.ok", ROOT), made("leaf.ok", LEAF, "root.ok")], plan)
    assert found[("leaf.ok", "a")] == (SKIPPED, "check mode")


def test_what_says_nothing_keeps_nobody() -> None:
    plan: dict[Subject[bool], Observation] = {
        Subject(ROOT, "a"): Unseen("too slow", on_purpose=True, says_nothing=True),
        Subject(LEAF, "a"): Seen(True),
    }
    found = run([made("root.ok", ROOT), made("leaf.ok", LEAF, "root.ok")], plan)
    assert found == {("root.ok", "a"): (SKIPPED, "too slow"), ("leaf.ok", "a"): (PASSED, "")}


def test_planned_and_never_reported_is_a_failure() -> None:
    (result,) = judge([made("leaf.ok", LEAF)], [Subject(LEAF, "a")], {})
    assert (result.status, result.observed) == (
        FAILED,
        "nothing: it was planned, and no probe reported it",
    )


def health(passed: int, failed: int, skipped: int = 0) -> Health:
    statuses = [PASSED] * passed + [FAILED] * failed + [SKIPPED] * skipped
    return Health(tuple(Result("a.a", "a", WARNING, s, "", "", 0.0, "", "") for s in statuses), 1.0)


@pytest.mark.parametrize(
    ("passed", "failed", "skipped", "score", "total"),
    [
        (74, 0, 0, 100, 74),
        (74, 0, 9, 100, 74),
        (999, 1, 0, 99, 1000),
        (2, 1, 5, 66, 3),
        (0, 3, 0, 0, 3),
        (0, 0, 9, 0, 0),
    ],
)
def test_score(passed: int, failed: int, skipped: int, score: int, total: int) -> None:
    found = health(passed, failed, skipped)
    assert (found.score, found.total, found.passed) == (score, total, passed)
