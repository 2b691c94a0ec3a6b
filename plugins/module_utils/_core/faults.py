# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reasons against a request, collected so that all of them are told at once."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

T = t.TypeVar("T")

# A message stays readable; a reject file has all of them.
SHOWN = 50


@dataclass(frozen=True)
class Fault:
    """Why one item is refused, and where that item stands; never with a secret."""

    reason: str
    origin: str = ""
    column: str = ""

    def __str__(self) -> str:
        place = f"{self.origin}, column {self.column}" if self.column else self.origin
        return f"{place}: {self.reason}" if place else self.reason


class ColumnFault(ValueError):
    """A reason that lies in one column of an item."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class Refused(ValueError):
    """A request that is refused as a whole."""

    def __init__(self, faults: t.Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=_place))
        super().__init__(self.faults)

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return f"{self.faults[0]} Nothing was written."
        lines = [f"  {fault}" for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            lines.append(f"  and {len(self.faults) - SHOWN} more.")
        return "\n".join([f"{len(self.faults)} faults, nothing was written:", *lines])


def _place(fault: Fault) -> int:
    """In a file from its top to its end."""
    line = re.search(r" line ([0-9]+)$", fault.origin)
    return int(line[1]) if line else 0


def refuse_together(faults: t.Sequence[Fault], step: t.Callable[[], object]) -> None:
    """Take a step, and leave with its reasons and the ones that are known already."""
    try:
        step()
    except Refused as refused:
        raise Refused([*faults, *refused.faults]) from None
    if faults:
        raise Refused(faults)


class Collector:
    """Runs steps and keeps the reasons of those that are refused."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def run(self, origin: str, step: t.Callable[[], T], column: str = "") -> T | None:
        try:
            return step()
        except ColumnFault as reason:
            self.faults.append(Fault(str(reason), origin, reason.column))
        except ValueError as reason:
            self.faults.append(Fault(str(reason), origin, column))
        return None

    def check(self) -> None:
        """Leave when anything was refused."""
        if self.faults:
            raise Refused(self.faults)
