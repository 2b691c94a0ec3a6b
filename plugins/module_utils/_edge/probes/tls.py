# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client learns about a server's certificate."""

from __future__ import annotations

import datetime
import hashlib
import ssl

from ..._core.health.observations import Certificate
from .conversation import Trouble

try:
    from cryptography import x509
except ImportError:
    HAS_CRYPTOGRAPHY = False
else:
    HAS_CRYPTOGRAPHY = True


def careful(ca_file: str) -> ssl.SSLContext:
    """A client that verifies; against the system's store when no file is named."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise Trouble(f"the CA file {ca_file} cannot be read: {error}") from error


def careless() -> ssl.SSLContext:
    """A client that looks at any certificate, to say what it is."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate(served: bytes, hostname: str, distrust: str, file: str) -> Certificate:
    """A certificate that a server sent, beside the one in a file."""
    if not HAS_CRYPTOGRAPHY:
        raise Trouble("the Python library cryptography is missing: install python3-cryptography")
    ends = x509.load_der_x509_certificate(served).not_valid_after_utc
    left = ends - datetime.datetime.now(datetime.timezone.utc)
    days = left / datetime.timedelta(days=1)
    return Certificate(distrust, hostname, days, _fingerprint(served), _fingerprint_of(file))


def _fingerprint(der: bytes) -> str:
    return f"SHA-256 {hashlib.sha256(der).hexdigest()[:16]}…"


def _fingerprint_of(file: str) -> str:
    """The first certificate of a PEM file is the host's own."""
    try:
        with open(file, encoding="ascii") as pem:
            return _fingerprint(ssl.PEM_cert_to_DER_cert(_first(pem.read())))
    except (OSError, ValueError) as error:
        return f"{file}: {error}"


def _first(pem: str) -> str:
    end = "-----END CERTIFICATE-----"
    return pem[pem.index("-----BEGIN") : pem.index(end) + len(end)]
