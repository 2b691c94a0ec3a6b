# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into the database, and its errors as sentences."""

from __future__ import annotations

import contextlib
import re
import typing as t
from dataclasses import dataclass, field

try:
    import psycopg2
except ImportError:
    HAS_PSYCOPG2 = False
else:
    HAS_PSYCOPG2 = True

if t.TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

# One writer at a time; the number is ours and means nothing else.
_WRITERS_LOCK = 0x6D61696C
_LOCK_TIMEOUT = "60s"


class DatabaseError(Exception):
    """A sentence about the database; sqlstate is empty when the server could not be asked."""

    def __init__(self, sentence: str, sqlstate: str = "") -> None:
        super().__init__(sentence)
        self.sqlstate = sqlstate


class DatabaseMissing(DatabaseError):
    """There is nothing to talk to yet: no driver, no server or no such database."""


class CommitBroken(DatabaseError):
    """Whether the change was written is not known; after any other error it was not."""


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
    connection = _connect(login)
    try:
        yield connection
    except psycopg2.Error as error:
        raise _translated(error, login) from error
    finally:
        connection.close()


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
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", (_LOCK_TIMEOUT,))
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_WRITERS_LOCK,))
        yield
    try:
        connection.commit()
    except psycopg2.Error as error:
        if not connection.closed:
            raise
        raise CommitBroken(
            "The connection to the database broke while the change was being committed"
            f" ({_words(error)}), so whether it was written is not known."
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


def _connect(login: Login) -> Connection:
    try:
        connection: Connection = psycopg2.connect(**_parameters(login))
    except psycopg2.OperationalError as error:
        raise _refused(error, login) from error
    # Nobody's object in another schema is ever mistaken for ours.
    with connection, connection.cursor() as cursor:
        cursor.execute("SET search_path = pg_catalog, pg_temp")
    return connection


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
        "connect_timeout": 10,
        "application_name": "selfhost.mail",
    }
    return {name: value for name, value in parameters.items() if value}


def _refused(error: Exception, login: Login) -> DatabaseError:
    """Say why there is no connection; the server's own words may be in any language."""
    words = " ".join(str(error).split())
    if login.db != "postgres" and _is_missing(login):
        return DatabaseMissing(
            f"The {login} does not exist; run the role database (playbook site.yml) first."
        )
    if re.search(
        r"Connection refused|No such file or directory|could not connect to server", words
    ):
        return DatabaseMissing(
            f"No PostgreSQL server answers for the {login}: {words}."
            " Start the server, or correct login_host, login_unix_socket or login_port."
        )
    if re.search(r"SSL error|certificate", words):
        return DatabaseError(
            f"The certificate of the {login} cannot be verified: {words}. Correct ca_cert"
            " (site_database_ca_file) or login_host (site_database_host), or run playbook site.yml,"
            " which gives the server a certificate."
        )
    return DatabaseError(
        f"The {login} does not let {login.user!r} in: {words}."
        " Correct login_user or login_password, or run the task as the system user that"
        " the server expects (root, with become, for mail_admin)."
    )


def _is_missing(login: Login) -> bool:
    try:
        connection = psycopg2.connect(**{**_parameters(login), "dbname": "postgres"})
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_catalog.pg_database WHERE datname = %s", (login.db,))
            return bool(cursor.rowcount == 0)
    finally:
        connection.close()


def _words(error: psycopg2.Error) -> str:
    said = getattr(error.diag, "message_primary", None) or str(error)
    return " ".join(said.split()).rstrip(".")


def _translated(error: psycopg2.Error, login: Login) -> DatabaseError:
    sqlstate, words = error.pgcode or "", _words(error)
    detail = getattr(error.diag, "message_detail", None)
    said = f"{words} ({detail})" if detail else words
    if sqlstate in ("3F000", "42P01", "42883", "42703"):
        sentence = (
            f"The {login} has no tables of this collection, or older ones: {said}."
            " Run the role database (playbook site.yml), which brings the schema up to date."
        )
    elif sqlstate == "42501":
        sentence = (
            f"The {login} does not allow {login.user!r} to do this: {said}."
            " Log in as mail_admin, or run the role database, which grants the rights."
        )
    elif sqlstate == "55P03":
        sentence = (
            f"The {login} is being changed by somebody else since more than {_LOCK_TIMEOUT};"
            " nothing was written. Run this again when the other change has ended."
        )
    elif sqlstate.startswith("23"):
        sentence = (
            f"The {login} refused the change, since it contradicts what is stored: {said}."
            " Nothing was written. Somebody changed the tables by hand meanwhile; run this again."
        )
    elif not sqlstate or sqlstate.startswith(("08", "57")):
        sentence = (
            f"The connection to the {login} broke: {said}."
            " Nothing was written. Run this again when the server is up."
        )
    else:
        sentence = f"The {login} refused a statement [{sqlstate}]: {said}. Nothing was written."
    return DatabaseError(sentence, sqlstate)
