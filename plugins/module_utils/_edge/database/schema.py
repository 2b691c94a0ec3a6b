# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the tables: what ran, running what is missing, refusing what does not fit."""

from __future__ import annotations

import typing as t

from ..._core.migrations import Migration, checksum
from .connection import DatabaseMissing
from .names import shown

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

# The newest migration in roles/database/files/migrations, which this code is written for.
CURRENT = 2

_LOCK = 0x736368656D61

# views.sql drops these and makes them again.
_DAEMONS_SCHEMAS = ("postfix", "dovecot", "signer")

# From this version on, a member of a role may be one that cannot act as it.
_SET_OPTION = 160000
_RIGHTS = """
SELECT current_user, current_database(), pg_has_role(oid, %s),
       has_database_privilege(oid, current_database(), 'CREATE')
  FROM pg_roles WHERE rolname = %s
"""


def require_current(connection: Connection) -> None:
    """Refuse a database that is older or newer than the code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), max(number) FROM mail.schema_version")
        database, version = cursor.fetchone() or ("", None)
    if (version or 0) > CURRENT:
        raise ValueError(
            f"The database {database!r} is at schema version {version}, newer than this collection,"
            f" which knows {CURRENT}; install the collection's newer version. Nothing was written."
        )
    if version != CURRENT:
        raise ValueError(
            f"The database {database!r} is at schema version {version or 0}, and this collection"
            f" needs {CURRENT}; run the role database (playbook site.yml). Nothing was written."
        )


def applied(connection: Connection) -> tuple[dict[int, str], str]:
    """The checksum of every migration that ran, and the one of the views."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regnamespace('mail') IS NOT NULL,"
            " to_regclass('mail.schema_version') IS NOT NULL, current_database()"
        )
        schema_is_there, tables_are_there, database = cursor.fetchone() or (False, False, "")
        if not tables_are_there:
            if schema_is_there:
                raise ValueError(
                    f"The database {database!r} has a schema 'mail' that this collection did not"
                    " make; choose another database with login_db, or rename that schema."
                    " Nothing was written."
                )
            return {}, ""
        cursor.execute("SELECT number, checksum FROM mail.schema_version")
        numbers = dict(cursor.fetchall())
        cursor.execute("SELECT checksum FROM mail.schema_views")
        views = cursor.fetchone()
        return numbers, views[0] if views else ""


def require_rights(connection: Connection, owner: str) -> None:
    """Refuse whoever cannot act as the owner, and an owner that cannot make schemas."""
    with connection, connection.cursor() as cursor:
        word = "SET" if connection.server_version >= _SET_OPTION else "MEMBER"
        cursor.execute(_RIGHTS, (word, owner))
        row = cursor.fetchone()
        if not row:
            raise DatabaseMissing(
                f"The role {owner!r}, which everything would belong to, does not exist; run the"
                " role database (playbook site.yml), which makes it."
            )
        user, database, acts, creates = row
        cursor.execute(
            "SELECT nspname, pg_get_userbyid(nspowner) FROM pg_namespace"
            " WHERE nspname = ANY (%s) AND pg_get_userbyid(nspowner) <> %s",
            (list(_DAEMONS_SCHEMAS), owner),
        )
        strange = cursor.fetchall()
    sql = [] if acts else [f"GRANT {shown(owner)} TO {shown(user)};"]
    if not creates:
        sql.append(f"GRANT CREATE ON DATABASE {shown(database)} TO {shown(owner)};")
    if sql:
        raise ValueError(
            f"The role {user!r} may not make the tables of {owner!r} in the database {database!r}."
            f" Have a superuser of the server run: {' '.join(sql)} Then run this again."
            " Nothing was written."
        )
    for schema, other in strange:
        raise ValueError(
            f"The database {database!r} has a schema {schema!r} that belongs to {other!r}, and one"
            " of this name is needed; rename it, or choose another database with login_db."
            " Nothing was written."
        )


def become_owner(connection: Connection, owner: str) -> None:
    """Everything that is made belongs to the owner, and no other migration runs beside."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, false)", (owner,))
        cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))


def migrate(connection: Connection, migration: Migration) -> None:
    """Run one migration and note it, in one transaction."""
    with connection, connection.cursor() as cursor:
        cursor.execute(migration.sql)
        cursor.execute(
            "INSERT INTO mail.schema_version (number, checksum) VALUES (%s, %s)",
            (migration.number, migration.checksum),
        )


def recreate_views(connection: Connection, views: str) -> None:
    """Replace all that daemons may read, in one transaction; they never see it half done."""
    with connection, connection.cursor() as cursor:
        cursor.execute(views)
        cursor.execute(
            "INSERT INTO mail.schema_views (checksum) VALUES (%s) ON CONFLICT (is_only)"
            " DO UPDATE SET checksum = excluded.checksum, applied_at = now()",
            (checksum(views),),
        )
