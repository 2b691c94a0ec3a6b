# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles and the database of a mail system on a PostgreSQL server: look, and make them so."""

from __future__ import annotations

import dataclasses
import typing as t

from ..._core.scram import is_stored
from ..._core.server_plan import (
    ENCODING,
    SPELLED,
    Database,
    Lacking,
    Plan,
    Role,
    RoleChange,
    Server,
    Wanted,
)
from .connection import Login, accepts, encrypted
from .names import quoted, shown

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection
    from psycopg2.extensions import cursor as Cursor

# From this version on, who may make roles may change those alone that he has with ADMIN OPTION.
_ADMIN_OPTION = 160000

_ROLES = """
SELECT rolname, coalesce(rolconfig, '{}'), coalesce(rolvaliduntil < 'infinity', false),
       rolconnlimit, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
  FROM pg_roles WHERE rolname = ANY (%s) OR rolname = current_user
"""
_MEMBERSHIPS = """
SELECT rolname, rolsuper, pg_has_role(oid, 'MEMBER WITH ADMIN OPTION'), pg_has_role(oid, %s)
  FROM pg_roles WHERE rolname = ANY (%s)
"""
_DATABASE = """
SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding),
       ARRAY(SELECT ARRAY[CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END,
                          privilege_type]
               FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))),
       ARRAY(SELECT ARRAY[rolname::text, word] FROM pg_roles r, unnest(%(words)s::text[]) AS word
              WHERE rolname = ANY (%(roles)s) AND has_database_privilege(r.oid, d.oid, word)),
       ARRAY(SELECT word FROM unnest(%(words)s::text[]) AS word
              WHERE has_database_privilege(d.oid, word || ' WITH GRANT OPTION'))
  FROM pg_database d WHERE datname = %(database)s
"""


def look(
    connection: Connection, login: Login, wanted: Wanted, passwords: t.Mapping[str, str]
) -> Server:
    """What is there of the roles and the database, and what the administrator may do to it."""
    names = [role.name for role in wanted.roles]
    with connection, connection.cursor() as cursor:
        cursor.execute(_ROLES, (names,))
        roles = {row[0]: _role(row) for row in cursor.fetchall()}
        cursor.execute("SELECT current_user")
        administrator = roles[(cursor.fetchone() or ("",))[0]]
        versioned = connection.server_version >= _ADMIN_OPTION
        cursor.execute(_MEMBERSHIPS, ("SET" if versioned else "MEMBER", names))
        members = cursor.fetchall()
        database = _database(cursor, wanted, names)
    may_all = not versioned and bool(administrator.attributes["create_role"])
    return Server(
        administrator=administrator,
        roles={name: role for name, role in roles.items() if name in names},
        administered=frozenset(row[0] for row in members if row[2] or (may_all and not row[1])),
        acts_as=frozenset(row[0] for row in members if row[3]),
        passwords_in_force=in_force(connection, login, wanted, passwords),
        database=database,
    )


def in_force(
    connection: Connection, login: Login, wanted: Wanted, passwords: t.Mapping[str, str]
) -> frozenset[str]:
    """Whose password is the given one: read where that is allowed, else tried."""
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('pg_authid', 'SELECT')")
        if (cursor.fetchone() or (False,))[0]:
            cursor.execute(
                "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY (%s)",
                (list(passwords),),
            )
            stored = cursor.fetchall()
            return frozenset(name for name, one in stored if is_stored(passwords[name], one))
    there = dataclasses.replace(login, db=wanted.database or login.db)
    return frozenset(
        name
        for name, password in passwords.items()
        if accepts(dataclasses.replace(there, user=name, password=password))
    )


def make(
    connection: Connection, planned: Plan, wanted: Wanted, passwords: t.Mapping[str, str]
) -> None:
    """Roles first, all or nothing; then the database, which no transaction may hold."""
    owner, database = quoted(wanted.owner), quoted(wanted.database)
    with connection, connection.cursor() as cursor:
        for change in planned.roles:
            _put_role(cursor, change)
        for role in planned.passwords:
            # the server, its log and its statistics never see the clear one
            verifier = encrypted(connection, role, passwords[role])
            cursor.execute(f"ALTER ROLE {quoted(role)} PASSWORD %s", (verifier,))
        if planned.joins_owner:
            cursor.execute(f"GRANT {owner} TO CURRENT_USER")
    if planned.makes_database:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE DATABASE {database} OWNER {owner} ENCODING '{ENCODING}' TEMPLATE template0"
            )
        connection.autocommit = False
    with connection, connection.cursor() as cursor:
        if planned.acts_as_owner and (planned.revoke or planned.grant):
            cursor.execute(f"SET LOCAL ROLE {owner}")
        for who, right in planned.revoke:
            cursor.execute(f"REVOKE {right} ON DATABASE {database} FROM {who}")
        for who, right in planned.grant:
            cursor.execute(f"GRANT {right} ON DATABASE {database} TO {quoted(who)}")


def remedy(lacking: Lacking, administrator: str, database: str) -> str:
    """The SQL for somebody who may do what the administrator may not."""
    lines = [f"ALTER ROLE {shown(role)} {' '.join(words)};" for role, words in lacking.attributes]
    if lacking.administered:
        roles = ", ".join(map(shown, lacking.administered))
        lines.append(f"GRANT {roles} TO {shown(administrator)} WITH ADMIN OPTION;")
    if lacking.grantable:
        rights = f"{', '.join(lacking.grantable)} ON DATABASE {shown(database)}"
        lines.append(f"GRANT {rights} TO {shown(administrator)} WITH GRANT OPTION;")
    return " ".join(lines)


def _role(row: tuple[t.Any, ...]) -> Role:
    name, settings, expires, connections, *flags = row
    attributes = {"connections": connections, **dict(zip(SPELLED, flags))}
    return Role(name, attributes, frozenset(settings), expires)


def _database(cursor: Cursor, wanted: Wanted, names: list[str]) -> Database | None:
    asked = {"database": wanted.database, "roles": names, "words": ["CONNECT", "CREATE"]}
    cursor.execute(_DATABASE, asked)
    row = cursor.fetchone()
    if not row:
        return None
    owner, encoding, granted, effective, grantable = row
    return Database(
        owner,
        encoding,
        frozenset((who, what) for who, what in granted),
        frozenset((who, what) for who, what in effective),
        frozenset(grantable),
    )


def _put_role(cursor: Cursor, change: RoleChange) -> None:
    role = quoted(change.name)
    words = [
        f"CONNECTION LIMIT {value:d}"
        if name == "connections"
        else f"{'' if value else 'NO'}{SPELLED[name]}"
        for name, value in change.attributes.items()
    ]
    if change.never_expires:
        words.append("VALID UNTIL 'infinity'")
    if change.is_new or words:
        cursor.execute(f"{'CREATE' if change.is_new else 'ALTER'} ROLE {role} {' '.join(words)}")
    for setting in change.put_settings:
        name, _equals, value = setting.partition("=")
        values = [one.strip() for one in value.split(",")]
        places = ", ".join(["%s"] * len(values))
        cursor.execute(f"ALTER ROLE {role} SET {quoted(name)} TO {places}", values)
    for name in change.reset_settings:
        cursor.execute(f"ALTER ROLE {role} RESET {quoted(name)}")
