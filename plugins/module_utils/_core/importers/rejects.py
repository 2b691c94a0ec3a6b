# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of a CSV file that were refused, as they were, each with its reason."""

from __future__ import annotations

import csv
import io
import typing as t

from .csv_text import Record, decode, end_of, records, separator_of
from .csv_users import REASON, columns_of, origin_of

_BOM = b"\xef\xbb\xbf"

Reasons = t.Mapping[str, t.Sequence[str]]


def rejects(octets: bytes, name: str, reasons: Reasons) -> bytes:
    """A CSV file of the rows at these origins with a header, and a column reason at its end.

    It can be imported once its rows are mended. Empty when the file is to blame and no row.
    """
    try:
        written = "".join(_lines(decode(octets), name, reasons))
    except ValueError:
        return b""
    mark = _BOM if octets.startswith(_BOM) else b""
    return mark + written.encode("utf-8", "surrogateescape") if written else b""


def is_reject_file(octets: bytes) -> bool:
    """Whether this is what rejects() writes, or something else that must not be replaced."""
    try:
        text = decode(octets)
        first = next(records(text, separator_of(text)))
        return columns_of(first)[0][-1] == REASON
    except (ValueError, StopIteration):
        return False


def _lines(text: str, name: str, reasons: Reasons) -> t.Iterator[str]:
    separator = separator_of(text)
    columns: t.Sequence[str] = ()
    old = -1
    has_rows = False
    for record in records(text, separator):
        if record.is_empty:
            continue
        if not columns:
            columns, is_named = columns_of(record)
            old = columns.index(REASON) if REASON in columns else -1
            head = separator.join(column for column in columns if column != REASON)
            head += separator + REASON + (end_of(record.raw) or "\n")
            if is_named:
                continue
        found = reasons.get(origin_of(name, record))
        if found:
            yield head if not has_rows else ""
            has_rows = True
            yield _line(record, columns, separator, old) + _reason(found, separator)
            yield end_of(record.raw) or "\n"


def _line(record: Record, columns: t.Sequence[str], separator: str, old: int) -> str:
    """The row as it was, without the reason of an earlier time and without its line end."""
    raw = record.raw[: len(record.raw) - len(end_of(record.raw))]
    cells = record.cells
    if old >= 0 and len(cells) == len(columns):
        written = io.StringIO(newline="")
        kept = [*cells[:old], *cells[old + 1 :]]
        csv.writer(written, delimiter=separator, lineterminator="").writerow(kept)
        return written.getvalue()
    missing = len(columns) - (old >= 0) - len(cells)
    return raw + (separator * missing if cells else "")


def _reason(found: t.Sequence[str], separator: str) -> str:
    said = " ".join(" ".join(found).split()).replace('"', '""')
    return f'{separator}"{said}"'
