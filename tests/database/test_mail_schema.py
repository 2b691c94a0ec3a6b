"""mail_schema on a real server: everything once, nothing twice, nothing that does not fit."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from database.conftest import FILES, execute, schema_files
from database.modules import Runner

from ansible_collections.selfhost.mail.plugins.module_utils._edge.database import schema


@pytest.fixture
def bare(socket: str) -> t.Iterator[Runner]:
    """A database without any table."""
    execute(socket, "postgres", "CREATE DATABASE bare OWNER mail_owner")
    yield Runner(socket, "bare", login_user="postgres")
    execute(socket, "postgres", "DROP DATABASE bare WITH (FORCE)")


def names() -> list[str]:
    return [*sorted(schema_files()["migrations"]), "views.sql"]


def test_it_brings_a_bare_database_up_to_date_once(bare: Runner) -> None:
    planned = bare.ok("mail_schema", check=True, **schema_files())
    assert (planned["changed"], planned["applied"]) == (True, names())
    made = bare.ok("mail_schema", **schema_files())
    assert (made["changed"], made["applied"]) == (True, names())
    assert made["diff"] == planned["diff"]
    again = bare.ok("mail_schema", **schema_files())
    assert (again["changed"], again["applied"], again["version"]) == (False, [], schema.CURRENT)


def test_the_code_is_written_for_the_newest_migration() -> None:
    newest = max(path.name for path in pathlib.Path(FILES, "migrations").iterdir())
    assert int(newest[:4]) == schema.CURRENT


def test_all_belongs_to_the_owner(run: Runner) -> None:
    owners = execute(
        run.socket,
        run.database,
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'mail'",
    )
    assert owners == [("mail_owner",)]


def test_views_are_recreated_when_their_text_changes(run: Runner) -> None:
    admin = Runner(run.socket, run.database, login_user="postgres")
    files = schema_files()
    files["views"] += "\nCREATE VIEW postfix.extra AS SELECT 1 AS one;\n"
    assert admin.ok("mail_schema", **files)["applied"] == ["views.sql"]
    assert admin.ok("mail_schema", **files)["changed"] is False
    assert execute(run.socket, run.database, "SELECT one FROM postfix.extra") == [(1,)]


def test_check_mode_passes_where_there_is_nothing_yet(socket: str) -> None:
    for runner in (
        Runner(socket, "nowhere", login_user="postgres"),
        Runner("/nonexistent", "mail", login_user="postgres"),
    ):
        result = runner.ok("mail_schema", check=True, **schema_files())
        assert (result["changed"], result["applied"]) == (True, names())
        assert runner("mail_schema", **schema_files())["failed"] is True


def test_a_failing_migration_leaves_nothing_behind(bare: Runner) -> None:
    files = schema_files()
    files["migrations"]["0001_accounts.sql"] += "\nSELECT 1 / 0;\n"
    result = bare("mail_schema", **files)
    assert "division by zero" in result["msg"]
    assert execute(bare.socket, "bare", "SELECT to_regnamespace('mail')") == [(None,)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "INSERT INTO mail.schema_version VALUES (99, 'x')",
            "is at schema version 99, newer than this collection",
        ),
        (
            "UPDATE mail.schema_version SET checksum = 'x' WHERE number = 1",
            "has run another text of the migration '0001_accounts.sql'",
        ),
        ("DROP TABLE mail.schema_version", "has a schema 'mail' that this collection did not make"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_database_that_does_not_fit_is_left_alone(
    run: Runner, statement: str, expected: str, check: bool
) -> None:
    execute(run.socket, run.database, statement)
    admin = Runner(run.socket, run.database, login_user="postgres")
    result = admin("mail_schema", check=check, **schema_files())
    assert expected in result["msg"]


@pytest.mark.parametrize(
    ("migrations", "expected"),
    [
        ({"first.sql": ""}, "The migration 'first.sql' has no name like 0001_accounts.sql"),
        ({"0002_more.sql": ""}, "has the number 2, and number 1 is missing"),
    ],
)
def test_migrations_have_numbers_without_gaps(
    bare: Runner, migrations: dict[str, str], expected: str
) -> None:
    assert expected in bare("mail_schema", migrations=migrations, views="")["msg"]


@pytest.fixture
def theirs(socket: str) -> t.Iterator[Runner]:
    """A database of somebody else, and an administrator whom nobody has granted anything."""
    execute(socket, "postgres", "CREATE ROLE plain_dba LOGIN")
    execute(socket, "postgres", "CREATE DATABASE theirs")
    yield Runner(socket, "theirs", login_user="plain_dba")
    execute(socket, "postgres", "DROP DATABASE theirs WITH (FORCE)")
    execute(socket, "postgres", "DROP ROLE plain_dba")


@pytest.mark.parametrize("check", [True, False])
def test_whoever_runs_the_sql_that_is_told_may_make_the_tables(theirs: Runner, check: bool) -> None:
    refused = theirs("mail_schema", check=check, **schema_files())["msg"]
    told = (
        "GRANT mail_owner TO plain_dba; GRANT CREATE ON DATABASE theirs TO mail_owner;"
        " Then run this again. Nothing was written."
    )
    assert refused.startswith("The role 'plain_dba' may not make the tables of 'mail_owner'")
    assert refused.endswith(told)
    execute(theirs.socket, "theirs", "CREATE TABLE public.mailbox AS SELECT 1 AS kept")
    execute(theirs.socket, "theirs", told.partition(" Then")[0])
    assert theirs.ok("mail_schema", **schema_files())["changed"] is True
    assert theirs.ok("mail_schema", **schema_files())["changed"] is False
    assert execute(theirs.socket, "theirs", "SELECT kept FROM public.mailbox") == [(1,)]


@pytest.mark.parametrize("check", [True, False])
def test_a_schema_of_somebody_else_is_left_alone(bare: Runner, check: bool) -> None:
    execute(
        bare.socket, "bare", "CREATE SCHEMA postfix; CREATE TABLE postfix.kept AS SELECT 1 AS one"
    )
    result = bare("mail_schema", check=check, **schema_files())
    assert "has a schema 'postfix' that belongs to 'postgres'" in result["msg"]
    assert execute(bare.socket, "bare", "SELECT one FROM postfix.kept") == [(1,)]


def test_an_owner_that_is_not_there(bare: Runner) -> None:
    result = bare("mail_schema", owner="no_owner", **schema_files())
    assert "The role 'no_owner', which everything would belong to, does not exist" in result["msg"]
    planned = bare.ok("mail_schema", check=True, owner="no_owner", **schema_files())
    assert planned["applied"] == names()
