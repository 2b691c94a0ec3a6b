# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of roles and databases as SQL reads them."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def quoted(name: str) -> str:
    """For a statement."""
    return '"' + name.replace('"', '""') + '"'


def shown(name: str) -> str:
    """For a person to copy: with quotes only where it needs them."""
    return name if _PLAIN.fullmatch(name) else quoted(name)
