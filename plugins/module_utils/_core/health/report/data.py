# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for programs."""

from __future__ import annotations

import dataclasses
import typing as t

from ..checks.services import running
from ..model import FAILED, Result

if t.TYPE_CHECKING:
    from ..model import Health


def data(health: Health) -> dict[str, t.Any]:
    """What becomes the JSON report."""
    return {
        "duration_s": round(health.duration_s, 3),
        "score": health.score,
        "checks": [dataclasses.asdict(result) for result in health.results],
    }


def results(found: t.Mapping[str, t.Mapping[str, t.Any]], daemons: t.Sequence[str]) -> list[Result]:
    """What was found on other hosts, by host. Of one that gave no report, no daemon can be seen."""
    found_checks = (
        (host, check)
        for host, report in found.items()
        for check in _mapping(report).get("checks") or map(_unseen, daemons)
    )
    try:
        return [Result(**{**_mapping(check), "host": host}) for host, check in found_checks]
    except (TypeError, ValueError):
        raise ValueError(
            "The options databases and edges take what mail_health returned on other hosts, by"
            " their names, and something else was given."
        ) from None


def _mapping(value: t.Any) -> t.Mapping[str, t.Any]:
    if isinstance(value, t.Mapping):
        return value
    raise ValueError(f"{value!r} is no dictionary.")


def _unseen(target: str) -> dict[str, t.Any]:
    observed = "nothing: the host could not be examined"
    remedy = "Mend what Ansible says about the host."
    result = Result(
        running.id, target, running.severity, FAILED, "a report", observed, 0.0, remedy, ""
    )
    return dataclasses.asdict(result)
