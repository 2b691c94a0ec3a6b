# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one name server said about one name and type."""

from __future__ import annotations

import dataclasses

# A definite answer says what is in DNS; the other ones only say that we do not know.
FOUND, NXDOMAIN, NO_ANSWER, TIMEOUT, FAILED = "found", "nxdomain", "no_answer", "timeout", "failed"
_DEFINITE = frozenset({FOUND, NXDOMAIN, NO_ANSWER})


@dataclasses.dataclass(frozen=True)
class Answer:
    """`values` are written as in Record: TXT undivided, host names with a final dot."""

    server: str
    name: str
    type: str
    status: str
    values: tuple[str, ...] = ()
    detail: str = ""

    @property
    def definite(self) -> bool:
        return self.status in _DEFINITE
