"""Key pairs: ours work, and an existing one is read or refused with a sentence."""

from __future__ import annotations

import base64
import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import record_text
from ansible_collections.selfhost.mail.plugins.module_utils._edge import keys

MESSAGE = b"From: a@example.test\r\nSubject: Hello\r\n\r\nHello\r\n"
OLD_FORMAT = serialization.PrivateFormat.TraditionalOpenSSL
NEW_FORMAT = serialization.PrivateFormat.PKCS8


def pem(
    key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey,
    form: serialization.PrivateFormat = NEW_FORMAT,
    passphrase: bytes = b"",
) -> str:
    lock = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, form, lock).decode()


@pytest.fixture(scope="module")
def existing() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_a_signature_made_with_our_key_verifies_with_our_record() -> None:
    import dkim

    pair = keys.make_rsa()
    assert (pair.algorithm, pair.bits) == ("rsa", 2048)
    record = record_text(pair.algorithm, pair.public).encode()
    header = dkim.sign(MESSAGE, b"s1", b"example.test", pair.private_pem.encode())
    assert dkim.verify(header + MESSAGE, dnsfunc=lambda name, timeout=5: record)
    other = record_text("rsa", keys.make_rsa().public).encode()
    assert not dkim.verify(header + MESSAGE, dnsfunc=lambda name, timeout=5: other)


def test_no_two_keys_are_the_same() -> None:
    assert keys.make_rsa().public != keys.make_rsa().public


@pytest.mark.parametrize("form", [OLD_FORMAT, NEW_FORMAT])
def test_an_existing_key_is_read(
    existing: rsa.RSAPrivateKey, form: serialization.PrivateFormat
) -> None:
    pair = keys.read_private_key("\n  " + pem(existing, form) + "\n\n")
    public = existing.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert base64.b64decode(pair.public) == public
    assert pair.private_pem == pem(existing, NEW_FORMAT)


def test_a_pair_does_not_show_its_private_half(existing: rsa.RSAPrivateKey) -> None:
    pair = keys.read_private_key(pem(existing))
    assert "PRIVATE" not in repr(pair) and pair.public in repr(pair)


def test_a_short_key_is_read_and_its_length_known() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    assert keys.read_private_key(pem(short)).bits == 1024


def refused(text: str) -> str:
    with pytest.raises(ValueError) as error:
        keys.read_private_key(text)
    assert error.value.__cause__ is None
    assert "PRIVATE KEY-----\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("form", [OLD_FORMAT, NEW_FORMAT])
def test_an_encrypted_key_is_refused(
    existing: rsa.RSAPrivateKey, form: serialization.PrivateFormat
) -> None:
    assert "is encrypted with a passphrase" in refused(pem(existing, form, b"secret"))


def test_another_algorithm_is_refused() -> None:
    assert "is not an RSA key" in refused(pem(ed25519.Ed25519PrivateKey.generate()))


def test_what_is_no_private_key_is_refused(existing: rsa.RSAPrivateKey) -> None:
    public = existing.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for text in ("", "hello", public.decode(), pem(existing)[:200]):
        assert "cannot be read: give the whole PEM text" in refused(text)


def test_a_key_that_receivers_refuse_is_refused() -> None:
    # cryptography makes none of 512 bits
    made = subprocess.run(["openssl", "genrsa", "512"], check=True, capture_output=True, text=True)
    assert "has 512 bits, and receivers refuse less than 1024" in refused(made.stdout)
