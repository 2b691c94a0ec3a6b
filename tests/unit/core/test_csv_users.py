"""Users from CSV text: headers, quotes, octets, and every fault of the form with its line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core.faults import Fault
from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.csv_users import (
    has_passwords,
    parse_users,
)

HEADER = "email,password,full_name\n"
ALICE = ("alice@example.test", "pw", "Alice")


def read(text: str | bytes) -> tuple[list[tuple[str, str, str]], list[Fault]]:
    octets = text.encode() if isinstance(text, str) else text
    found, faults = parse_users(octets, "users.csv")
    rows = [row for row in found if "faulty" not in row]
    return [(row["email"], row["password"], row["full_name"]) for row in rows], faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice@example.test,pw,Alice\n", ALICE),
        ("alice@example.test,pw,Alice", ALICE),
        (HEADER + "alice@example.test,pw,Alice\n", ALICE),
        ("Email, Password ,Full_Name\r\nalice@example.test,pw,Alice\r\n", ALICE),
        ("full_name,email,password\nAlice,alice@example.test,pw\n", ALICE),
        ("email;password;full_name\nalice@example.test;pw;Alice\n", ALICE),
        ("alice@example.test\tpw\tAlice\n", ALICE),
        ("alice@example.test,pw,Alice\r", ALICE),
        ("email,password,full_name,reason\ralice@example.test,pw,Alice,bad\r", ALICE),
        ("reason,email,password,full_name\n\x07\xff,alice@example.test,pw,Alice\n", ALICE),
        ("email,password\nalice@example.test,pw\n", (*ALICE[:2], "")),
        ("alice@example.test,pw\n", (*ALICE[:2], "")),
        ("alice@example.test,\n", (ALICE[0], "", "")),
        ("\n  \n,,\nalice@example.test,pw, Alice \n\n", ALICE),
        (b"\xef\xbb\xbf" + HEADER.encode() + b"alice@example.test,pw,Alice", ALICE),
        (b"\xef\xbb\xbfalice@example.test,pw,Alice", ALICE),
        (
            "email@example.test,password,full_name\n",
            ("email@example.test", "password", "full_name"),
        ),
        ('a@example.test,pw,"Last, First"\n', ("a@example.test", "pw", "Last, First")),
        ('a@example.test,"a ""b"", c",x\n', ("a@example.test", 'a "b", c', "x")),
        ('a@example.test,a"b,x\n', ("a@example.test", 'a"b', "x")),
        ("a@example.test, pw ,x\n", ("a@example.test", " pw ", "x")),
        ("a@example.test;p,w;x\n", ("a@example.test", "p,w", "x")),
        ("a@example.test,€{%{{x}},x\n", ("a@example.test", "€{%{{x}}", "x")),
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
    rows, faults = parse_users(text.encode(), "users.csv")
    assert [row["origin"] for row in rows if "faulty" not in row] == ["users.csv line 6"]
    assert [fault.origin for fault in faults] == ["users.csv line 3"]


NEITHER = "line 1: The row is neither a header nor a user. If it is to be the header, the column"
HIDDEN = "column email: The value is no address. It is not shown, since it may be a password"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["users.csv: The file is empty; write a user on each line as email,password"]),
        ("\n \n", ["users.csv: There is no user in it"]),
        (HEADER, ["users.csv: There is only a header in it"]),
        ("email,password,full_name,reason\r\n", ["users.csv: There is only a header in it"]),
        (b"\xff\xfea\0", ["users.csv: The file is UTF-16"]),
        # a first line that is neither
        ("emial,pasword,name\na@example.test,pw\n", [NEITHER]),
        ("emial,pasword,name\n", ["(value 1 resembles email)"]),
        ("name,password\n", ["is missing (it names password); the columns are email,password,"]),
        ("maria,secret,Maria\n", ["its first value is no address, since it has no @."]),
        ("secret,maria@example.test\n", [NEITHER]),
        # a header with faults, all at once
        (
            "email,pasword,E-Mail,email\na@example.test,secret\n",
            [
                "line 1: The row is a header, since it names the column email, but the column"
                " 'pasword' is unknown, the column 'e-mail' is unknown, the column email stands in"
                " it twice, the column password is missing (its values may be empty)."
            ],
        ),
        ("email,quota,password\n", ["the column 'quota' is unknown. The columns are email,"]),
        ("email,password,email\n", ["the column email stands in it twice"]),
        # the shape of rows
        (
            "a@example.test,pw,Last, First\nb@example.test\n,pw,x\nd@example.test,pw,x\n",
            [
                "line 1: There are 4 values for the 3 columns email,password,full_name; a value",
                "line 2: There is no value for the column password, since the row has 1 of 3",
                "line 3, column email: There is no value for the column email.",
            ],
        ),
        (
            "a@example.test,pw,x\nb@example.test;secret;x\n",
            ["line 2: The values are separated by semicolons, and those of the first row by comm"],
        ),
        (
            'a@example.test,pw,x\nb@example.test,"secret"x,y\nc@,secret,x\n',
            ["line 2: Something stands behind a closing quote", "line 3, column email"],
        ),
        (
            'a@example.test,"secret,x\nb@,secret,x\n',
            ["line 1: A quote is opened here and never closed", "line 2, column email: The addres"],
        ),
        (
            'a@example.test,"secret,x\nb@example.test,secret",x\nc@,y,z\n',
            ["line 1, column password: There is a line break at position 9 of the value", "line 3"],
        ),
        # octets and characters
        (
            b"a@example.test,pw,x\nb@example.test,secr\xe9t,y\xff\n\xc3,secret,z\n",
            [
                "line 2, column password: The octet 0xE9, number 20 of its line, is no UTF-8;",
                "line 3, column email: The octet 0xC3, number 1 of its line, is no UTF-8;",
            ],
        ),
        (
            "a\0@example.test,secret\0,x\x07\n",
            [
                "column email: There is the control character U+0000 at position 2",
                "column password: There is the control character U+0000 at position 7",
                "column full_name: There is the control character U+0007 at position 2",
            ],
        ),
        ("a@example.test,pw\rmore,Anna\n", ["line 2: The row ends with another line end"]),
        # values
        (
            "a..b@example.test,$6$secret,x\n",
            [
                "line 1, column email: The address 'a..b@example.test' is refused: its local part",
                "line 1, column password: The password looks like a hash",
            ],
        ),
        (HEADER + "maria,pw,x\n", ["line 2, column email: The address 'maria' is refused: it has"]),
        ("a@example.test,pw,x\n maria@example.test,pw,x\n", ["' maria@example.test' is refused"]),
        # where a password may be meant the value stays away
        ("a@example.test,pw,x\nsecret,maria,x\n", [f"line 2, {HIDDEN}"]),
        (HEADER + "secret,maria@example.test,Maria\n", [f"line 2, {HIDDEN}"]),
        (HEADER + "Maria,secret,maria@example.test\n", [f"line 2, {HIDDEN}"]),
        (HEADER + '"maria@example.test;secret;Maria",,\n', [f"line 2, {HIDDEN}"]),
        (HEADER + "maria@example.test|secret,x,\n", [f"line 2, {HIDDEN}"]),
        (HEADER + "sec@ret,maria@example.test,x\n", [f"line 2, {HIDDEN}"]),
        ('a@example.test,pw,"secret\nb"\n', ["line 1, column full_name: There is a line break"]),
    ],
)
def test_every_fault_is_told(text: str | bytes, faults: list[str]) -> None:
    _rows, found = read(text)
    assert len(found) == len(faults), [str(fault) for fault in found]
    for fault, expected in zip(found, faults, strict=True):
        assert expected in str(fault)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@example.test,pw\n", True),
        ("a@example.test, \n", True),
        ("a@example.test,,Anna\nb@example.test\n", False),
        ("full_name,password,email\nx,,a@example.test\n", False),
        ("full_name,password,email\nx,,a@example.test\nx,y\n", True),
        ("a@example.test,,x\nb@,\n", False),
        ('a@example.test,,x\n"b\n', True),
        ("nonsense\n", True),
    ],
)
def test_whether_there_are_passwords(text: str, expected: bool) -> None:
    assert has_passwords(text.encode()) is expected


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)
PASSWORD = CELL.filter(lambda text: not text.startswith(("{", "$")))


@given(
    st.lists(st.tuples(PASSWORD, CELL), min_size=1, max_size=5),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.booleans(),
)
def test_what_a_spreadsheet_writes_is_read(
    cells: list[tuple[str, str]], separator: str, end: str, encoding: str, named: bool
) -> None:
    rows = [("a@example.test", password, name) for password, name in cells]
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator=end)
    writer.writerows([HEADER.strip().split(",")] if named else [])
    writer.writerows(rows)
    expected = [(email, pw, name.strip()) for email, pw, name in rows]
    assert read(written.getvalue().encode(encoding)) == (expected, [])


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(["a@example.test", "email", ",", ";", '"', "\n", "\r", "é", "\0"]))
    .map("".join)
    .map(str.encode)
)
def test_octets_are_rows_or_faults(octets: bytes) -> None:
    rows, faults = parse_users(octets, "users.csv")
    assert rows or faults
    # what is told can be printed
    str([str(fault) for fault in faults]).encode()
    has_passwords(octets)
