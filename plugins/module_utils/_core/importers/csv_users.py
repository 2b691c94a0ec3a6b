# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads users from CSV text (RFC 4180): email,password,full_name, with or without a header row."""

from __future__ import annotations

import csv
import io
import typing as t
from functools import partial

from ..faults import Collector, Fault, Refused

COLUMNS = ("email", "password", "full_name")

Row = dict[str, str]


def parse_users(text: bytes, name: str) -> tuple[list[Row], list[Fault]]:
    """Read the rows of a file, and beside them every fault of its form.

    A row has the columns and its origin, such as 'users.csv line 3'. Passwords are taken octet by
    octet; what the values mean is judged elsewhere.
    """
    collect = Collector()
    try:
        rows = _rows(text, name, collect)
    except Refused as refused:
        return [], list(refused.faults)
    if not rows and not collect.faults:
        reason = f"There is no user in it; write one on each line as {','.join(COLUMNS)}."
        collect.faults.append(Fault(reason, name))
    return rows, collect.faults


def _rows(text: bytes, name: str, collect: Collector) -> list[Row]:
    rows: list[Row] = []
    columns: t.Sequence[str] = ()
    for line, cells in _records(_decoded(text, name), name, collect):
        origin = f"{name} line {line}"
        if not columns:
            try:
                columns, is_header = _columns(cells)
            except ValueError as error:
                raise Refused([Fault(str(error), origin)]) from None
            if is_header:
                continue
        row = collect.run(origin, partial(_row, cells, columns))
        if row:
            rows.append({**row, "origin": origin})
    return rows


def _decoded(text: bytes, name: str) -> str:
    try:
        # spreadsheet programs put a byte order mark in front
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        reason = "The text is not UTF-8; save the file as UTF-8."
        raise Refused([Fault(reason, f"{name} line {line}")]) from None


def _records(text: str, name: str, collect: Collector) -> t.Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # after a wrong quote nobody can tell where the next record begins
            collect.faults.append(
                Fault(f"The quoting is broken here ({error}).", f"{name} line {first}")
            )
            return
        if any(cell.strip() for cell in cells):
            yield first, cells
        first = reader.line_num + 1


def _columns(cells: list[str]) -> tuple[t.Sequence[str], bool]:
    """The columns, and whether the first row named them; a row with an address in it is a user."""
    names = [cell.strip().lower() for cell in cells]
    if any("@" in name for name in names):
        return COLUMNS, False
    if len(cells) == 1 and ";" in cells[0]:
        raise ValueError("The values are separated by semicolons; separate them by commas.")
    if "email" not in names:
        raise ValueError(
            f"The row is neither a user nor a header; a header names {','.join(COLUMNS)}."
        )
    if "password" not in names or len(set(names)) < len(names) or set(names) - set(COLUMNS):
        raise ValueError(
            f"The header names the columns {','.join(names)}; {','.join(COLUMNS)} are wanted,"
            " and full_name may be missing."
        )
    return names, True


def _row(cells: list[str], columns: t.Sequence[str]) -> Row:
    if len(cells) == 1 and ";" in cells[0]:
        raise ValueError("The values are separated by semicolons; separate them by commas.")
    if len(cells) > len(columns):
        raise ValueError(
            f"There are {len(cells)} values for the {len(columns)} columns {','.join(columns)};"
            ' a value with a comma in it needs quotes, as in "Last, First".'
        )
    row = dict(zip(columns, cells))
    for column in ("email", "password"):
        if not row.get(column):
            raise ValueError(f"There is no value for the column {column}.")
    return {
        "email": row["email"],
        "password": row["password"],
        "full_name": row.get("full_name", "").strip(),
    }
