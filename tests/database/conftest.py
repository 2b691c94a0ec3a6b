"""A fresh database for each test: a copy of one that our own migrations made."""

from __future__ import annotations

import itertools
import pathlib
import typing as t

import psycopg2
import pytest
from database.modules import Runner
from database.playbook import Playbook
from database.server import server

FILES = pathlib.Path(__file__).parents[2] / "roles" / "database" / "files"
ROLES = """
CREATE ROLE mail_owner NOLOGIN;
CREATE ROLE mail_admin LOGIN;
CREATE ROLE mail_postfix LOGIN;
CREATE ROLE mail_dovecot LOGIN;
CREATE ROLE mail_signer LOGIN;
CREATE ROLE mail_watch LOGIN;
"""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def socket() -> t.Iterator[str]:
    """The directory of the running server's socket."""
    with server() as directory:
        execute(directory, "postgres", ROLES)
        yield directory


@pytest.fixture(scope="session")
def template(socket: str) -> str:
    """A database with our tables and nothing in them."""
    execute(socket, "postgres", "CREATE DATABASE template_mail OWNER mail_owner")
    Runner(socket, "template_mail", login_user="postgres")("mail_schema", **schema_files())
    return "template_mail"


@pytest.fixture
def database(socket: str, template: str) -> t.Iterator[str]:
    """The name of a database of this test's own."""
    name = f"mail_{next(_numbers)}"
    execute(
        socket,
        "postgres",
        f"CREATE DATABASE {name} TEMPLATE {template} OWNER mail_owner STRATEGY file_copy",
    )
    yield name
    execute(socket, "postgres", f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def run(socket: str, database: str) -> Runner:
    """Runs modules as mail_admin, the role they have on a real host."""
    return Runner(socket, database)


@pytest.fixture
def playbook(run: Runner, tmp_path: pathlib.Path) -> Playbook:
    """Runs playbooks on this test's database, which has one domain."""
    run.ok("mail_domain", name="example.test")
    return Playbook(tmp_path, run)


def execute(
    socket: str, database: str, statement: str, port: int = 5432
) -> list[tuple[t.Any, ...]]:
    """Run a statement as the server's administrator."""
    connection = psycopg2.connect(host=socket, port=port, user="postgres", dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def schema_files() -> dict[str, t.Any]:
    """What the action plugin of mail_schema hands over."""
    paths = (FILES / "migrations").glob("*.sql")
    return {
        "migrations": {path.name: path.read_text() for path in paths},
        "views": (FILES / "views.sql").read_text(),
    }
