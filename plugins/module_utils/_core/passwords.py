# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which passwords and which hashes are taken. No sentence here ever repeats either of them."""

from __future__ import annotations

import re

DEFAULT_SCHEME = "SHA512-CRYPT"

# Lowest, default and highest cost; ARGON2ID has one fixed set (m=19456, t=2, p=1).
ROUNDS: dict[str, tuple[int, int, int]] = {
    "SHA512-CRYPT": (5_000, 100_000, 10_000_000),
    "BLF-CRYPT": (10, 12, 16),
}
SCHEMES = ("SHA512-CRYPT", "BLF-CRYPT", "ARGON2ID")

# libcrypt, with which Dovecot compares crypt hashes, refuses a longer one.
_LONGEST = 511
_LONGEST_BCRYPT = 72

_B64 = r"[A-Za-z0-9+/]+={0,2}"
_CRYPT64 = r"[./A-Za-z0-9]"
_SHA512_CRYPT = rf"\$6\$(rounds=[1-9][0-9]{{3,8}}\$)?[^$:\n]{{1,16}}\${_CRYPT64}{{86}}"
_SHA256_CRYPT = rf"\$5\$(rounds=[1-9][0-9]{{3,8}}\$)?[^$:\n]{{1,16}}\${_CRYPT64}{{43}}"
_BCRYPT = rf"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\${_CRYPT64}{{53}}"
_YESCRYPT = rf"\$y\${_CRYPT64}+\${_CRYPT64}*\${_CRYPT64}{{43}}"
_ARGON2 = rf"\$argon2{{kind}}\$v=19\$m=[0-9]+,t=[0-9]+,p=[0-9]+\${_B64}\${_B64}"
_SCRAM = rf"[1-9][0-9]*,{_B64},{_B64},{_B64}"

# Schemes of Dovecot that are accepted as a ready hash, with the form of what follows {SCHEME}.
_FORMS: dict[str, str] = {
    "SHA512-CRYPT": _SHA512_CRYPT,
    "SHA256-CRYPT": _SHA256_CRYPT,
    "BLF-CRYPT": _BCRYPT,
    "CRYPT": f"{_SHA512_CRYPT}|{_SHA256_CRYPT}|{_BCRYPT}|{_YESCRYPT}",
    "ARGON2ID": _ARGON2.replace("{kind}", "id"),
    "ARGON2I": _ARGON2.replace("{kind}", "i"),
    "PBKDF2": r"\$1\$[^$\n]+\$[1-9][0-9]*\$[0-9a-f]{40}",
    "SCRAM-SHA-256": _SCRAM,
    "SSHA512": _B64,
    "SSHA256": _B64,
}
# Schemes of Dovecot that a stolen table would give away within hours, or at once.
_WEAK = frozenset(
    {
        "PLAIN",
        "CLEAR",
        "CLEARTEXT",
        "PLAIN-TRUNC",
        "SHA",
        "SHA1",
        "SHA256",
        "SHA512",
        "SSHA",
        "SMD5",
    }
    | {"LDAP-MD5", "PLAIN-MD5", "MD5", "MD5-CRYPT", "DES-CRYPT", "CRAM-MD5", "HMAC-MD5"}
    | {"DIGEST-MD5", "SCRAM-SHA-1", "NTLM", "LANMAN", "LM", "OTP", "SKEY", "RPA"}
)

_PREFIXED = re.compile(r"\{([A-Za-z0-9.-]+)\}(.*)", re.DOTALL)
_BARE_HASH = re.compile(r"\$(1|2[abxy]?|5|6|7|y|gy|argon2(id|i|d))\$")


def check_password(password: str, scheme: str) -> None:
    """Refuse a clear text password that could not be stored or would not let its user in."""
    prefixed = _PREFIXED.match(password)
    if not password:
        raise ValueError("The password is empty.")
    if "\0" in password:
        raise ValueError("The password holds a NUL character, which no mail program can send.")
    if _BARE_HASH.match(password) or (prefixed and _is_scheme(prefixed[1])):
        raise ValueError(
            "The password looks like a hash, and its user would have to type it as it stands;"
            " hand a hash over as password_hash."
        )
    octets = _octets(password)
    if scheme == "BLF-CRYPT" and octets > _LONGEST_BCRYPT:
        raise ValueError(
            f"The password is {octets} octets long and BLF-CRYPT reads only {_LONGEST_BCRYPT};"
            " choose the scheme SHA512-CRYPT or ARGON2ID, or a shorter password."
        )
    if octets > _LONGEST:
        raise ValueError(
            f"The password is {octets} octets long, at most {_LONGEST} can be compared."
        )


def check_cost(scheme: str, rounds: int | None) -> int | None:
    """Return the rounds for a scheme: the given ones, when they make sense, or our default."""
    if scheme not in SCHEMES:
        raise ValueError(
            f"The password scheme {scheme!r} is unknown; known are {', '.join(SCHEMES)}."
        )
    if scheme not in ROUNDS:
        if rounds is not None:
            raise ValueError(f"The scheme {scheme} has fixed costs; leave rounds={rounds} out.")
        return None
    lowest, default, highest = ROUNDS[scheme]
    if rounds is None:
        return default
    if not lowest <= rounds <= highest:
        raise ValueError(
            f"rounds={rounds} is refused for {scheme}: from {lowest} to {highest} makes sense."
        )
    return rounds


def parse_hash(text: str) -> str:
    """Read a ready hash as Dovecot stores it, with its scheme in upper case."""
    prefixed = _PREFIXED.fullmatch(text)
    if not prefixed:
        if _BARE_HASH.match(text):
            raise ValueError(
                "The password hash does not name its scheme, and Dovecot would have to guess;"
                " write it in front, as in {SHA512-CRYPT}$6$…."
            )
        raise ValueError(
            "The password hash is no hash, since no {SCHEME} stands in front;"
            " hand a clear text password over as password."
        )
    scheme, digest = prefixed[1].upper(), prefixed[2]
    if scheme in _WEAK:
        raise ValueError(
            f"The password hash has the weak scheme {{{scheme}}}, which is refused;"
            " set a new password instead."
        )
    if scheme not in _FORMS:
        raise ValueError(
            f"The password hash has the unknown scheme {{{scheme}}};"
            f" accepted are {', '.join(sorted(_FORMS))}."
        )
    if not re.fullmatch(_FORMS[scheme], digest):
        raise ValueError(f"What follows {{{scheme}}} in the password hash is no such hash.")
    return f"{{{scheme}}}{digest}"


def split_hash(stored: str) -> tuple[str, str]:
    """Take a stored hash apart into its scheme and what follows it."""
    prefixed = _PREFIXED.fullmatch(stored)
    return (prefixed[1].upper(), prefixed[2]) if prefixed else ("", stored)


def _is_scheme(name: str) -> bool:
    return name.upper() in _FORMS or name.upper() in _WEAK


def _octets(password: str) -> int:
    try:
        return len(password.encode())
    except UnicodeEncodeError:
        raise ValueError("The password is not valid Unicode text.") from None
