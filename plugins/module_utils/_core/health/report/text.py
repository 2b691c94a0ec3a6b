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
    names = ", ".join(dict.fromkeys(result.target.partition(" ")[0] for result in results))
    return names if len(names) <= _LONGEST_WORDS else f"{len(results)} times"


def _wrong(health: Health) -> t.Iterator[str]:
    """What failed in the same way at several targets is told once."""
    failed = [result for result in health.results if result.status == FAILED]
    alike: dict[tuple[str, ...], list[Result]] = {}
    for result in failed:
        alike.setdefault((result.id, result.observed, result.remedy), []).append(result)
    if failed:
        yield from ("", "What is wrong")
    for results in alike.values():
        first = results[0]
        yield from _wrapped(f"  {_mark(first)} {first.id}  ", [r.place for r in results])
        yield f"      expected  {first.expected}"
        yield f"      observed  {first.observed}"
        yield f"      remedy    {first.remedy}"


def _skipped(health: Health) -> t.Iterator[str]:
    """Grouped by reason, and reasons by what was skipped for them."""
    reasons: dict[str, dict[str, None]] = {}
    for result in health.results:
        if result.status == SKIPPED:
            reasons.setdefault(result.reason, {})[result.id] = None
    alike: dict[tuple[str, ...], list[str]] = {}
    for reason, ids in reasons.items():
        alike.setdefault(tuple(ids), []).append(reason)
    if reasons:
        yield from ("", "Skipped, and not counted")
    for skipped, because in alike.items():
        yield from _wrapped("  · ", because)
        yield from _wrapped(_DEEP, skipped)


def _wrapped(head: str, words: t.Iterable[str]) -> list[str]:
    return textwrap.wrap(", ".join(words), 100, initial_indent=head, subsequent_indent=_DEEP)
