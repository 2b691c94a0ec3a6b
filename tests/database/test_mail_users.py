"""mail_users: all or nothing, all faults at once, existing users left alone."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
from database.conftest import execute
from database.modules import Runner
from database.tables import stored

from ansible_collections.selfhost.mail.plugins.module_utils._core.faults import Fault
from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.csv_users import (
    parse_users,
)

HASH = "{SSHA512}" + "A" * 88
CHEAP: dict[str, t.Any] = {"rounds": 5000}
EXAMPLE = """\
email,password,full_name
maria@example.test,Sommer-2026,María García
jean-pierre@example.test,"a ""quoted"", one",Jean-Pierre Dubois
o'brien@example.test,example,"O'Brien, Patrick"
"""


def rows(text: str = EXAMPLE) -> tuple[list[dict[str, str]], list[Fault]]:
    return parse_users(text.encode(), "users.csv")


def test_an_import_adds_each_user_once(run: Runner) -> None:
    options: dict[str, t.Any] = {"src": "users.csv", "users": rows(), **CHEAP}
    run.ok("mail_domain", name="example.test")
    before = stored(run)
    planned = run.ok("mail_users", check=True, **options)
    assert stored(run) == before
    made = run.ok("mail_users", **options)
    everybody = ["jean-pierre@example.test", "maria@example.test", "o'brien@example.test"]
    for result in (planned, made):
        assert (result["changed"], result["added"]) == (True, everybody)
        counts = {"total": 3, "added": 3, "updated": 0, "skipped": 0, "failed": 0}
        assert result["counts"] == counts
        assert result["diff"]["after"]["o'brien@example.test"]["full_name"] == "O'Brien, Patrick"
    assert planned["diff"] == made["diff"]
    again = run.ok("mail_users", **options)
    assert (again["changed"], again["existing"], again["added"]) == (False, everybody, [])


def test_an_import_leaves_existing_users_alone(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    run.ok("mail_user", email="maria@example.test", password_hash=HASH, full_name="M.")
    result = run.ok("mail_users", src="users.csv", users=rows(), update_password="always", **CHEAP)
    assert result["existing"] == ["maria@example.test"]
    assert result["counts"]["added"] == 2
    user = run.ok(
        "mail_user", email="maria@example.test", password_hash=HASH, update_password="always"
    )
    assert (user["changed"], user["user"]["full_name"]) == (False, "M.")


def test_existing_users_are_skipped_or_updated_on_demand(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    users = [{"email": "maria@example.test", "password_hash": HASH, "full_name": "M."}]
    run.ok("mail_users", users=users)
    users[0]["full_name"] = "María"
    assert run.ok("mail_users", users=users, existing="skip")["changed"] is False
    assert run.ok("mail_users", users=users)["updated"] == ["maria@example.test"]
    options: dict[str, t.Any] = {"src": "users.csv", "users": rows(), **CHEAP}
    result = run.ok("mail_users", existing="update", **options)
    assert result["updated"] == ["maria@example.test"]
    assert result["report"] == [
        "3 users: 2 added, 1 updated, 0 skipped, 0 failed.",
        "jean-pierre@example.test  added",
        "o'brien@example.test  added",
        "maria@example.test  updated",
    ]


def test_every_fault_is_told_and_nothing_is_written(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    run.ok("mail_alias", address="info@example.test", targets=["friend@example.com"])
    before = stored(run)
    secret = "Zq7-unmistakable"
    text = f"""\
