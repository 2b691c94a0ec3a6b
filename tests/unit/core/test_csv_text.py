"""CSV text: whatever the octets are, every record with its line, and the same cells again."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.csv_text import (
    LONGEST,
    decode,
    records,
    separator_of,
)

OPEN = "A quote is opened here and never closed"
BEHIND = "Something stands behind a closing quote"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("email,password\n", ","),
        ("email;password\n", ";"),
        ("email\tpassword\n", "\t"),
        ("\r\n\nemail;a,b\n", ";"),
        ("a@example.test,p;w\tx\n", ","),
        ('"a@example.test";"p,w"\n', ";"),
        ('"a,b";x\n', ";"),
        ("email\npassword;x\n", ","),
        ("", ","),
    ],
)
def test_the_first_row_says_what_separates(text: str, expected: str) -> None:
    assert separator_of(text) == expected


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"\xff\xfea\0", "UTF-16 (little endian)"),
        (b"\xfe\xff\0a", "UTF-16 (big endian)"),
        ("email,password\n".encode("utf-16-le"), "looks like UTF-16"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n61\n", "encrypted by ansible-vault; decrypt it first"),
    ],
)
def test_another_kind_of_file_is_recognised(octets: bytes, expected: str) -> None:
    with pytest.raises(ValueError, match=expected.replace("(", r"\(").replace(")", r"\)")):
        decode(octets)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\nc,d", [(1, ("a", "b"), ""), (2, ("c", "d"), "")]),
        ("a,b\r\nc\r\n", [(1, ("a", "b"), ""), (2, ("c",), "")]),
        ("a,b\rc\r", [(1, ("a", "b"), ""), (2, ("c",), "")]),
        ('a,"x\ny"\nb\n', [(1, ("a", "x\ny"), ""), (3, ("b",), "")]),
        # the rows that a wrong quote has swallowed are read all the same
        ('a,"x\nb,y\nc,z\n', [(1, (), OPEN), (2, ("b", "y"), ""), (3, ("c", "z"), "")]),
        ('a,"x\nb,"y"\nc\n', [(1, (), BEHIND), (2, ("b", "y"), ""), (3, ("c",), "")]),
        ('a,"x"y\nb\n', [(1, (), BEHIND), (2, ("b",), "")]),
        ("a\nb\rc\n", [(1, ("a",), ""), (2, (), "The row ends with"), (3, ("c",), "")]),
        (f"{'x' * LONGEST}\nb\n", [(1, (), f"The row has {LONGEST + 1}"), (2, ("b",), "")]),
        (f"{'x' * 200_000}\nb\n", [(1, (), "The row has"), (2, ("b",), "")]),
        (f'"{"x" * 99}\n' + "y\n" * LONGEST + '"\n', None),
    ],
)
def test_records(text: str, expected: list[tuple[int, tuple[str, ...], str]] | None) -> None:
    found = list(records(text, ","))
    if expected is None:
        assert len(found) == len(text.splitlines())
        return
    assert [(one.line, one.cells) for one in found] == [one[:2] for one in expected]
    for one, (_line, _cells, fault) in zip(found, expected, strict=True):
        assert one.fault.startswith(fault)
        assert bool(one.fault) == bool(fault)


@given(st.binary(max_size=300) | st.text('",;\t\r\n ab\0é', max_size=60).map(str.encode))
def test_nothing_is_lost_and_nothing_breaks(octets: bytes) -> None:
    try:
        text = decode(octets)
    except ValueError:
        return
    found = list(records(text, separator_of(text)))
    assert "".join(one.raw for one in found) == text


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=5),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_is_written_is_read(
    rows: list[list[str]], separator: str, end: str, encoding: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["email", "x"], *rows])
    text = decode(written.getvalue().encode(encoding))
    assert separator_of(text) == separator
    found = list(records(text, separator))
    assert [list(one.cells) for one in found] == [["email", "x"], *rows]
