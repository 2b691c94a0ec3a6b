# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into the database; every error of it leaves as a sentence."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, field

from .errors import (
    CONNECT_S,
    LOCK_TIMEOUT,
    CommitBroken,
    DatabaseError,
    DatabaseMissing,
    Unwelcome,
    refused,
    translated,
    words_of,
)
from .patience import KEPT_ALIVE, guarded

try:
    import psycopg2
except ImportError:
    HAS_PSYCOPG2 = False
else:
    HAS_PSYCOPG2 = True

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

__all__ = [
    "CommitBroken",
    "DatabaseError",
    "DatabaseMissing",
    "Login",
    "accepts",
    "encrypted",
    "reading",
    "session",
    "writing",
]

# One writer at a time; the number is ours and means nothing else.
_WRITERS_LOCK = 0x6D61696C


@dataclass(frozen=True)
class Login:
    """Where the database is and who asks; named as in community.postgresql."""

    host: str = ""
    unix_socket: str = ""
    port: int = 5432
    user: str = "mail_admin"
    password: str = field(default="", repr=False)
    db: str = "mail"
    ssl_mode: str = "prefer"
    ca_cert: str = ""

    def __str__(self) -> str:
        where = self.host or self.unix_socket or "the local socket"
        return f"database {self.db!r} at {where} port {self.port}"


@contextlib.contextmanager
def session(login: Login) -> t.Iterator[Connection]:
    """Connect, and let every database error inside leave as one sentence."""
    if not HAS_PSYCOPG2:
        raise DatabaseMissing(
            "The Python library psycopg2 is missing on the host that runs the module;"
            " install Debian's package python3-psycopg2 (the role database does)."
        )
    parameters = _parameters(login)
    try:
        connection = psycopg2.connect(**parameters)
    except psycopg2.OperationalError as error:
        raise _refused(error, login) from error
    with contextlib.closing(connection), guarded(connection, parameters) as reasons:
        try:
            # Nobody's object in another schema is ever mistaken for ours.
            with connection, connection.cursor() as cursor:
                cursor.execute("SET search_path = pg_catalog, pg_temp")
                cursor.execute("SET lock_timeout = %s", (LOCK_TIMEOUT,))
            yield connection
        except psycopg2.Error as error:
            raise translated(error, login, login.user, "".join(reasons)) from error


@contextlib.contextmanager
def reading(connection: Connection) -> t.Iterator[None]:
    """One consistent look at the tables that cannot change anything."""
    connection.set_session(readonly=True)
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.set_session(readonly=False)


@contextlib.contextmanager
def writing(connection: Connection) -> t.Iterator[None]:
    """One transaction that no other writer of ours runs beside; commits when it ends well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS_LOCK,))
        yield
    try:
        connection.commit()
    except psycopg2.Error as error:
        # a server that ends may have written before it says so
        if not connection.closed and not (error.pgcode or "").startswith(("08", "57P")):
            raise
        raise CommitBroken(
            "The connection to the database broke while the change was being committed"
            f" ({words_of(error)}), so whether it was written is not known."
            " Run this again when the server is up; what is done already is not done twice.",
            error.pgcode or "",
        ) from error


def accepts(login: Login) -> bool:
    """Whether the server asks for the password and takes it."""
    try:
        connection = psycopg2.connect(**_parameters(login))
    except psycopg2.OperationalError:
        return False
    used_password: bool = connection.info.used_password
    connection.close()
    return used_password


def encrypted(connection: Connection, role: str, password: str) -> str:
    """The password as the server stores it."""
    verifier: str = psycopg2.extensions.encrypt_password(
        password, role, connection, "scram-sha-256"
    )
    return verifier


def _parameters(login: Login) -> dict[str, t.Any]:
    """What psycopg2.connect takes."""
    parameters: dict[str, t.Any] = {
        "host": login.host or login.unix_socket,
        "port": login.port,
        "user": login.user,
        "password": login.password,
        "dbname": login.db,
        "sslmode": login.ssl_mode if login.host else "",
        "sslrootcert": login.ca_cert,
        "connect_timeout": CONNECT_S,
        "application_name": "selfhost.mail",
        **(KEPT_ALIVE if login.host else {}),
    }
    return {name: value for name, value in parameters.items() if value}


def _refused(error: Exception, login: Login) -> DatabaseError:
    told = refused(error, login, login.user)
    if isinstance(told, Unwelcome) and login.db != "postgres" and _is_missing(login):
        return DatabaseMissing(
            f"The {login} does not exist; run the role database (playbook site.yml) first."
        )
    return told


def _is_missing(login: Login) -> bool:
    try:
        other = psycopg2.connect(**{**_parameters(login), "dbname": "postgres"})
        with contextlib.closing(other), other.cursor() as cursor:
            cursor.execute("SELECT FROM pg_catalog.pg_database WHERE datname = %s", (login.db,))
            return bool(cursor.rowcount == 0)
    except psycopg2.Error:
        return False
