# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a password the one that PostgreSQL has stored? (RFC 5802, RFC 7677)"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata

_STORED = re.compile(r"SCRAM-SHA-256\$(\d+):([\w+/=]+)\$([\w+/=]+):[\w+/=]+", re.ASCII)


def is_stored(password: str, stored: str | None) -> bool:
    """Whether the stored verifier is of this password; another kind than SCRAM-SHA-256 never is."""
    match = _STORED.fullmatch(stored or "")
    if not match:
        return False
    clear = unicodedata.normalize("NFKC", password).encode()
    salted = hashlib.pbkdf2_hmac("sha256", clear, base64.b64decode(match[2]), int(match[1]))
    client_key = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    return hmac.compare_digest(hashlib.sha256(client_key).digest(), base64.b64decode(match[3]))
