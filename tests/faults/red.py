"""What the report of health has to name while a cause is there: checks at targets by faults."""

from __future__ import annotations

import typing as t

_SERVER = ("service.running postgresql",)

# Only what lasts longer than such a report takes.
RED: t.Mapping[str, tuple[str, ...]] = {
    "database-stopped-60": _SERVER,
    "database-stopped-200": _SERVER,
    "database-stopped-600": _SERVER,
    "database-frozen": _SERVER,
    "database-locked": ("database.modules mail_admin",),
    "split-database-away": _SERVER,
    "split-cut-store-database": ("database.modules mail_admin",),
}
