"""mail_info lists everything but secrets."""

from __future__ import annotations

import json
import typing as t

from database.conftest import execute
from database.modules import Runner
from database.tables import CHANGED, alias, domain, play, user

HASH = "{SSHA512}" + "A" * 88


def test_it_lists_what_is_asked_for(run: Runner) -> None:
    run.ok("mail_domain", name="example.test")
    run.ok("mail_user", email="a@example.test", password_hash=HASH, aliases=["b@example.test"])
    run.ok("mail_alias", address="@example.test", targets=["a@example.test"])
    run.ok("mail_dkim", domains=["example.test"], selector="s1")
    listed = run.ok("mail_info")
    assert listed["changed"] is False
    assert [one["name"] for one in listed["domains"]] == ["example.test"]
    assert [one["email"] for one in listed["users"]] == ["a@example.test"]
    assert listed["users"][0]["aliases"] == ["b@example.test"]
    assert [(one["address"], one["owner"]) for one in listed["aliases"]] == [
        ("@example.test", None),
        ("b@example.test", "a@example.test"),
    ]
    assert [(one["domain"], one["selector"]) for one in listed["dkim_keys"]] == [
        ("example.test", "s1")
    ]
    assert "AAAAAAAA" not in json.dumps(listed["users"])
    assert "PRIVATE" not in json.dumps(listed)
    only = run.ok("mail_info", gather=["aliases"], check=True)
    assert "aliases" in only
    assert "users" not in only


TREE = [
    domain(CHANGED),
    domain(CHANGED, "example.org", status="closed"),
    domain(CHANGED, "example.com", alias_of="example.test"),
    user(
        CHANGED,
        "b@example.test",
        password_hash=HASH,
        full_name="MARÍA Ñu",
        aliases=["x@example.org"],
    ),
    user(CHANGED, "a.b@example.test", password_hash=HASH, status="suspended"),
    user(CHANGED, "a@example.org", password_hash=HASH, full_name="Anna_%"),
    alias(CHANGED, "team@example.test", "b@example.test", "a@example.org", "z@example.com.test"),
    alias(CHANGED, "all@example.org", "team@example.test"),
    alias(CHANGED, "@example.org", "all@example.org"),
]
KEY = {"domains": "name", "users": "email", "aliases": "address"}

FILTERS: list[tuple[str, dict[str, str], list[str]]] = [
    ("domains", {}, ["example.com", "example.org", "example.test"]),
    ("domains", {"kind": "alias"}, ["example.com"]),
    ("domains", {"status": "closed"}, ["example.org"]),
    ("domains", {"match": "PLE.t"}, ["example.test"]),
    ("domains", {"domain": "Example.ORG"}, ["example.org"]),
    ("domains", {"domain": "example.org", "kind": "alias"}, []),
    ("users", {}, ["a@example.org", "a.b@example.test", "b@example.test"]),
    ("users", {"domain": "example.test"}, ["a.b@example.test", "b@example.test"]),
    ("users", {"domain": "example.com"}, []),
    ("users", {"status": "suspended"}, ["a.b@example.test"]),
    ("users", {"match": "maría ñ"}, ["b@example.test"]),
    ("users", {"match": "B@EXAMPLE"}, ["a.b@example.test", "b@example.test"]),
    # neither is a placeholder
    ("users", {"match": "_%"}, ["a@example.org"]),
    ("users", {"match": "test\nmar"}, ["b@example.test"]),
    ("users", {"match": "'; --"}, []),
    ("users", {"domain": "example.test", "status": "active", "match": "b"}, ["b@example.test"]),
    (
        "aliases",
        {},
        ["@example.org", "all@example.org", "x@example.org", "team@example.test"],
    ),
    ("aliases", {"domain": "example.test"}, ["team@example.test"]),
    ("aliases", {"match": "COM.test"}, ["team@example.test"]),
    ("aliases", {"match": "all@"}, ["@example.org", "all@example.org"]),
]


def test_the_database_picks(run: Runner) -> None:
    play(run, TREE)
    for name, wanted, expected in FILTERS:
        listed = run.ok("mail_info", gather=[name], **wanted)[name]
        assert [one[KEY[name]] for one in listed] == expected, (name, wanted)


