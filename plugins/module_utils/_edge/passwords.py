# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes and compares password hashes; the only place with these libraries and with salts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import typing as t
from concurrent.futures import ThreadPoolExecutor

from .._core.passwords import split_hash

try:
    from passlib.handlers.sha2_crypt import sha256_crypt, sha512_crypt
except ImportError:
    HAS_PASSLIB = False
else:
    HAS_PASSLIB = True

try:
    import bcrypt
except ImportError:
    HAS_BCRYPT = False
else:
    HAS_BCRYPT = True

try:
    import argon2
except ImportError:
    HAS_ARGON2 = False
else:
    HAS_ARGON2 = True

T = t.TypeVar("T")
S = t.TypeVar("S")


def make_hash(password: str, scheme: str, rounds: int | None) -> str:
    """Hash a password that the core has accepted; the result carries its scheme."""
    _require(scheme)
    if scheme == "SHA512-CRYPT":
        digest = sha512_crypt.using(rounds=rounds).hash(password)
    elif scheme == "BLF-CRYPT":
        made = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds or 12))
        # $2b$ and $2y$ are the same algorithm, and Dovecot's own name for it is $2y$
        digest = "$2y$" + made.decode()[4:]
    else:
        digest = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(password)
    return f"{{{scheme}}}{digest}"


def matches(password: str, stored: str) -> bool:
    """Whether a stored hash is one of this password; a hash that cannot be compared is not."""
    scheme, digest = split_hash(stored)
    compare = _COMPARISONS.get(scheme)
    if compare is None:
        return False
    _require(scheme)
    try:
        return compare(password, digest)
    except (ValueError, TypeError, IndexError):
        return False


def on_all_cores(work: t.Callable[[T], S], items: t.Sequence[T]) -> list[S]:
    """Threads suffice: the libraries compute without holding Python's lock."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(work, items))


def warnings_for(schemes: t.Collection[str]) -> list[str]:
    """What the user should know about the speed of this host's libraries."""
    if "SHA512-CRYPT" in schemes and HAS_PASSLIB and sha512_crypt.get_backend() == "builtin":
        return [
            "passlib computes SHA512-CRYPT hashes in Python here, twice as slow as libcrypt and on"
            " one core only; Debian's package python3-passlib uses libcrypt."
        ]
    return []


def _require(scheme: str) -> None:
    present, library, package = _LIBRARIES.get(scheme, (True, "", ""))
    if not present:
        raise ValueError(
            f"The Python library {library} is missing on the host that runs the module, and the"
            f" scheme {scheme} needs it; install Debian's package {package}"
            " (the role database does)."
        )


_LIBRARIES = {
    "SHA512-CRYPT": (HAS_PASSLIB, "passlib", "python3-passlib"),
    "SHA256-CRYPT": (HAS_PASSLIB, "passlib", "python3-passlib"),
    "BLF-CRYPT": (HAS_BCRYPT, "bcrypt", "python3-bcrypt"),
    "ARGON2ID": (HAS_ARGON2, "argon2", "python3-argon2"),
    "ARGON2I": (HAS_ARGON2, "argon2", "python3-argon2"),
}


def _same_bcrypt(password: str, digest: str) -> bool:
    if len(password.encode()) > 72:
        # bcrypt would ignore the rest, and call two passwords the same
        return False
    return bool(bcrypt.checkpw(password.encode(), digest.replace("$2y$", "$2b$", 1).encode()))


def _same_argon2(password: str, digest: str) -> bool:
    try:
        return bool(argon2.PasswordHasher().verify(digest, password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHash):
        return False


def _same_salted(algorithm: str, password: str, digest: str) -> bool:
    try:
        raw = base64.b64decode(digest, validate=True)
    except binascii.Error:
        return False
    size = hashlib.new(algorithm).digest_size
    made = hashlib.new(algorithm, password.encode() + raw[size:]).digest()
    return hmac.compare_digest(made, raw[:size])


def _same_pbkdf2(password: str, digest: str) -> bool:
    _empty, _version, salt, rounds, wanted = digest.split("$")
    made = hashlib.pbkdf2_hmac("sha1", password.encode(), salt.encode(), int(rounds), 20)
    return hmac.compare_digest(made.hex(), wanted)


def _same_scram(password: str, digest: str) -> bool:
    # beyond ASCII SASLprep (RFC 4013) would have to run first
    if not password.isascii():
        return False
    rounds, salt, stored_key, _server_key = digest.split(",")
    salted = hashlib.pbkdf2_hmac(
        "sha256", password.encode(), base64.b64decode(salt, validate=True), int(rounds)
    )
    client_key = hmac.new(salted, b"Client Key", "sha256").digest()
    made = base64.b64encode(hashlib.sha256(client_key).digest()).decode()
    return hmac.compare_digest(made, stored_key)


def _same_crypt(password: str, digest: str) -> bool:
    if digest.startswith("$2"):
        scheme = "BLF-CRYPT"
    else:
        scheme = {"$6$": "SHA512-CRYPT", "$5$": "SHA256-CRYPT"}.get(digest[:3], "")
    return matches(password, f"{{{scheme}}}{digest}")


_COMPARISONS: dict[str, t.Callable[[str, str], bool]] = {
    "SHA512-CRYPT": lambda password, digest: bool(sha512_crypt.verify(password, digest)),
    "SHA256-CRYPT": lambda password, digest: bool(sha256_crypt.verify(password, digest)),
    "BLF-CRYPT": _same_bcrypt,
    "CRYPT": _same_crypt,
    "ARGON2ID": _same_argon2,
    "ARGON2I": _same_argon2,
    "PBKDF2": _same_pbkdf2,
    "SCRAM-SHA-256": _same_scram,
    "SSHA512": lambda password, digest: _same_salted("sha512", password, digest),
    "SSHA256": lambda password, digest: _same_salted("sha256", password, digest),
}
