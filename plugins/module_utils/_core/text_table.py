# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows as the lines of a table for a person."""

from __future__ import annotations

import typing as t
import unicodedata

_NOTHING = "–"
_GAP = "  "


def text_table(
    rows: t.Iterable[t.Mapping[str, t.Any]], columns: t.Mapping[str, str] | t.Sequence[str]
) -> list[str]:
    """A line of headings and one for each row; numbers stand at the right of their column."""
    titles = dict(columns) if isinstance(columns, t.Mapping) else {name: name for name in columns}
    if not titles:
        raise ValueError("The table has no columns; name at least one.")
    cells = [[_value(row, name) for name in titles] for row in rows]
    lines = [[str(title) for title in titles.values()]]
    lines += [[_text(value) for value in row] for row in cells]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(titles))]
    at_right = [
        bool(cells) and all(_is_number(row[place]) for row in cells) for place in range(len(titles))
    ]
    return [
        _GAP.join(_padded(*cell) for cell in zip(line, widths, at_right)).rstrip() for line in lines
    ]


def _value(row: t.Mapping[str, t.Any], name: str) -> t.Any:
    if not isinstance(row, t.Mapping) or name not in row:
        raise ValueError(f"The row {row!r} of the table has no column {name!r}.")
    return row[name]


def _text(value: t.Any) -> str:
    if value is None or value in ("", [], ()):
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return str(value)


def _is_number(value: t.Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _width(text: str) -> int:
    """How many places a terminal gives to it."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    none = sum(unicodedata.category(one) in ("Mn", "Me", "Cf") for one in text)
    return len(text) + wide - none


def _padded(text: str, width: int, at_right: bool) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if at_right else text + blanks
