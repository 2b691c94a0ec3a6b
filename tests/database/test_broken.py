"""A server that breaks or falls silent in the middle: a sentence, in time, and nothing half."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
import typing as t

import psycopg2
import pytest
from database.conftest import execute
from database.modules import Runner
from database.relay import Way, relay
from database.test_own_errors import answering

from ansible_collections.selfhost.mail.plugins.module_utils._edge.database import (
    connection,
    patience,
)

HASH = "{SHA512-CRYPT}$6$rounds=5000$saltsalt$" + "." * 86
USERS = [{"email": f"u{n}@example.test", "password_hash": HASH} for n in range(20)]
ALIASES = [{"address": "all@example.test", "targets": [user["email"] for user in USERS]}]
IMPORT: dict[str, t.Any] = {"domains": ["example.test"], "users": USERS, "aliases": ALIASES}
WHOLE = (1, 21, 20)
NOTHING = (0, 0, 0)
ROWS = """SELECT (SELECT count(*) FROM mail.domain), (SELECT count(*) FROM mail.address),
                 (SELECT count(*) FROM mail.mailbox)"""
CUTS = (b"BEGIN", b"pg_advisory", b"INSERT INTO mail.address", b"INSERT INTO mail.mailbox")
SILENCES = (b"BEGIN", b"INSERT INTO mail.mailbox")
MOMENTS: list[tuple[bytes, Way]] = [
    *((said, way) for said in CUTS for way in ("cut", "cut after")),
    *((said, way) for said in SILENCES for way in ("silent", "silent after")),
]
NOT_KNOWN = "so whether it was written is not known. Run this again when the server is up"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lasts half a minute with a real server that hangs."""
    monkeypatch.setattr(patience, "_LOOK_S", 0.05)
    monkeypatch.setattr(patience, "_SILENCE_S", 0.3)
    for module in (connection, patience):
        monkeypatch.setattr(module, "CONNECT_S", 2)


def rows(run: Runner) -> tuple[int, ...]:
    """Once no session of ours is left that may still write."""
    deadline = time.monotonic() + 10
    ours = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'mail_admin'"
    while execute(run.socket, run.database, ours) != [(0,)]:
        assert time.monotonic() < deadline, "a session of ours is left"
        time.sleep(0.02)
    return execute(run.socket, run.database, ROWS)[0]


def imported(run: Runner, said: bytes, way: Way, nth: int = 1) -> tuple[dict[str, t.Any], bool]:
    """The result of an import on that way, and whether it got as far as that."""
    with relay(run.socket, said, way, nth) as (directory, between):
        began = time.monotonic()
        result = dataclasses.replace(run, socket=directory)("mail_users", **IMPORT)
        assert time.monotonic() - began < 10
        return result, between.reached.is_set()


@pytest.mark.parametrize(("said", "way"), MOMENTS)
@pytest.mark.usefixtures("impatient")
def test_what_breaks_before_the_end_wrote_nothing(run: Runner, said: bytes, way: Way) -> None:
    result, reached = imported(run, said, way)
    assert reached
    assert result["written"] is False
    assert result["msg"].startswith("The connection to the database ")
    assert ("the server did not answer for" in result["msg"]) is way.startswith("silent")
    assert "Nothing was written. Run this again" in result["msg"]
    assert rows(run) == NOTHING
    assert run.ok("mail_users", **IMPORT)["changed"] is True
    assert run.ok("mail_users", **IMPORT)["changed"] is False


@pytest.mark.parametrize(
    ("way", "expected"),
    [("cut", NOTHING), ("silent", NOTHING), ("cut after", WHOLE), ("silent after", WHOLE)],
)
@pytest.mark.usefixtures("impatient")
def test_a_commit_without_an_answer_is_not_known(
    run: Runner, way: Way, expected: tuple[int, ...]
) -> None:
    result, reached = imported(run, b"COMMIT", way, nth=2)  # the first one ends the settings
    assert reached
    assert NOT_KNOWN in result["msg"]
    assert "written" not in result
    assert rows(run) == expected
    assert run.ok("mail_users", **IMPORT)["changed"] is (expected == NOTHING)
    assert rows(run) == WHOLE


