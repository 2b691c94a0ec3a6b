"""mail_info lists everything but secrets."""

from __future__ import annotations

import json

from database.modules import Runner

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
