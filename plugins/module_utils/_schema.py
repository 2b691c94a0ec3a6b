# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_schema does: compare what ran with what there is, run what is missing."""

from __future__ import annotations

from ._core.migrations import Migration, checksum, parse_migrations, pending
from ._edge.database import schema
from ._edge.database.connection import DatabaseMissing, session
from ._module import Options, Result, login_of

_VIEWS = "views.sql"


def bring_up_to_date(options: Options, check: bool) -> Result:
    """Run the missing migrations and recreate the views when their text has changed."""
    migrations = parse_migrations(options["migrations"] or {})
    views = options["views"] or ""
    try:
        return _run(options, migrations, views, check)
    except DatabaseMissing as missing:
        if not check:
            raise
        # a bare host: nothing is there yet, so everything would run
        everything = [migration.name for migration in migrations] + [_VIEWS]
        return {**_result(0, everything, len(migrations)), "warnings": [str(missing)]}


def _run(options: Options, migrations: list[Migration], views: str, check: bool) -> Result:
    login = login_of(options)
    with session(login) as connection:
        schema.require_rights(connection, options["owner"])
        if not check:
            schema.become_owner(connection, options["owner"])
        ran, views_checksum = schema.applied(connection)
        missing = pending(migrations, ran, str(login))
        stale = bool(missing) or views_checksum != checksum(views)
        if not check:
            for migration in missing:
                schema.migrate(connection, migration)
            if stale:
                schema.recreate_views(connection, views)
    names = [migration.name for migration in missing] + ([_VIEWS] if stale else [])
    return _result(max(ran, default=0), names, len(migrations))


def _result(before: int, applied: list[str], after: int) -> Result:
    return {
        "changed": bool(applied),
        "version": after,
        "applied": applied,
        "diff": {
            "before": {"version": before},
            "after": {"version": after, "applied": applied} if applied else {"version": before},
        },
    }