@pytest.mark.usefixtures("impatient")
def test_wherever_it_breaks_all_is_there_or_nothing(run: Runner) -> None:
    """Cut at each message that the import sends, from the first to the last."""
    for nth in range(1, 100):
        result, _reached = imported(run, b"", "cut", nth)
        if not result.get("failed"):
            break
        assert rows(run) == NOTHING
        assert result["msg"].endswith(".") and "fault of ours" not in result["msg"]
    assert nth > 10
    assert result["changed"] is True


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_even_begin_to_answer(run: Runner) -> None:
    result, _reached = imported(run, b"", "silent")
    assert "does not answer" in result["msg"] and "timeout expired" in result["msg"]
    assert "Correct login_user" not in result["msg"]
    assert rows(run) == NOTHING


@pytest.mark.usefixtures("impatient")
def test_a_server_that_lives_is_waited_for(run: Runner) -> None:
    """Longer than a silence: it lets others in, and the lock is somebody's."""
    with locked(run, "SHARE"):
        results: list[dict[str, t.Any]] = []
        thread = threading.Thread(target=lambda: results.append(run("mail_users", **IMPORT)))
        thread.start()
        thread.join(1.5)
        assert thread.is_alive()
    thread.join(10)
    assert results[0]["changed"] is True


def test_who_only_reads_does_not_wait_for_ever(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOCK_TIMEOUT", "300ms")
    with locked(run, "ACCESS EXCLUSIVE"):
        result = run("mail_info")
    assert "is being changed by somebody else since more than" in result["msg"]


@contextlib.contextmanager
def locked(run: Runner, mode: str) -> t.Iterator[None]:
    other = psycopg2.connect(host=run.socket, user="postgres", dbname=run.database)
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE mail.domain, mail.address IN {mode} MODE")
        yield


def test_a_server_that_is_full(run: Runner) -> None:
    execute(run.socket, "postgres", "ALTER ROLE mail_admin CONNECTION LIMIT 0")
    try:
        result = run("mail_info")
    finally:
        execute(run.socket, "postgres", "ALTER ROLE mail_admin CONNECTION LIMIT -1")
    assert "lets nobody in now:" in result["msg"]
    assert "too many connections" in result["msg"] and "login_user" not in result["msg"]


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        ("53100", "Make room on the disk of the server, then run this again."),
        ("53200", "Give the server more memory, or let it do less at once, then run this again."),
        ("57014", "Somebody cancelled it, or the server limits how long it may last; run this"),
        ("58030", "Look at the disk of the server and into its log, then run this again."),
    ],
)
def test_a_server_that_gives_up(run: Runner, sqlstate: str, expected: str) -> None:
    raises = f"""
CREATE FUNCTION public.raises() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'it went wrong' USING ERRCODE = '{sqlstate}'; END $$;
CREATE TRIGGER raises BEFORE INSERT ON mail.mailbox EXECUTE FUNCTION public.raises();"""
    execute(run.socket, run.database, raises)
    result = run("mail_users", **IMPORT)
    assert "gave up a statement: it went wrong. Nothing was written. " in result["msg"]
    assert expected in result["msg"]
    assert rows(run) == NOTHING


STARTING = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"


def test_a_server_that_is_starting(run: Runner) -> None:
    packet = b"E" + (len(STARTING) + 4).to_bytes(4, "big") + STARTING
    with answering(packet) as port:
        way: dict[str, t.Any] = {
            "login_unix_socket": "",
            "login_host": "127.0.0.1",
            "login_port": port,
        }
        result = run("mail_info", **way, ssl_mode="disable")
    assert "lets nobody in now:" in result["msg"]
    assert "starting up" in result["msg"] and "login_user" not in result["msg"]
