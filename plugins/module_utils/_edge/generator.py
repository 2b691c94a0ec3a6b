# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes passwords that people can read, type on a telephone and say aloud."""

from __future__ import annotations

import secrets

# No l and 1, no o and 0. A character out of 32 has 5 bits: 4 groups of 4 have 80.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS = 4
GROUP = 4


def generate_password() -> str:
    """A new password such as kx7m-p2vq-rtw9-h3nc."""
    return "-".join(_group() for _number in range(GROUPS))


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _number in range(GROUP))
