"""Users from CSV text: headers, quotes, octets, and every fault of the form with its line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core.faults import Fault
from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.csv_users import (
    parse_users,
)

HEADER = "email,password,full_name\n"
ALICE = ("alice@example.test", "pw", "Alice")


def read(text: str | bytes) -> tuple[list[tuple[str, str, str]], list[Fault]]:
    octets = text.encode() if isinstance(text, str) else text
    rows, faults = parse_users(octets, "users.csv")
    return [(row["email"], row["password"], row["full_name"]) for row in rows], faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice@example.test,pw,Alice\n", ALICE),
        ("alice@example.test,pw,Alice", ALICE),
        (HEADER + "alice@example.test,pw,Alice\n", ALICE),
        ("Email, Password ,Full_Name\r\nalice@example.test,pw,Alice\r\n", ALICE),
        ("full_name,email,password\nAlice,alice@example.test,pw\n", ALICE),
        ("email,password\nalice@example.test,pw\n", (*ALICE[:2], "")),
        ("alice@example.test,pw\n", (*ALICE[:2], "")),
        ("\n  \nalice@example.test,pw, Alice \n\n", ALICE),
        (b"\xef\xbb\xbf" + HEADER.encode() + b"alice@example.test,pw,Alice", ALICE),
        (b"\xef\xbb\xbfalice@example.test,pw,Alice", ALICE),
        (
            "email@example.test,password,full_name\n",
            ("email@example.test", "password", "full_name"),
        ),
        ('a@example.test,pw,"Last, First"\n', ("a@example.test", "pw", "Last, First")),
        ('a@example.test,"a ""b"", c",x\n', ("a@example.test", 'a "b", c', "x")),
        ("a@example.test, pw ,x\n", ("a@example.test", " pw ", "x")),
        ('a@example.test,"p\r\nw",x\n', ("a@example.test", "p\r\nw", "x")),
        ("a@example.test,pässwörd☃,José\n", ("a@example.test", "pässwörd☃", "José")),
        (
            "o'brien@example.test,pw,Patrick O'Brien\n",
            ("o'brien@example.test", "pw", "Patrick O'Brien"),
        ),
    ],
)
def test_one_user_is_read(text: str | bytes, expected: tuple[str, str, str]) -> None:
    assert read(text) == ([expected], [])


def test_a_row_knows_its_first_line() -> None:
    text = HEADER + '\na@example.test,"p\nw",x\n\nb@example.test,pw,x\n'
    rows, _faults = parse_users(text.encode(), "users.csv")
    origins = [row["origin"] for row in rows]
    assert origins == ["users.csv line 3", "users.csv line 6"]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "",
            ["users.csv: There is no user in it; write one on each line as email,password"],
        ),
        (HEADER, ["users.csv: There is no user in it"]),
        (
            "email;password;full_name\n",
            ["users.csv line 1: The values are separated by semicolons"],
        ),
        ("a@example.test;pw;x\n", ["users.csv line 1: The values are separated by semicolons"]),
        (
            "name,secret\na@example.test,pw\n",
            ["users.csv line 1: The row is neither a user nor a header"],
        ),
        ("email,quota\na@example.test,pw\n", ["line 1: The header names the columns email,quota;"]),
        ("email,password,email\n", ["line 1: The header names the columns email,password,email;"]),
        (
            "a@example.test,pw,Last, First\nb@example.test\nc@example.test,,x\n,pw,x\n"
            "d@example.test,pw,x\n",
            [
                "line 1: There are 4 values for the 3 columns email,password,full_name; a value",
                "line 2: There is no value for the column password.",
                "line 3: There is no value for the column password.",
                "line 4: There is no value for the column email.",
            ],
        ),
        (
            'a@example.test,pw,x\nb@example.test,"secret"x,y\n',
            ["line 2: The quoting is broken here"],
        ),
        ('a@example.test,pw,x\nb@example.test,"secret\n', ["line 2: The quoting is broken here"]),
        (b"a@example.test,pw,x\nb@example.test,secret\xff,y\n", ["line 2: The text is not UTF-8"]),
    ],
)
def test_every_fault_is_told(text: str | bytes, faults: list[str]) -> None:
    _rows, found = read(text)
    assert len(found) == len(faults)
    for fault, expected in zip(found, faults):
        assert expected in str(fault)
    assert "secret" not in str(found)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), min_size=1)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_what_a_spreadsheet_writes_is_read(cells: list[tuple[str, str]]) -> None:
    rows = [("a@example.test", password, name) for password, name in cells]
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    expected = [(email, pw, name.strip()) for email, pw, name in rows]
    assert read(written.getvalue()) == (expected, [])
