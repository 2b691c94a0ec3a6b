# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for people."""

from __future__ import annotations

import typing as t

from ..catalogue import AREAS, CHECKS
from ..model import FAILED, PASSED, SKIPPED, WARNING

if t.TYPE_CHECKING:
    from ..model import Check, Health, Result

_WIDTH = 62


def text(health: Health, hostname: str) -> str:
    """What passed in a line each, what did not with all that helps; the last line is the score."""
    lines = [f"Health of {hostname}, observed in {health.duration_s:.1f} s"]
    for title, area in AREAS:
        checks = [check for check in CHECKS if check in vars(area).values()]
        shown = [line for check in checks for line in _check(check, health)]
        if shown:
            lines += ["", title, *shown]
    return "\n".join([*lines, "", *_skipped(health), score_line(health)])


def score_line(health: Health) -> str:
    return f"HEALTH {health.score}% ({health.passed}/{health.total} checks passed)"


def _check(check: Check, health: Health) -> t.Iterator[str]:
    results = [result for result in health.results if result.id == check.id]
    passed = [result for result in results if result.status == PASSED]
    if passed:
        yield f"  ✓ {check.title:<{_WIDTH}} {_summary(passed)}"
    for result in results:
        if result.status == FAILED:
            yield from _failure(check, result)
    for reason in dict.fromkeys(r.reason for r in results if r.status == SKIPPED):
        count = sum(result.reason == reason for result in results)
        times = f"  {count} times" if count > 1 else ""
        yield f"  · {check.title}\n      skipped {reason}{times}"


def _summary(passed: list[Result]) -> str:
    if len(passed) == 1:
        return passed[0].target
    return f"{len(passed)} times"


def _failure(check: Check, result: Result) -> t.Iterator[str]:
    mark = "!" if result.severity == WARNING else "✗"
    yield f"  {mark} {check.title:<{_WIDTH}} {result.target}"
    yield f"      {result.severity:<9}{result.id}"
    yield f"      expected {result.expected}"
    yield f"      observed {result.observed}"
    yield f"      remedy   {result.remedy}"


def _skipped(health: Health) -> list[str]:
    count = sum(result.status == SKIPPED for result in health.results)
    return [f"{count} skipped: not judged, not counted"] if count else []
