# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen to results: which checks run, which are skipped and because of what."""

from __future__ import annotations

import typing as t

from .model import FAILED, PASSED, SKIPPED, Check, Result, Seen, Subject, Unseen

if t.TYPE_CHECKING:
    from .model import Observation, Observations


def judge(
    checks: t.Sequence[Check],
    plan: t.Sequence[Subject[t.Any]],
    observations: Observations,
    host: str = "",
    others: t.Sequence[Result] = (),
) -> list[Result]:
    """One result for each check and each planned subject of its topic, in the order of checks;
    `others` were found on other hosts before, and what is here may rest on them."""
    results: list[Result] = []
    # what others may rest on
    known: list[Result] = []
    for check in checks:
        for subject in plan:
            if subject.topic == check.topic:
                missing = Unseen("it was planned, and no probe reported it")
                observation = observations.get(subject, missing)
                obstacle = _obstacle(subject, (*subject.after, *check.needs), known, others)
                results.append(_result(check, subject.target, observation, obstacle, host))
                if not (isinstance(observation, Unseen) and observation.says_nothing):
                    known.append(results[-1])
    return results


def _result(
    check: Check, target: str, observation: Observation, obstacle: str, host: str
) -> Result:
    def result(status: str, expected: str = "", observed: str = "", reason: str = "") -> Result:
        return Result(
            check.id,
            target,
            check.severity,
            status,
            expected,
            observed,
            round(observation.duration_s, 3),
            check.remedy.replace("TARGET", target),
            reason,
            host,
        )

    if obstacle:
        return result(SKIPPED, reason=obstacle)
    if isinstance(observation, Seen):
        verdict = check.judge(observation.value)
        return result(PASSED if verdict.passed else FAILED, verdict.expected, verdict.observed)
    if observation.on_purpose:
        return result(SKIPPED, reason=observation.reason)
    return result(FAILED, "an observation", f"nothing: {observation.reason}")


def _obstacle(
    subject: Subject[t.Any],
    needs: t.Sequence[str],
    results: t.Sequence[Result],
    others: t.Sequence[Result],
) -> str:
    """What keeps a check from being judged: a need not met, or what that was skipped for."""
    for need in needs:
        check_id, _space, where = need.partition(" ")
        for result in _needed(check_id, where, subject.target, results, others):
            if result.status != PASSED:
                skipped = result.status == SKIPPED
                return result.reason if skipped else f"because {result.id} {result.place}"
    return ""


def _needed(
    check_id: str,
    where: str,
    own: str,
    results: t.Sequence[Result],
    others: t.Sequence[Result],
) -> t.Sequence[Result]:
    """What a need speaks of. Other hosts matter where this one has none of it, or where all do."""
    here = [r for r in results if r.id == check_id and _is_at(r.target, where, own)]
    if not where or (here and where != "*"):
        return here
    return here + [r for r in others if r.id == check_id and _is_at(r.target, where, own)]


def _is_at(target: str, where: str, own: str) -> bool:
    if not where:
        return target == own
    return where == "*" or target.partition(" ")[0] == where
