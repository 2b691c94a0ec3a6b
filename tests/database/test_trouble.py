"""A database that is not there, not ours, too new or busy: a sentence, and nothing written."""

from __future__ import annotations

import threading
import typing as t

import psycopg2
import pytest
from database.conftest import execute
from database.modules import Runner

MODULES: list[tuple[str, dict[str, t.Any]]] = [
    ("mail_domain", {"name": "example.test"}),
    ("mail_user", {"email": "a@example.test", "password": "x"}),
    ("mail_alias", {"address": "a@example.test", "targets": ["b@example.com"]}),
    ("mail_users", {"domains": ["example.test"]}),
    ("mail_info", {}),
]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("module", "options"), MODULES)
def test_a_missing_database(
    run: Runner, module: str, options: dict[str, t.Any], check: bool
) -> None:
    result = Runner(run.socket, "nowhere")(module, check=check, **options)
    assert "The database 'nowhere' at" in result["msg"]
    assert "does not exist; run the role database" in result["msg"]


@pytest.mark.parametrize(("module", "options"), MODULES)
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("INSERT INTO mail.schema_version VALUES (99, 'x')", "is at schema version 99, newer than"),
        (
            "DELETE FROM mail.schema_version WHERE number > 1",
            "version 1, and this collection needs",
        ),
        ("DROP TABLE mail.schema_version", "has no tables of this collection, or older ones"),
        ("REVOKE USAGE ON SCHEMA mail FROM mail_admin", "does not allow 'mail_admin' to do this"),
    ],
)
def test_a_database_that_does_not_fit(
    run: Runner, module: str, options: dict[str, t.Any], statement: str, expected: str
) -> None:
    execute(run.socket, run.database, statement)
    result = run(module, **options)
    assert expected in result["msg"]
    assert "Traceback" not in str(result)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"login_unix_socket": "/nonexistent"}, "No PostgreSQL server answers for the database"),
        ({"login_host": "127.0.0.1", "login_port": 1}, "Connection refused"),
        ({"login_user": "nobody_knows"}, "does not let 'nobody_knows' in"),
    ],
)
def test_no_way_in(run: Runner, options: dict[str, t.Any], expected: str) -> None:
    result = run("mail_info", **options)
    assert expected in result["msg"]
    assert "Traceback" not in str(result)


def test_rows_that_contradict_are_told_in_a_sentence(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    execute(
        run.socket,
        run.database,
        "ALTER TABLE mail.mailbox ADD CONSTRAINT odd CHECK (full_name <> 'Odd')",
    )
    hashed = "{SSHA512}AAAA"
    result = run("mail_user", email="a@example.test", full_name="Odd", password_hash=hashed)
    assert "refused the change, since it contradicts what is stored" in result["msg"]
    counted = execute(run.socket, run.database, "SELECT count(*) FROM mail.address")
    assert counted == [(0,)]


def test_two_writers_come_one_after_the_other(run: Runner) -> None:
    """A second writer waits for the lock of the first and then plans on what that one wrote."""
    run.ok("mail_domain", name="example.test")
    first = psycopg2.connect(host=run.socket, user="mail_admin", dbname=run.database)
    results: list[dict[str, t.Any]] = []

    def second() -> None:
        results.append(run("mail_alias", address="a@example.test", targets=["b@example.com"]))

    with first.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (0x6D61696C,))
        cursor.execute(
            "INSERT INTO mail.address (domain, local_part, kind)"
            " VALUES ('example.test', 'a', 'retired')"
        )
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
        first.commit()
    thread.join(10)
    first.close()
    assert "the address is retired since" in results[0]["msg"]