def test_what_a_list_says(run: Runner) -> None:
    play(run, TREE)
    run.ok("mail_dkim", domains=["example.org"], selector="s1")
    listed = run.ok("mail_info", domain="example.org")
    assert listed["domains"] == [
        {
            "name": "example.org",
            "kind": "hosted",
            "alias_of": None,
            "status": "closed",
            "mailboxes": 1,
            "aliases": 3,
            "dkim": ["s1 pending"],
        }
    ]
    assert [one["alias_count"] for one in listed["users"]] == [1]
    assert [one["domain"] for one in listed["dkim_keys"]] == ["example.org"]
    team = run.ok("mail_info", gather=["aliases"], domain="example.test")["aliases"]
    targets = ["z@example.com.test", "a@example.org", "b@example.test"]
    assert team == [{"address": "team@example.test", "targets": targets, "owner": None}]
    users = run.ok("mail_info", gather=["users"], match="b@")["users"]
    assert [(one["aliases"], one["alias_count"]) for one in users] == [
        ([], 0),
        (["x@example.org"], 2),
    ]


def test_everything_about_one_user(run: Runner) -> None:
    play(run, TREE)
    found = run.ok("mail_info", gather=[], email="B@example.test", check=True)
    account: dict[str, t.Any] = found["account"]
    home, since = account.pop("home"), account.pop("status_since")
    assert home.startswith("example.test/b.")
    assert since == account.pop("created")
    assert since.endswith(" UTC")
    assert account == {
        "email": "b@example.test",
        "full_name": "MARÍA Ñu",
        "status": "active",
        "domain_status": "active",
        "may_log_in": True,
        "may_submit": True,
        "may_receive": True,
        "refusal": None,
        "expires_at": None,
        "expires_to": None,
        "store": "local",
        "scheme": "SSHA512",
        "aliases": ["x@example.org"],
        "led_by": ["@example.org", "all@example.org", "team@example.test"],
        "sends_as": ["b@example.test", "x@example.org"],
        "domains": ["example.test", "example.com"],
        "mailbox": None,
    }
    assert found["report"][:2] == ["b@example.test", "Name         MARÍA Ñu"]
    assert set(found) >= {"account", "report"}
    assert "users" not in found
    assert "AAAAAAAA" not in json.dumps(found)


def test_what_is_in_force_at_this_moment(run: Runner) -> None:
    play(run, TREE)
    closed = run.ok("mail_info", gather=[], email="a@example.org")["account"]
    assert (closed["status"], closed["domain_status"]) == ("active", "closed")
    assert closed["may_log_in"] is False
    assert closed["refusal"] == "550 5.2.1 This mailbox is closed"
    assert closed["led_by"] == ["@example.org", "all@example.org", "team@example.test"]
    execute(
        run.socket,
        run.database,
        "UPDATE mail.mailbox SET expires_at = '2020-01-02 03:04Z', expires_to = 'send_only'"
        " WHERE full_name LIKE 'MAR%';"
        "INSERT INTO mail.send_as (mailbox, domain) SELECT id, 'example.org' FROM mail.address"
        " WHERE local_part = 'b';"
        "INSERT INTO mail.send_as (mailbox, address) SELECT b.id, a.id"
        " FROM mail.address b, mail.address a WHERE b.local_part = 'b' AND a.local_part = 'team'",
    )
    expired = run.ok("mail_info", gather=[], email="b@example.test")["account"]
    assert (expired["expires_at"], expired["expires_to"]) == ("2020-01-02 03:04 UTC", "send_only")
    assert (expired["status"], expired["may_submit"], expired["may_receive"]) == (
        "active",
        True,
        False,
    )
    others = ["@example.org", "x@example.org", "team@example.test"]
    assert expired["sends_as"] == ["b@example.test", *others]


SLIPS: list[tuple[dict[str, str], str]] = [
    ({"email": "c@example.test"}, "There is no user 'c@example.test'."),
    ({"email": "ab@example.test"}, "did you mean 'a.b@example.test'"),
    ({"email": "team@example.test"}, "the address is an alias for z@example.com.test, a@"),
    ({"email": "b@example.com"}, "is an alias domain; write 'b@example.test'"),
    ({"email": "b@exampl.test"}, "is not hosted here; did you mean 'b@example.test'"),
    ({"email": ""}, "The address '' is refused: it is empty"),
    ({"domain": "exampl.test"}, "There is no domain 'exampl.test'; did you mean 'example.test'"),
    ({"domain": "example"}, "the domain has no dot"),
    ({"status": "gone"}, "value of status must be one of: active, read_only"),
]


def test_a_slip_is_told(run: Runner) -> None:
    play(run, TREE)
    for options, said in SLIPS:
        for check in (False, True):
            assert said in run("mail_info", check=check, **options)["msg"]
