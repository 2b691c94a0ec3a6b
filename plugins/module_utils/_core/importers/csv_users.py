# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users of a CSV file: email,password,full_name, with or without a header row.

No fault ever repeats a password, also not one that stands in a wrong column.
"""

from __future__ import annotations

import difflib
import typing as t
import unicodedata

from ..address import parse_own_address
from ..faults import Fault
from ..passwords import DEFAULT_SCHEME, check_password
from .csv_text import SEPARATORS, Record, decode, lines_of, records, separator_of

COLUMNS = ("email", "password", "full_name")
# What a reject file adds, and what is passed over when that file is read.
REASON = "reason"
# Marks a row of which only the address is handed on.
FAULTY = "faulty"

Row = dict[str, str]
Columns = t.Sequence[str]

_WANTED = ",".join(COLUMNS)


def parse_users(
    octets: bytes, name: str, scheme: str = DEFAULT_SCHEME
) -> tuple[list[Row], list[Fault]]:
    """The rows of a file that are right in themselves, and every fault of the others.

    A row has the columns and its origin, such as 'users.csv line 3'. An empty password is none.
    Of a row that is right but for its password or name only the address is handed on, so that
    what else speaks against it is told at the same time.
    """
    try:
        text = decode(octets)
    except ValueError as reason:
        return [], [Fault(str(reason), name)]
    rows: list[Row] = []
    faults: list[Fault] = []
    columns: Columns = ()
    is_named = False
    separator = separator_of(text)
    for record in records(text, separator):
        if record.is_empty:
            continue
        origin = origin_of(name, record)
        if not columns:
            try:
                columns, is_named = columns_of(record)
            except ValueError as reason:
                return [], [Fault(str(reason), origin)]
            if is_named:
                continue
        reasons = _reasons(record, columns, separator, scheme, is_named)
        if reasons:
            faults += [Fault(reason, origin, column) for column, reason in reasons]
            if not {"", "email"}.intersection(column for column, _reason in reasons):
                email = record.cells[columns.index("email")]
                rows.append({"email": email, "origin": origin, FAULTY: "yes"})
        else:
            row = dict(zip(columns, record.cells))
            full_name = row.get("full_name", "").strip()
            rows.append({**row, "full_name": full_name, "origin": origin})
            rows[-1].pop(REASON, None)
    if not rows and not faults:
        faults = [Fault(_nobody(octets, is_named), name)]
    return rows, faults


def has_passwords(octets: bytes) -> bool:
    """Whether a password stands in the file; what cannot be read may be one."""
    try:
        text = decode(octets)
        columns: Columns = ()
        for record in records(text, separator_of(text)):
            if record.is_empty:
                continue
            is_named = False
            if not columns:
                columns, is_named = columns_of(record)
            if is_named:
                continue
            position = columns.index("password")
            if record.fault or any(record.cells[position:][:1]):
                return True
    except ValueError:
        return True
    return False


def origin_of(name: str, record: Record) -> str:
    """Where a row stands, as faults name it."""
    return f"{name} line {record.line}"


def columns_of(record: Record) -> tuple[Columns, bool]:
    """The columns, and whether this first row names them or is a user already.

    A row whose first value has an @ is a user; one that names the column email is a header.
    """
    if record.fault:
        return COLUMNS, False
    names = [cell.strip().lower() for cell in record.cells]
    if "@" in names[0]:
        return COLUMNS, False
    if "email" not in names:
        raise ValueError(_neither(names))
    unknown = [name for name in names if name not in (*COLUMNS, REASON)]
    problems = [f"the column {name[:40]!r} is unknown" for name in unknown]
    problems += [f"the column {name} stands in it twice" for name in _doubles(names)]
    if "password" not in names:
        problems.append("the column password is missing (its values may be empty)")
    if problems:
        raise ValueError(
            f"The row is a header, since it names the column email, but {', '.join(problems)}."
            f" The columns are {_WANTED}; full_name may be missing."
        )
    return names, True


def _neither(names: list[str]) -> str:
    known = [name for name in names if name in COLUMNS]
    meant = [
        f"value {number} resembles email"
        for number, name in enumerate(names, start=1)
        if difflib.get_close_matches(name, ["email", "e-mail", "mail"], 1, 0.8)
    ]
    found = [f"it names {', '.join(known)}"] if known else []
    why = "; ".join(found + meant)
    return (
        "The row is neither a header nor a user. If it is to be the header, the column email is"
        f" missing{f' ({why})' if why else ''}; the columns are {_WANTED}. If it is to be a user,"
        " its first value is no address, since it has no @. (The values are not shown, since they"
        " may be a password.)"
    )


def _doubles(names: list[str]) -> list[str]:
    return [name for name in (*COLUMNS, REASON) if names.count(name) > 1]


def _nobody(octets: bytes, is_named: bool) -> str:
    if not octets:
        return f"The file is empty; write a user on each line as {_WANTED}."
    found = "only a header" if is_named else "no user"
    return f"There is {found} in it; write a user on each line as {_WANTED}."


def _reasons(
    record: Record, columns: Columns, separator: str, scheme: str, is_named: bool
) -> list[tuple[str, str]]:
    """Column and reason of each fault of a row; the column is empty when it is the row's."""
    if record.fault:
        return [("", record.fault)]
    cells = record.cells
    count = _count_reason(cells, columns, separator)
    if count:
        return [("", count)]
    named = [(column, cell) for column, cell in zip(columns, cells) if column != REASON]
    broken = [] if record.raw.isascii() else [one for one, cell in named if _has_octet(cell)]
    # told once of a row: most often the whole file has another encoding
    reasons = [(broken[0], _octet_reason(record))] if broken else []
    for column, cell in named:
        if column in broken:
            continue
        reason = _control_reason(cell)
        if not reason and column == "email":
            reason = _email_reason(cell, cells, columns, is_named)
        elif not reason and column == "password":
            reason = _password_reason(cell, scheme)
        if reason:
            reasons.append((column, reason))
    return reasons


