# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes CSV text apart into records (RFC 4180), each with its line and the text that it was.

Accepted are UTF-8 with or without byte order mark; comma, semicolon or tab between values; LF,
CRLF or CR at the end of a line.
"""

from __future__ import annotations

import csv
import io
import typing as t
from dataclasses import dataclass

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
# A row of ours is far shorter; a longer one is another file, or a quote that is never closed.
LONGEST = 10_000

_BOM = "\ufeff"
_UTF_16 = {b"\xff\xfe": "little endian", b"\xfe\xff": "big endian"}


@dataclass(frozen=True)
class Record:
    """One row; octets that are no UTF-8 stand in it as lone surrogates (PEP 383)."""

    line: int
    raw: str
    cells: tuple[str, ...]
    # Why it could not be taken apart.
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.fault and not any(cell.strip() for cell in self.cells)


def decode(octets: bytes) -> str:
    """The text of a file; raises ValueError when it is not the kind of text that is read here."""
    for mark, order in _UTF_16.items():
        if octets.startswith(mark):
            raise ValueError(f"The file is UTF-16 ({order}); save it as UTF-8.")
    head = octets[:200]
    if len(head) > 3 and head.count(0) * 3 > len(head):
        raise ValueError("The file looks like UTF-16, as every other octet is 0; save it as UTF-8.")
    if octets.startswith(b"$ANSIBLE_VAULT;"):
        raise ValueError("The file is encrypted by ansible-vault; decrypt it first.")
    # spreadsheet programs put a byte order mark in front
    text = octets.decode("utf-8", "surrogateescape")
    return text[1:] if text.startswith(_BOM) else text


def separator_of(text: str) -> str:
    """What separates the values: the first comma, semicolon or tab outside quotes in line 1.

    The first value of a file is an address or the name of a column, which have none of them.
    """
    is_quoted = False
    for character in text.lstrip("\r\n ")[:LONGEST]:
        if character == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif character in SEPARATORS:
            return character
        elif character in "\r\n":
            break
    return ","


def records(text: str, separator: str) -> t.Iterator[Record]:
    """Every record; after one that cannot be taken apart the next line begins a new one."""
    lines = _Lines(text)
    reader = _reader(lines, separator)
    line, end = 1, ""
    while True:
        lines.taken.clear()
        try:
            cells = tuple(next(reader))
            fault = _fault("".join(lines.taken), end)
        except StopIteration:
            return
        except csv.Error as error:
            cells, fault = (), _why(error)
        if fault:
            # what a wrong quote has swallowed is read again, line by line
            lines.give_back_all_but_one()
            reader = _reader(lines, separator)
        record = Record(line, "".join(lines.taken), () if fault else cells, fault)
        end = end or end_of(record.raw)
        yield record
        line += len(lines.taken)


def lines_of(text: str) -> t.Iterator[str]:
    """The lines of a text with their ends, as editors count them."""
    return iter(io.StringIO(text, newline=""))


def end_of(line: str) -> str:
    """The line end that a text has."""
    for end in ("\r\n", "\n", "\r"):
        if line.endswith(end):
            return end
    return ""


class _Lines:
    """The lines of a text, and which of them the present record has taken."""

    def __init__(self, text: str) -> None:
        self.taken: list[str] = []
        self._ahead: list[str] = []
        self._rest = lines_of(text)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._ahead.pop() if self._ahead else next(self._rest)
        self.taken.append(line)
        return line

    def give_back_all_but_one(self) -> None:
        self._ahead.extend(reversed(self.taken[1:]))
        del self.taken[1:]


def _reader(lines: _Lines, separator: str) -> t.Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator, strict=True)


def _fault(raw: str, end: str) -> str:
    """What is wrong with a record whose cells can be told apart."""
    own_end = end_of(raw)
    if len(raw) > LONGEST:
        return _too_long(len(raw))
    if end and own_end and (own_end == "\r") != (end == "\r"):
        return (
            "The row ends with another line end than the first one: in one of them a carriage"
            " return (CR) stands alone. Save the file with LF or CRLF at the end of each line."
        )
    return ""


def _why(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end of data" in words:
        return "A quote is opened here and never closed; write a quote within a value twice."
    if "expected after" in words:
        return (
            "Something stands behind a closing quote; quote the value as a whole, and write a"
            ' quote within it twice, as in "the ""best"" one".'
        )
    if "field limit" in words:
        return _too_long(csv.field_size_limit())
    return f"The row cannot be read ({words})."


def _too_long(length: int) -> str:
    return (
        f"The row has {length} characters or more, at most {LONGEST} are read; is a quote not"
        " closed?"
    )
