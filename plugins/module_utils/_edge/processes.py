# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel says about processes; of one that has ended, nothing."""

from __future__ import annotations

import os
import typing as t

_DELETED = " (deleted)\n"


def children(parent: int) -> list[int]:
    pids = [int(one) for one in os.listdir("/proc") if one.isdecimal()]
    return [pid for pid in pids if parent and stat(pid)[1:2] == [str(parent)]]


def stat(pid: int) -> list[str]:
    """State, parent and so on; they follow the name, which may hold anything, in brackets."""
    return "".join(_lines(pid, "stat")).rpartition(")")[2].split()


def name(pid: int) -> str:
    return "".join(_lines(pid, "comm")).strip()


def outdated(pid: int) -> set[str]:
    """Programs and libraries that it runs, though they have been replaced or removed."""
    found = [line.split(maxsplit=5) for line in _lines(pid, "maps") if line.endswith(_DELETED)]
    code = {fields[5].removesuffix(_DELETED) for fields in found if "x" in fields[1]}
    # what was never a file has a path as well
    return {path for path in code if path.startswith("/usr/")}


def _lines(pid: int, file: str) -> t.Sequence[str]:
    try:
        with open(f"/proc/{pid}/{file}", encoding="utf-8", errors="replace") as lines:
            return lines.readlines()
    except OSError:
        return ()
