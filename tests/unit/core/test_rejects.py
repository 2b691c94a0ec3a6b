"""The reject file: the refused rows as they were, their reasons, and importable when mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.csv_users import (
    parse_users,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.rejects import (
    is_reject_file,
    rejects,
)


def rejected(octets: bytes) -> bytes:
    """The reject file for the faults of the form."""
    reasons: dict[str, list[str]] = {}
    for fault in parse_users(octets, "users.csv")[1]:
        reasons.setdefault(fault.origin, []).append(fault.reason.split()[0])
    return rejects(octets, "users.csv", reasons)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"a@example.test,x\nb@, y ,B\n", b'email,password,full_name,reason\nb@, y ,B,"The"\n'),
        (b"a@example.test,x\nb@,y", b'email,password,full_name,reason\nb@,y,,"The"\n'),
        (
            b"full_name;password;email\r\nB;y;b@\r\nC;z;c@example.test\r\nD;z;d@\r\n",
            b'full_name;password;email;reason\r\nB;y;b@;"The"\r\nD;z;d@;"The"\r\n',
        ),
        (
            b'\xef\xbb\xbfemail,password\nb@,"a, b"\n',
            b'\xef\xbb\xbfemail,password,reason\nb@,"a, b","The"\n',
        ),
        # the reason of an earlier time goes
        (
            b'email,password,full_name,reason\nb@," y",B,"Old, old"\nc@example.test,z,C,Old\n',
            b'email,password,full_name,reason\nb@, y,B,"The"\n',
        ),
        # octets stay what they were
        (
            b"a@example.test,x\nb@example.test,p\xe9,B\n",
            b'email,password,full_name,reason\nb@example.test,p\xe9,B,"The"\n',
        ),
        (
            b'a@example.test,"x,y\nb@example.test,z\nc@,z\n',
            b'email,password,full_name,reason\na@example.test,"x,y,"A"\nc@,z,,"The"\n',
        ),
        # the file is to blame and no row
        (b"", b""),
        (b"\xff\xfea\0", b""),
        (b"emial,pasword\na@example.test,x\n", b""),
        (b"a@example.test,x\n", b""),
    ],
)
def test_the_refused_rows(octets: bytes, expected: bytes) -> None:
    assert rejected(octets) == expected
    assert is_reject_file(expected) is bool(expected)


@pytest.mark.parametrize(
    "octets", [b"", b"a@example.test,x\n", b"email,password\n", b"reason,x\n", b"\xff\xfe", b"\0"]
)
def test_other_files_are_none(octets: bytes) -> None:
    assert is_reject_file(octets) is False


def test_a_mended_reject_file_is_imported() -> None:
    once = rejected(b'b@,"a, ""b"" ",B\nc@,x,y,z\n')
    mended = once.replace(b"b@,", b"b@example.test,").replace(b"c@,x,y,z", b"c@example.test,x,y")
    rows, faults = parse_users(mended, "users.rejected.csv")
    assert faults == []
    assert [(row["email"], row["password"]) for row in rows] == [
        ("b@example.test", 'a, "b" '),
        ("c@example.test", "x"),
    ]


@given(
    st.lists(
        st.sampled_from(
            ["a@example.test", "b@", "email", "reason", "password", ",", '"', "\n", "\r", "é"]
        )
    ).map("".join)
)
def test_whatever_is_refused_the_file_is_one(text: str) -> None:
    once = rejected(text.encode())
    again = rejected(once)
    assert is_reject_file(once) is bool(once)
    assert is_reject_file(again) is bool(again)
