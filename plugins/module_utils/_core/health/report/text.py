# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for people: an overview, what is wrong and what helps, what was skipped, the score."""

from __future__ import annotations

import textwrap
import typing as t

from ..catalogue import AREAS, CHECKS
from ..model import FAILED, PASSED, SKIPPED, WARNING

if t.TYPE_CHECKING:
    from ..model import Check, Health, Result

_TITLE_WIDTH = 58
_LONGEST_WORDS = 44
_DEEP = " " * 6


def text(health: Health, hostname: str) -> str:
    """Several paragraphs; the last line is the score."""
    head = f"Health of {hostname}, observed in {health.duration_s:.1f} s"
    overview = [line for title, area in AREAS for line in _area(title, area, health)]
    lines = [head, *overview, *_wrong(health), *_skipped(health), "", score_line(health)]
    return "\n".join(line.rstrip() for line in lines)


def score_line(health: Health) -> str:
    return f"HEALTH {health.score}% ({health.passed}/{health.total} checks passed)"


def _area(title: str, area: object, health: Health) -> list[str]:
    checks = [check for check in CHECKS if check in vars(area).values()]
    shown = [line for check in checks for line in _check(check, health)]
    return ["", title, *shown] if shown else []


def _check(check: Check, health: Health) -> t.Iterator[str]:
    """One line, which tells the worst."""
    results = [result for result in health.results if result.id == check.id]
    for status in (FAILED, PASSED, SKIPPED):
        found = [result for result in results if result.status == status]
        if found:
            yield f"  {_mark(found[0])} {check.title:<{_TITLE_WIDTH}} {_words(found)}"
            return


def _mark(result: Result) -> str:
    if result.status == FAILED:
        return "!" if result.severity == WARNING else "✗"
    return "✓" if result.status == PASSED else "·"


def _words(results: list[Result]) -> str:
    """What was observed where all is well, if it is one thing in few words; else where."""
    if results[0].status == SKIPPED:
        return "skipped"
    observed = results[0].observed
    if len(results) == 1 and results[0].status == PASSED and len(observed) <= _LONGEST_WORDS:
        return observed
    names = ", ".join(dict.fromkeys(result.target.split()[0] for result in results))
    return names if len(names) <= _LONGEST_WORDS else f"{len(results)} times"


def _wrong(health: Health) -> t.Iterator[str]:
    failed = [result for result in health.results if result.status == FAILED]
    if failed:
        yield from ("", "What is wrong")
    for result in failed:
        yield f"  {_mark(result)} {result.id}  {result.target}"
        yield f"      expected  {result.expected}"
        yield f"      observed  {result.observed}"
        yield f"      remedy    {result.remedy}"


def _skipped(health: Health) -> t.Iterator[str]:
    skipped = [result for result in health.results if result.status == SKIPPED]
    if skipped:
        yield from ("", "Skipped, and not counted")
    for reason in dict.fromkeys(result.reason for result in skipped):
        ids = dict.fromkeys(result.id for result in skipped if result.reason == reason)
        yield f"  · {reason}:"
        yield from textwrap.wrap(", ".join(ids), 100, initial_indent=_DEEP, subsequent_indent=_DEEP)
