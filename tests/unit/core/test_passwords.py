"""Which passwords and hashes are taken, and that no sentence repeats one."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.passwords import (
    SCHEMES,
    check_cost,
    check_password,
    parse_hash,
    split_hash,
)

SHA512 = "$6$rounds=100000$saltsaltsaltsalt$" + "a" * 86
SHA256 = "$5$saltsalt$" + "b" * 43
BCRYPT = "$2y$12$" + "c" * 53
ARGON2ID = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$" + "d" * 43
ARGON2I = ARGON2ID.replace("argon2id", "argon2i")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "password",
    ["x", " ", "example", "$", "$6", "{}", "{smile}", "{NotAScheme}x", "ä" * 36, "a\tb\nc", "$6x$"],
)
def test_a_password_is_taken(password: str, scheme: str) -> None:
    check_password(password, scheme)


@pytest.mark.parametrize(
    ("password", "scheme", "reason"),
    [
        ("", "SHA512-CRYPT", "The password is empty"),
        ("secret\0word", "SHA512-CRYPT", "holds a NUL character"),
        (SHA512, "SHA512-CRYPT", "looks like a hash"),
        (BCRYPT, "ARGON2ID", "looks like a hash"),
        (ARGON2ID, "ARGON2ID", "looks like a hash"),
        ("{SHA512-CRYPT}secret", "SHA512-CRYPT", "looks like a hash"),
        ("{plain}secret", "SHA512-CRYPT", "looks like a hash"),
        ("secret" * 13, "BLF-CRYPT", "is 78 octets long and BLF-CRYPT reads only 72"),
        ("ä" * 37, "BLF-CRYPT", "is 74 octets long"),
        ("s" * 512, "SHA512-CRYPT", "is 512 octets long, at most 511"),
        ("s" * 512, "ARGON2ID", "is 512 octets long, at most 511"),
        ("secret\ud800", "SHA512-CRYPT", "is not valid Unicode text"),
    ],
)
def test_a_bad_password_is_refused(password: str, scheme: str, reason: str) -> None:
    with pytest.raises(ValueError) as error:
        check_password(password, scheme)
    assert reason in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("scheme", "rounds", "expected"),
    [
        ("SHA512-CRYPT", None, 100_000),
        ("SHA512-CRYPT", 5_000, 5_000),
        ("BLF-CRYPT", None, 12),
        ("BLF-CRYPT", 10, 10),
        ("ARGON2ID", None, None),
    ],
)
def test_costs(scheme: str, rounds: int | None, expected: int | None) -> None:
    assert check_cost(scheme, rounds) == expected


@pytest.mark.parametrize(
    ("scheme", "rounds", "reason"),
    [
        ("MD5", None, "The password scheme 'MD5' is unknown; known are SHA512-CRYPT, BLF-CRYPT"),
        ("SHA512-CRYPT", 4_999, "rounds=4999 is refused for SHA512-CRYPT: from 5000 to 10000000"),
        ("BLF-CRYPT", 17, "rounds=17 is refused for BLF-CRYPT: from 10 to 16"),
        ("ARGON2ID", 3, "The scheme ARGON2ID has fixed costs; leave rounds=3 out"),
    ],
)
def test_bad_costs(scheme: str, rounds: int | None, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_cost(scheme, rounds)


@pytest.mark.parametrize(
    "text",
    [
        f"{{SHA512-CRYPT}}{SHA512}",
        "{SHA512-CRYPT}$6$salt$" + "a" * 86,
        f"{{SHA256-CRYPT}}{SHA256}",
        f"{{BLF-CRYPT}}{BCRYPT}",
        f"{{CRYPT}}{BCRYPT}",
        f"{{CRYPT}}{SHA512}",
        "{CRYPT}$y$j9T$saltsalt$" + "e" * 43,
        f"{{ARGON2ID}}{ARGON2ID}",
        f"{{ARGON2I}}{ARGON2I}",
        "{PBKDF2}$1$salt$5000$" + "0a" * 20,
        "{SCRAM-SHA-256}4096,c2FsdA==,a2V5,a2V5",
        "{SSHA512}" + "A" * 88,
        "{SSHA256}" + "A" * 48,
    ],
)
def test_a_ready_hash_is_taken(text: str) -> None:
    assert parse_hash(text) == text
    scheme, digest = split_hash(text)
    assert f"{{{scheme}}}{digest}" == text


def test_a_scheme_becomes_upper_case() -> None:
    assert parse_hash("{ssha512}AAAA") == "{SSHA512}AAAA"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no hash, since no {SCHEME} stands in front"),
        ("secret", "is no hash, since no {SCHEME} stands in front"),
        (SHA512, "does not name its scheme, and Dovecot would have to guess"),
        (BCRYPT, "does not name its scheme"),
        (ARGON2ID, "does not name its scheme"),
        ("$1$secret$", "does not name its scheme"),
        ("{PLAIN}secret", "has the weak scheme {PLAIN}"),
        ("{cram-md5}secret", "has the weak scheme {CRAM-MD5}"),
        ("{MD5-CRYPT}$1$secret", "has the weak scheme {MD5-CRYPT}"),
        ("{SHA512}secret", "has the weak scheme {SHA512}"),
        ("{BCRYPT}secret", "has the unknown scheme {BCRYPT}; accepted are ARGON2I, ARGON2ID, BLF"),
        (
            "{SHA512-CRYPT}secret",
            "What follows {SHA512-CRYPT} in the password hash is no such hash",
        ),
        ("{SHA512-CRYPT}", "What follows {SHA512-CRYPT}"),
        (f"{{SHA512-CRYPT}}{SHA512}\n", "What follows {SHA512-CRYPT}"),
        (f"{{BLF-CRYPT}}{SHA512}", "What follows {BLF-CRYPT}"),
        (f"{{ARGON2ID}}{ARGON2I}", "What follows {ARGON2ID}"),
        ("{CRYPT}secret1234567", "What follows {CRYPT}"),
        ("{CRYPT}$1$salt$secret", "What follows {CRYPT}"),
    ],
)
def test_a_bad_hash_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_hash(text)
    assert reason in str(error.value)
    assert "secret" not in str(error.value)
