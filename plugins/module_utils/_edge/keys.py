# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key pairs for DKIM: made anew, or read from an existing private key."""

from __future__ import annotations

import base64
import dataclasses

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True

# RFC 8301: verifiers refuse less than 1024 bits; signers should use at least 2048.
FEWEST_BITS, GOOD_BITS = 1024, 2048


@dataclasses.dataclass(frozen=True)
class KeyPair:
    """`algorithm` and `public` are the k= and p= of its record. The private half is not shown."""

    algorithm: str
    bits: int
    public: str
    private_pem: str = dataclasses.field(repr=False)


def make_rsa(bits: int = GOOD_BITS) -> KeyPair:
    _require_library()
    return _pair(rsa.generate_private_key(public_exponent=65537, key_size=bits))


def read_private_key(pem: str) -> KeyPair:
    """The pair of an RSA private key in PEM, or ValueError, which never repeats the key."""
    _require_library()
    try:
        key = serialization.load_pem_private_key(pem.strip().encode() + b"\n", password=None)
    except TypeError:
        raise ValueError(
            "The private key is encrypted with a passphrase, which the signer could not enter:"
            " give the decrypted key (openssl pkey -in key.pem)."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(
            "The private key cannot be read: give the whole PEM text, from"
            " '-----BEGIN … PRIVATE KEY-----' to '-----END … PRIVATE KEY-----'."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(
            "The private key is not an RSA key, and the signer uses rsa-sha256: give an RSA key, or"
            " none to have one made."
        )
    if key.key_size < FEWEST_BITS:
        raise ValueError(
            f"The private key has {key.key_size} bits, and receivers refuse less than"
            f" {FEWEST_BITS} (RFC 8301): give none to have one of {GOOD_BITS} bits made."
        )
    return _pair(key)


def _require_library() -> None:
    if not HAS_CRYPTOGRAPHY:
        raise ValueError(
            "The Python library cryptography is missing on the host that runs the module: install"
            " Debian's package python3-cryptography (the role database does)."
        )


def _pair(key: rsa.RSAPrivateKey) -> KeyPair:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair("rsa", key.key_size, base64.b64encode(public).decode(), private.decode())
