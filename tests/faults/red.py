"""What the report of health has to name while a cause is there: ids of checks by ids of faults."""

from __future__ import annotations

import typing as t

RED: t.Mapping[str, tuple[str, ...]] = {}