good@example.test,{secret},Good
bad..@example.test,{secret},Bad
hash@example.test,$6${secret},Hash
good@example.test,{secret},Again
"{"x" * 65}@example.test",$6${secret},Two
"""
    result = run("mail_users", src="users.csv", users=rows(text), **CHEAP)
    assert [(one["origin"], one["column"]) for one in result["failures"]] == [
        ("users.csv line 2", "email"),
        ("users.csv line 3", "password"),
        ("users.csv line 4", "email"),
        ("users.csv line 5", "email"),
        ("users.csv line 5", "password"),
    ]
    assert "5 faults, nothing was written:\n  users.csv line 2, column email: " in result["msg"]
    assert "is named twice; it stands in users.csv line 1 already" in result["msg"]
    assert secret not in json.dumps(result)
    assert stored(run) == before


def test_faults_of_form_and_of_content_are_told_together(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    run.ok("mail_alias", address="info@example.test", targets=["friend@example.com"])
    run.ok("mail_user", email="gone@example.test", password_hash=HASH)
    run.ok("mail_user", email="gone@example.test", state="absent")
    before = stored(run)
    text = (
        "a@example.org,x1,\nb@example.test,x,y,z\ninfo@example.test,x2,\nb,x,\n"
        "c@example.test,x,\nc@EXAMPLE.test,x,\ngone@example.test,x,\nd@example.test,,\n"
        "info@example.test,$6$x,\n"
    )
    result = run("mail_users", src="users.csv", users=rows(text), **CHEAP)
    expected = [
        ("1", "email", "the domain 'example.org' is not hosted here; add the domain first."),
        ("2", "", "There are 4 values for the 3 columns email,password,full_name; a value with"),
        ("3", "email", "the address is an alias for friend@example.com"),
        ("4", "email", "The value is no address. It is not shown, since it may be a password"),
        ("6", "email", "'c@example.test' is named twice; it stands in users.csv line 5 already."),
        ("7", "email", "the address is retired since"),
        ("8", "password", "'d@example.test' does not exist yet and needs a password or a passwo"),
        ("9", "password", "The password looks like a hash"),
        ("9", "email", "'info@example.test' is named twice; it stands in users.csv line 3"),
        ("9", "email", "the address is an alias for friend@example.com"),
    ]
    assert len(result["failures"]) == len(expected), result["msg"]
    for one, (line, column, reason) in zip(result["failures"], expected, strict=True):
        assert (one["origin"], one["column"]) == (f"users.csv line {line}", column)
        assert reason in one["reason"]
    assert stored(run) == before


def test_accounts_are_brought_into_their_state(run: Runner) -> None:
    accounts: dict[str, t.Any] = {
        "domains": [
            {"name": "example.com", "alias_of": "example.test"},
            "example.test",
            "example.org",
        ],
        "users": [
            {"email": "alice@example.test", "password_hash": HASH, "aliases": ["al@example.org"]},
            {"email": "bob@example.test", "password": "example", "full_name": "Bob"},
        ],
        "aliases": [
            {"address": "info@example.test", "targets": ["office@example.org"]},
            {"address": "office@example.org", "targets": ["al@example.org", "x@example.net"]},
            {"address": "@example.org", "targets": ["bob@example.test"]},
        ],
        **CHEAP,
    }
    planned = run.ok("mail_users", check=True, **accounts)
    made = run.ok("mail_users", **accounts)
    assert planned["diff"] == made["diff"]
    assert len(made["diff"]["after"]) == 8
    assert run.ok("mail_users", **accounts)["changed"] is False
    accounts["users"][1]["full_name"] = "Robert"
    accounts["users"][1]["password"] = "another"
    changed = run.ok("mail_users", **accounts)
    assert (changed["updated"], changed["existing"]) == (
        ["bob@example.test"],
        ["alice@example.test"],
    )
    assert changed["diff"]["after"]["bob@example.test"]["password"] == "(set)"
    changed = run.ok("mail_users", update_password="always", **accounts)
    assert changed["diff"]["after"]["bob@example.test"]["password"] == "(changed)"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"users": [{"email": "a@example.org", "password": 7}]},
            "users[0], column password: The value of password is a int",
        ),
        ({"users": [{"password": "x"}]}, "users[0]: The entry has no email."),
        (
            {"users": [{"email": "a@example.org", "quota": 1}]},
            "unknown key 'quota'; known are email, ",
        ),
        ({"users": [{"email": "a@example.org", "status": "gone"}]}, "The status 'gone' is unknown"),
        ({"users": [{"email": "a@example.org", "full_name": "a\nb"}]}, "control character U+000A"),
        ({"domains": [{"name": "example.org", "kind": "other"}]}, "domains[0]: The kind 'other'"),
        ({"domains": [7]}, "domains[0]: The entry has no name."),
        ({"domains": ["example.org", "EXAMPLE.org"]}, "named twice; it stands in domains[0]"),
        (
            {"users": [{"email": "a@münchen.example"}, {"email": "A@xn--mnchen-3ya.example"}]},
            "users[1], column email: The user 'a@xn--mnchen-3ya.example' is named twice;",
        ),
        (
            {
                "users": [
                    {"email": "a@example.org", "aliases": ["c@example.org"]},
                    {"email": "b@example.org", "aliases": ["C@example.org"]},
                ]
            },
            "users[1], column aliases: The alias 'c@example.org' is named twice; it stands in",
        ),
        (
            {"users": [{"email": "a@example.org", "aliases": ["b@example.org"]}, "B@example.org"]},
            "users[1], column email: The user 'b@example.org' is named twice; it stands in users[0]"
            " already as the alias.",
        ),
        (
            {
                "domains": ["example.org"],
                "aliases": [
                    {"address": "a@example.org", "targets": ["b@example.org"]},
                    {"address": "b@example.org", "targets": ["a@example.org"]},
                ],
            },
            "would lead to itself: a@example.org → b@example.org → a@example.org",
        ),
    ],
)
def test_lists_are_checked_as_well(run: Runner, options: dict[str, t.Any], expected: str) -> None:
    before = stored(run)
    assert expected in run("mail_users", **options)["msg"]
    assert stored(run) == before


def test_a_login_that_cannot_be_tried_fails_after_the_report(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    result = run(
        "mail_users",
        src="users.csv",
        users=rows(),
        verify_logins=True,
        auth_socket="/nonexistent/auth-client",
        **CHEAP,
    )
    assert result["failed"] is True
    assert result["counts"] == {"total": 3, "added": 3, "updated": 0, "skipped": 0, "failed": 3}
    assert "Dovecot does not answer on /nonexistent/auth-client" in result["msg"]
    counted = execute(run.socket, run.database, "SELECT count(*) FROM mail.mailbox")
    assert counted == [(3,)]


def test_users_that_came_another_way_are_refused(run: Runner) -> None:
    raw = dataclasses.replace(run, seals=())
    assert "by a way on which it could be written" in raw("mail_users", users=[])["msg"]
    options = {**raw.login(), "users": [{"email": "a@example.test"}]}
    assert "call the module from a task" in raw.main("mail_users", options)["msg"]


def sealed(*rows: dict[str, str], **more: t.Any) -> dict[str, t.Any]:
    """What the action plugin sends when passwords are generated."""
    return {"sealed_users": {"rows": list(rows), "faults": [], **more}, **CHEAP}


def test_an_empty_password_is_generated_for_a_new_user_only(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    run.ok("mail_user", email="old@example.test", password_hash=HASH)
    new, old = ({"email": f"{name}@example.test", "password": ""} for name in ("New", "old"))
    before = stored(run)
    refused = run("mail_users", **sealed(new, old))
    assert "'new@example.test' does not exist yet and needs a password" in refused["msg"]
    assert "mail_users generates passwords with the option hand_over" in refused["msg"]
    planned = run.ok("mail_users", **sealed(new, old, generated={}, only_plan=True))
    assert stored(run) == before
    made = {"new@example.test": "kx7m-p2vq", "old@example.test": "never-set"}
    options = sealed(new, old, generated=made)
    result = run.ok("mail_users", update_password="always", **options)
    for one in (planned, result):
        assert (one["changed"], one["generated"]) == (True, ["new@example.test"])
        assert one["report"][1] == "new@example.test  added with a generated password"
    again = run.ok("mail_users", update_password="always", **options)
    assert (again["changed"], again["generated"]) == (False, [])
    always: dict[str, t.Any] = {"update_password": "always"}
    kept = run.ok("mail_user", email="old@example.test", password_hash=HASH, **always)
    set_ = run.ok("mail_user", email="new@example.test", password="kx7m-p2vq", **always)
    assert (kept["changed"], set_["changed"]) == (False, False)


def test_a_user_who_vanished_before_his_password_was_generated(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    before = stored(run)
    result = run("mail_users", **sealed({"email": "a@example.test"}, generated={}))
    assert "'a@example.test' does not exist yet and needs a password" in result["msg"]
    assert stored(run) == before


def test_a_message_about_many_stays_readable(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    text = "".join(f"u{number}@example.org,x\n" for number in range(10_000))
    result = run("mail_users", src="users.csv", users=rows(text), **CHEAP)
    lines = result["msg"].splitlines()
    assert len(lines) == 52
    assert lines[0] == "10000 faults, nothing was written:"
    assert "users.csv line 10, column email: " in lines[10]
    assert lines[-1] == "  and 9950 more."
    assert len(result["failures"]) == 10_000
    users = [{"email": f"u{number}@example.test", "password_hash": HASH} for number in range(60)]
    made = run.ok("mail_users", users=users)
    assert len(made["report"]) == 52
    assert made["report"][-1] == "and 10 more  added"


def test_many_users_take_few_statements(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    users = [{"email": f"u{number}@example.test", "password_hash": HASH} for number in range(5000)]
    made = run.ok("mail_users", users=users)
    assert made["counts"]["added"] == 5000
    assert run.ok("mail_users", users=users)["counts"]["skipped"] == 5000