def _count_reason(cells: Columns, columns: Columns, separator: str) -> str:
    if len(cells) > len(columns):
        return (
            f"There are {len(cells)} values for the {len(columns)} columns {','.join(columns)};"
            f" a value with {SEPARATORS[separator]} in it needs quotes, as in"
            f' "Last{separator} First".'
        )
    others = [other for other in SEPARATORS if other != separator and other in cells[0]]
    if len(cells) == 1 and others:
        return (
            f"The values are separated by {SEPARATORS[others[0]]}, and those of the first row by"
            f" {SEPARATORS[separator]}."
        )
    for number, column in enumerate(columns):
        if number >= len(cells) and column in ("email", "password"):
            return (
                f"There is no value for the column {column}, since the row has {len(cells)} of"
                f" {len(columns)} values; an empty one needs its separator, too."
            )
    return ""


def _email_reason(cell: str, cells: Columns, columns: Columns, is_named: bool) -> str:
    if not cell:
        return "There is no value for the column email."
    try:
        parse_own_address(cell)
    except ValueError as reason:
        if _may_be_shown(cell, cells, is_named):
            return str(reason)
        return (
            "The value is no address. It is not shown, since it may be a password: the columns are"
            f" {','.join(columns)} in this order."
        )
    return ""


def _password_reason(cell: str, scheme: str) -> str:
    try:
        if cell:
            check_password(cell, scheme)
    except ValueError as reason:
        return str(reason)
    return ""


def _octet_reason(record: Record) -> str:
    """Which octet is no UTF-8, counted within its line as editors do."""
    for number, line in enumerate(lines_of(record.raw)):
        for position, character in enumerate(line):
            if _has_octet(character):
                before = len(line[:position].encode("utf-8", "surrogateescape"))
                place = f" on line {record.line + number}" if number else ""
                return (
                    f"The octet 0x{ord(character) - 0xDC00:02X}{place}, number {before + 1} of its"
                    " line, is no UTF-8; save the file as UTF-8."
                )
    return ""


def _has_octet(text: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in text)


def _control_reason(cell: str) -> str:
    if cell.isprintable():
        return ""
    for position, character in enumerate(cell, start=1):
        if character in "\r\n":
            return (
                f"There is a line break at position {position} of the value, which nobody can"
                " type; is a quote not closed?"
            )
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            return (
                f"There is the control character U+{ord(character):04X} at position {position} of"
                " the value, which nobody can type."
            )
    return ""


def _may_be_shown(cell: str, cells: Columns, is_named: bool) -> bool:
    """Whether a bad address is surely one, and no password in a wrong column."""
    text = cell.strip()
    plain = all(character.isalnum() or character in "._+-'@" for character in text)
    others = [other for other in cells if other is not cell and "@" in other]
    return plain and (is_named or "@" in text) and not any(map(_is_address, others))


def _is_address(cell: str) -> bool:
    try:
        parse_own_address(cell.strip())
    except ValueError:
        return False
    return True
