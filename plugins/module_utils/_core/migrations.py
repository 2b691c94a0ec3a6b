# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which migrations are still to run, and when a database must be left alone."""

from __future__ import annotations

import hashlib
import re
import typing as t
from dataclasses import dataclass, field

_NAME = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True)
class Migration:
    number: int
    name: str
    sql: str = field(repr=False)

    @property
    def checksum(self) -> str:
        return checksum(self.sql)


def checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def parse_migrations(files: t.Mapping[str, str]) -> list[Migration]:
    """Order the files by the number in their name: 1, 2, 3 and so on."""
    migrations = []
    for name, sql in sorted(files.items()):
        match = _NAME.fullmatch(name)
        if not match:
            raise ValueError(
                f"The migration {name!r} has no name like 0001_accounts.sql, which gives its place."
            )
        migrations.append(Migration(int(match[1]), name, sql))
    for place, migration in enumerate(migrations, start=1):
        if migration.number != place:
            raise ValueError(
                f"The migration {migration.name!r} has the number {migration.number}, and number"
                f" {place} is missing."
            )
    return migrations


def pending(
    migrations: t.Sequence[Migration], applied: t.Mapping[int, str], database: str
) -> list[Migration]:
    """What is still to run; applied has the checksum of each migration that ran already."""
    newest = max(applied, default=0)
    if newest > len(migrations):
        raise ValueError(
            f"The {database} is at schema version {newest}, newer than this collection, which knows"
            f" {len(migrations)}; install the collection's newer version. Nothing was written."
        )
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise ValueError(
                f"The {database} has run another text of the migration {migration.name!r} than"
                " this collection has; install the version of the collection that made the"
                " database, or restore a backup. Nothing was written."
            )
    return [migration for migration in migrations if migration.number not in applied]
