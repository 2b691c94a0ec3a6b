# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for programs."""

from __future__ import annotations

import dataclasses
import typing as t

if t.TYPE_CHECKING:
    from ..model import Health


def data(health: Health) -> dict[str, t.Any]:
    """What becomes the JSON report."""
    return {
        "duration_s": round(health.duration_s, 3),
        "score": health.score,
        "checks": [dataclasses.asdict(result) for result in health.results],
    }
