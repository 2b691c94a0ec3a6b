# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as lines for a person who is going to type or paste them."""

from __future__ import annotations

import itertools
import typing as t

if t.TYPE_CHECKING:
    from .records import Record


def listing(records: t.Iterable[Record]) -> list[str]:
    """Each record in a line of its own, below it the sentence that says why.

    No line begins with a space and none holds ": ", so that YAML shows it without quotes.
    """
    lines: list[str] = []
    for purpose, group in itertools.groupby(records, key=lambda record: record.purpose):
        lines += [f"{record.name}  {record.type}  {record.value}" for record in group]
        lines.append(f"↳ {purpose}")
    return lines
