"""Hashes are made and compared by the real libraries, and libcrypt agrees, as in Dovecot."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.passwords import parse_hash
from ansible_collections.selfhost.mail.plugins.module_utils._edge.passwords import (
    make_hash,
    matches,
    on_all_cores,
)

CHEAP = [("SHA512-CRYPT", 5000), ("BLF-CRYPT", 10), ("ARGON2ID", None)]
PASSWORDS = ["example", "pässwörd ☃", " a\tb\n'\"\\$ ", "x" * 72]

# From openssl (sha-crypt) and the published test vectors of crypt_blowfish, argon2, RFC 6070
# (PBKDF2) and RFC 7677 (SCRAM-SHA-256).
FOREIGN = [
    (
        "Hello world!",
        "{SHA512-CRYPT}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3"
        "uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
    ),
    ("Hello world!", "{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
    ("Hello world!", "{CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
    ("U*U", "{BLF-CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U", "{CRYPT}$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    (
        "password",
        "{ARGON2I}$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    ),
    ("password", "{PBKDF2}$1$salt$4096$4b007901b765489abead49d926f721d065a429c1"),
    (
        "pencil",
        "{SCRAM-SHA-256}4096,W22ZaJ0SNY7soEsUEjb6gQ==,WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    ),
]


def salted(algorithm: str, password: str) -> str:
    digest = hashlib.new(algorithm, password.encode() + b"salt").digest()
    return base64.b64encode(digest + b"salt").decode()


@pytest.mark.parametrize(("scheme", "rounds"), CHEAP)
@pytest.mark.parametrize("password", PASSWORDS)
def test_a_hash_is_one_of_its_password_only(password: str, scheme: str, rounds: int | None) -> None:
    stored = make_hash(password, scheme, rounds)
    assert parse_hash(stored) == stored
    assert matches(password, stored)
    for other in (password + "x", password[1:], password.upper() + "y", ""):
        assert not matches(other, stored)
    assert make_hash(password, scheme, rounds) != stored


@pytest.mark.parametrize(("password", "stored"), FOREIGN)
def test_hashes_of_other_programs_are_compared(password: str, stored: str) -> None:
    assert parse_hash(stored) == stored
    assert matches(password, stored)
    assert not matches(password + "x", stored)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_salted_hashes_are_compared(algorithm: str) -> None:
    stored = f"{{S{algorithm.upper()}}}{salted(algorithm, 'example')}"
    assert parse_hash(stored) == stored
    assert matches("example", stored)
    assert not matches("examples", stored)


@pytest.mark.parametrize(
    "stored",
    [
        "{CRYPT}$y$j9T$saltsalt$" + "e" * 43,
        "{NEVER-HEARD-OF}example",
        "{PLAIN}example",
        "example",
        "{SHA512-CRYPT}broken",
        "{BLF-CRYPT}broken",
        "{ARGON2ID}broken",
        "{PBKDF2}broken",
        "{SCRAM-SHA-256}broken",
        "{SSHA512}?",
    ],
)
def test_what_cannot_be_compared_counts_as_different(stored: str) -> None:
    assert not matches("example", stored)


@pytest.mark.parametrize(("scheme", "rounds"), CHEAP[:2])
@pytest.mark.parametrize("password", PASSWORDS)
def test_libcrypt_comes_to_the_same_hash(password: str, scheme: str, rounds: int) -> None:
    library = ctypes.CDLL(ctypes.util.find_library("crypt"))
    library.crypt.restype = ctypes.c_char_p
    digest = make_hash(password, scheme, rounds).partition("}")[2].encode()
    assert library.crypt(password.encode(), digest) == digest


def test_all_cores_keep_the_order() -> None:
    assert on_all_cores(str, range(50)) == [str(number) for number in range(50)]
    assert on_all_cores(str, []) == []
