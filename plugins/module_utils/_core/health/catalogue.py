# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All checks, in the order in which they are judged and shown: causes before what they cause."""

from __future__ import annotations

from .checks import (
    certificates,
    database,
    dns,
    login,
    message,
    ports,
    queue,
    refusals,
    services,
    watch,
)
from .model import Check

AREAS = (
    ("Services", services),
    ("Database", database),
    ("Watch", watch),
    ("Ports", ports),
    ("Certificates", certificates),
    ("DNS", dns),
    ("Login", login),
    ("Refusals", refusals),
    ("Message", message),
    ("Queue", queue),
)

CHECKS: tuple[Check, ...] = tuple(
    check for _title, area in AREAS for check in vars(area).values() if isinstance(check, Check)
)
