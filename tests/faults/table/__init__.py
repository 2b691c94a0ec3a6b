"""All faults, each file those of one area."""

from __future__ import annotations

import importlib
import pathlib

from faults.model import Fault

AREAS = tuple(sorted(path.stem for path in pathlib.Path(__file__).parent.glob("[a-z]*.py")))


def faults(*areas: str) -> tuple[Fault, ...]:
    """Those of these areas, by default of all."""
    found: list[Fault] = []
    for area in areas or AREAS:
        found += importlib.import_module(f"faults.table.{area}").FAULTS
    return tuple(found)
