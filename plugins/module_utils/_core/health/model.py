# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of health: what is looked at, what was seen, what follows from it."""

from __future__ import annotations

import dataclasses
import typing as t

T = t.TypeVar("T")

ERROR, WARNING = SEVERITIES = ("error", "warning")
PASSED, FAILED, SKIPPED = STATUSES = ("passed", "failed", "skipped")


@dataclasses.dataclass(frozen=True)
class Topic(t.Generic[T]):
    """A kind of thing to look at; ties what a probe sees to the checks that judge it."""

    name: str


@dataclasses.dataclass(frozen=True)
class Subject(t.Generic[T]):
    """One thing to look at. `after` names results without which it cannot be looked at."""

    topic: Topic[T]
    target: str
    after: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Seen(t.Generic[T]):
    """What a probe saw; a fault that it met is a thing seen, too."""

    value: T
    duration_s: float = 0.0


@dataclasses.dataclass(frozen=True)
class Unseen:
    """Why nothing was seen. What was left out on purpose is no fault; and when that says nothing of
    what was to be seen, what rests on it is judged all the same."""

    reason: str
    on_purpose: bool = False
    duration_s: float = 0.0
    says_nothing: bool = False


Observation = t.Union[Seen[t.Any], Unseen]
Observations = t.Mapping[Subject[t.Any], Observation]


@dataclasses.dataclass(frozen=True)
class Verdict:
    passed: bool
    expected: str
    observed: str


@dataclasses.dataclass(frozen=True)
class Check:
    """`needs` names checks whose failure makes this one meaningless: "id" at the same target,
    "id word" at targets that begin with the word, "id *" at every target."""

    id: str
    topic: Topic[t.Any]
    title: str
    severity: str
    remedy: str
    needs: tuple[str, ...]
    judge: t.Callable[[t.Any], Verdict]


@dataclasses.dataclass(frozen=True)
class Result:
    """`host` is empty where there is only one."""

    id: str
    target: str
    severity: str
    status: str
    expected: str
    observed: str
    duration_s: float
    remedy: str
    reason: str
    host: str = ""

    @property
    def place(self) -> str:
        """The target, with its host where that is named."""
        return f"{self.target} on {self.host}" if self.host else self.target


@dataclasses.dataclass(frozen=True)
class Health:
    results: tuple[Result, ...]
    duration_s: float

    @property
    def total(self) -> int:
        return sum(result.status != SKIPPED for result in self.results)

    @property
    def passed(self) -> int:
        return sum(result.status == PASSED for result in self.results)

    @property
    def score(self) -> int:
        """Per cent, rounded down: one failure in a thousand is not 100. Nothing judged is 0."""
        return 100 * self.passed // self.total if self.total else 0


def check(
    check_id: str,
    topic: Topic[T],
    *,
    title: str,
    remedy: str,
    severity: str = ERROR,
    needs: tuple[str, ...] = (),
) -> t.Callable[[t.Callable[[T], Verdict]], Check]:
    """Make a check of a pure function."""

    def make(judge: t.Callable[[T], Verdict]) -> Check:
        return Check(check_id, topic, title, severity, remedy, needs, judge)

    return make
