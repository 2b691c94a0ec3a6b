"""All faults, each file those of one kind."""

from __future__ import annotations

import importlib
import pathlib
import typing as t

from faults.model import Fault


def _all() -> t.Iterator[Fault]:
    for path in sorted(pathlib.Path(__file__).parent.glob("[a-z]*.py")):
        yield from importlib.import_module(f"faults.table.{path.stem}").FAULTS


FAULTS: tuple[Fault, ...] = tuple(_all())
