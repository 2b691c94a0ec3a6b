# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of checks in the documentation."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from ..model import Check

_HEAD = """\
.. list-table::
   :header-rows: 1
   :widths: 20 25 8 32 15

   * - id
     - what it says
     - severity
     - what helps
     - rests on"""


def table(checks: t.Sequence[Check]) -> str:
    """A table in reStructuredText, one row for each check."""
    return "\n".join([_HEAD, *map(_row, checks)])


def _row(check: Check) -> str:
    needs = ", ".join(need.rstrip(" *") for need in check.needs)
    cells = (f"``{check.id}``", check.title, check.severity, check.remedy, needs)
    return "   * - " + "\n     - ".join(cell.replace("*", "\\*") for cell in cells).rstrip(" ")
