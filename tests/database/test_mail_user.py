"""mail_user: passwords, personal aliases, tombstones."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import psycopg2
import pytest
from database.conftest import execute
from database.modules import Runner
from database.tables import CHANGED, OK, Step, alias, domain, play, user

from ansible_collections.selfhost.mail.plugins.module_utils._edge.passwords import matches

HASH = "{SSHA512}" + "A" * 88
# The lowest that is allowed, so that tests are quick.
CHEAP: dict[str, t.Any] = {"rounds": 5000}
A, B = "alice@example.test", "bob@example.test"

TABLES: dict[str, list[Step]] = {
    "add, change, remove": [
        domain(CHANGED),
        user("the domain 'example.org' is not hosted here", "a@example.org", password="x"),
        user("does not exist yet and needs a password", A, full_name="Alice"),
        user(CHANGED, A, password="example", full_name="Alice", **CHEAP),
        user(OK, "ALICE@Example.TEST"),
        user(OK, A, password="other"),
        user(OK, A, full_name="Alice", status="active"),
        user(CHANGED, A, full_name="", status="suspended"),
        user(CHANGED, A, state="absent"),
        user(OK, A, state="absent"),
        user(OK, "nobody@example.org", state="absent"),
    ],
    "a password is changed when it differs": [
        domain(CHANGED),
        user(CHANGED, A, password="one", **CHEAP),
        user(OK, A, password="two"),
        user(OK, A, password="one", update_password="always", rounds=9000),
        user(OK, A, password="one", update_password="always", scheme="ARGON2ID"),
        user(CHANGED, A, password="two", update_password="always", scheme="BLF-CRYPT", rounds=10),
        user(OK, A, password="two", update_password="always"),
        user(CHANGED, A, password_hash=HASH, update_password="always"),
        user(OK, A, password_hash=HASH, update_password="always"),
        user(CHANGED, A, password="two", update_password="always", scheme="ARGON2ID"),
        user(OK, A, password="two", update_password="always"),
    ],
    "a tombstone": [
        domain(CHANGED),
        user(CHANGED, A, password_hash=HASH, aliases=["al@example.test"]),
        user(CHANGED, B, password_hash=HASH),
        user(CHANGED, A, state="absent"),
        user("the address is retired since 2", A, password_hash=HASH),
        user("the address is retired since 2", B, aliases=["al@example.test"]),
        user(CHANGED, A, password_hash=HASH, reuse_retired=True),
        user(CHANGED, B, aliases=["al@example.test"], reuse_retired=True),
    ],
    "personal aliases": [
        domain(CHANGED),
        domain(CHANGED, "example.org"),
        domain(CHANGED, "example.com", alias_of="example.test"),
        user(CHANGED, A, password_hash=HASH, aliases=["al@example.test", "a@example.org"]),
        user(OK, A, aliases=["A@example.org", "al@EXAMPLE.test"]),
        user(CHANGED, B, password_hash=HASH),
        user("an alias of the user 'alice@example.test' since 2", B, aliases=["a@example.org"]),
        user(
            "an alias of the user 'alice@example.test' since 2",
            "al@example.test",
            password_hash=HASH,
        ),
        user("the address is a mailbox since 2", A, aliases=[B]),
        user("the address is a mailbox", A, aliases=[A]),
        user("'example.com' is an alias domain", A, aliases=["a@example.com"]),
        user("the domain 'example.net' is not hosted", A, aliases=["a@example.net"]),
        alias(CHANGED, "info@example.test", "al@example.test"),
        user("cannot be removed, since aliases lead to it: info@example.test", A, aliases=[]),
        user("cannot be removed, since aliases lead to it: info@example.test", A, state="absent"),
        alias(CHANGED, "info@example.test", state="absent"),
        user(CHANGED, A, aliases=["al@example.test"]),
        user(CHANGED, B, aliases=["a@example.org"]),
        user(CHANGED, A, state="absent"),
        user("is an alias and no user; remove it with mail_alias", "a@example.org", state="absent"),
    ],
    "who has to be there": [
        domain(CHANGED),
        domain(CHANGED, "example.org", alias_of="example.test"),
        user("There is no user 'alice@example.test'.", A, password="x", expect="known"),
        user("There is no user 'alice@example.test'.", A, state="absent", expect="known"),
        user(CHANGED, A, password_hash=HASH),
        user("did you mean 'alice@example.test'?", "alce@example.test", expect="known"),
        user(
            "did you mean 'alice@example.test'?",
            "a.alice@example.test",
            state="absent",
            expect="known",
        ),
        user(
            "not hosted here; did you mean 'alice@example.test'?",
            "alice@exmple.test",
            expect="known",
        ),
        user("write 'alice@example.test'", "alice@example.org", status="closed", expect="known"),
        user(CHANGED, A, status="closed", aliases=[" al@example.test"], expect="known"),
        user("an alias for alice@example.test", "al@example.test", status="closed", expect="known"),
        user(CHANGED, A, state="absent", expect="known"),
        user(OK, A, state="absent", expect="known"),
        user("the address is retired since 2", A, status="active", expect="known"),
    ],
    "one namespace": [
        domain(CHANGED),
        alias(CHANGED, "info@example.test", "friend@example.com"),
        user(
            "the address is an alias for friend@example.com since 2",
            "info@example.test",
            password="x",
        ),
        user("'example.org' is not hosted", "x@example.org", password="x"),
        domain(CHANGED, "example.org", alias_of="example.test"),
        user("add 'x@example.test', which it follows", "x@example.org", password="x"),
    ],
    "bad passwords": [
        domain(CHANGED),
        user("user 'alice@example.test': The password is empty", A, password=""),
        user("holds a NUL character", A, password="a\0b"),
        user("looks like a hash", A, password="$6$abc$def"),
        user("looks like a hash", A, password="{SHA512-CRYPT}x"),
        user(
            "is 73 octets long and BLF-CRYPT reads only 72",
            A,
            password="ä" * 36 + "x",
            scheme="BLF-CRYPT",
        ),
        user(CHANGED, A, password="ä" * 36, scheme="BLF-CRYPT", rounds=10),
        user("at most 511 can be compared", B, password="x" * 512),
        user("is a int and no text; put it in quotes", B, password=1234),
        user("does not name its scheme", B, password_hash="$6$abc$def"),
        user("is no hash, since no {SCHEME} stands in front", B, password_hash="example"),
        user("has the unknown scheme {NOPE}", B, password_hash="{NOPE}abc"),
        user("has the weak scheme {PLAIN}", B, password_hash="{PLAIN}abc"),
        user(
            "What follows {BLF-CRYPT} in the password hash is no such hash",
            B,
            password_hash="{BLF-CRYPT}x",
        ),
        user("rounds=1 is refused for SHA512-CRYPT", B, password="x", rounds=1),
        user("ARGON2ID has fixed costs", B, password="x", rounds=9, scheme="ARGON2ID"),
        user("value of scheme must be one of: SHA512-CRYPT", B, password="x", scheme="MD5"),
        user("mutually exclusive: password|password_hash", B, password="x", password_hash=HASH),
    ],
    "bad addresses": [
        domain(CHANGED),
        user("is 65 octets long, at most 64", "a" * 65 + "@example.test", password="x"),
        user("its local part ends with a dot", "a.@example.test", password="x"),
        user("has two dots in a row", "a..b@example.test", password="x"),
        user("the domain ends with a dot", "a@example.test.", password="x"),
        user("it has 2 @ signs", "a@b@example.test", password="x"),
        user("it has a space at position 2", "a b@example.test", password="x"),
        user(
            "it has the control character U+000A at position 2", "a\nb@example.test", password="x"
        ),
        user("'+' separates an address from its extension", "a+b@example.test", password="x"),
        user("nothing stands before the @", "@example.test", password="x"),
        user(CHANGED, "o'brien@example.test", password_hash=HASH),
    ],
}


@pytest.mark.parametrize("name", TABLES)
def test_table(run: Runner, name: str) -> None:
    play(run, TABLES[name])


def test_a_new_holder_gets_an_empty_mailbox(run: Runner) -> None:
    play(run, [domain(CHANGED), user(CHANGED, A, password_hash=HASH)])
    first = run.ok("mail_user", email=A)["user"]
    assert first["home"].startswith("example.test/alice.")
    run.ok("mail_user", email=A, state="absent")
    second = run.ok("mail_user", email=A, password_hash=HASH, reuse_retired=True)["user"]
    assert second["home"] != first["home"]
    assert run.ok("mail_user", email=A, full_name="Alice")["user"]["home"] == second["home"]


@pytest.mark.parametrize("password", ["example", "a", "test", "alice", "changed", "true", "@", "."])
def test_results_stay_readable_whatever_the_password_is(run: Runner, password: str) -> None:
    run.ok("mail_domain", name="example.test")
    result = run.ok("mail_user", email=A, password=password, full_name="Alice", **CHEAP)
    assert result["user"]["email"] == A
    assert result["diff"]["after"][A]["password"] == "(set)"
    assert result["diff"]["after"][A]["full_name"] == "Alice"
    again = run.ok("mail_user", email=A, password=password, update_password="always")
    assert again["changed"] is False


def test_no_password_leaves_the_module(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    password = "Zq7-unmistakable"
    for options in (
        {"password": password, **CHEAP},
        {"password": password + "2", "update_password": "always", **CHEAP},
        {"password_hash": f"{{SSHA512}}{password}", "update_password": "always"},
        {"password": "{PLAIN}" + password},
        {"password": password + "\0"},
        {"password": password * 40},
    ):
        result = run("mail_user", email=A, **options)
        assert password not in json.dumps(result)
        invocation = result["invocation"]["module_args"]
        for name in {"password", "password_hash"} & set(options):
            assert invocation[name] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_a_secret_that_came_another_way_is_refused(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    result = dataclasses.replace(run, seals=())("mail_user", email=A, password="clear")
    assert "by a way on which it could be written to a file" in result["msg"]


@pytest.mark.parametrize(
    ("scheme", "start"),
    [
        ("SHA512-CRYPT", "{SHA512-CRYPT}$6$rounds=100000$"),
        ("BLF-CRYPT", "{BLF-CRYPT}$2y$12$"),
        ("ARGON2ID", "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$"),
    ],
)
def test_what_is_stored(run: Runner, scheme: str, start: str) -> None:
    run.ok("mail_domain", name="example.test")
    run.ok("mail_user", email=A, password="pässwörd '\"\\", scheme=scheme)
    ((stored,),) = execute(run.socket, run.database, "SELECT password_hash FROM mail.mailbox")
    assert stored.startswith(start)
    assert matches("pässwörd '\"\\", stored)
    assert not matches("pässwörd", stored)


def test_the_modules_role_may_not_change_tables(run: Runner) -> None:
    connection = psycopg2.connect(host=run.socket, user="mail_admin", dbname=run.database)
    try:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE mail.mailbox ADD COLUMN x text")
    finally:
        connection.close()


def test_the_report_says_where_the_mail_stays(run: Runner) -> None:
    play(run, [domain(CHANGED), user(CHANGED, A, password_hash=HASH)])
    home = run.ok("mail_user", email=A)["user"]["home"]
    for check, done in ((True, "would be"), (False, "was")):
        removed = run.ok("mail_user", email=A, state="absent", end_sessions=not check, check=check)
        assert removed["report"][:2] == [
            f"The user {A} {done} removed.",
            f"The mail stays on disk in {home} below the base directory of the store,"
            " and nobody else gets the address.",
        ]
    assert "doveadm is not on this host" in removed["report"][2]
    again = run.ok("mail_user", email=A, state="absent", end_sessions=True)["report"]
    assert len(again) == 1
    assert "the address is retired since 2" in again[0]


def test_a_login_that_cannot_be_tried_is_an_error(run: Runner) -> None:
    play(run, [domain(CHANGED)])
    options = {"email": A, "verify_login": True, "auth_socket": "/nonexistent/auth", **CHEAP}
    assert run.ok("mail_user", password="one", check=True, **options)["changed"] is True
    refused = run("mail_user", password="one", **options)
    assert "Dovecot does not answer on /nonexistent/auth" in refused["msg"]
    assert refused["user"]["email"] == A
    run.ok("mail_user", **options)
    options["update_password"] = "always"
    suspended = run.ok("mail_user", password="two", status="suspended", **options)
    tried = "No login was tried, since none is possible while suspended."
    assert tried in suspended["report"]
    run.ok("mail_domain", name="example.test", status="closed")
    closed = run.ok("mail_user", password="two", status="active", **options)
    assert closed["report"][-1] == tried.replace("suspended", "closed")
