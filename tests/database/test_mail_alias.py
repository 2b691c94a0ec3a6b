"""mail_alias: one namespace, no way into nowhere, no loop."""

from __future__ import annotations

import pytest
from database.modules import Runner
from database.tables import CHANGED, OK, Step, alias, domain, play, user

HASH = "{SSHA512}" + "A" * 88


def start(*names: str) -> list[Step]:
    users = [user(CHANGED, f"{name}@example.test", password_hash=HASH) for name in names]
    return [domain(CHANGED), *users]


TABLES: dict[str, list[Step]] = {
    "add, change, remove": [
        *start("alice", "bob"),
        alias(CHANGED, "info@example.test", "alice@example.test", "friend@example.com"),
        alias(OK, "INFO@example.test", "friend@EXAMPLE.com", "alice@example.test"),
        alias(CHANGED, "info@example.test", "bob@example.test"),
        alias(CHANGED, "info@example.test", state="absent"),
        alias(OK, "info@example.test", state="absent"),
        alias(CHANGED, "info@example.test", "bob@example.test"),
    ],
    "a catch-all": [
        *start("alice"),
        alias(CHANGED, "@example.test", "alice@example.test"),
        alias(OK, "@Example.test", "Alice@example.test"),
        alias(CHANGED, "@example.test", "friend+list@example.com"),
        alias(CHANGED, "@example.test", state="absent"),
    ],
    "one namespace": [
        *start("alice", "bob"),
        alias("the address is a mailbox since 2", "alice@example.test", "bob@example.test"),
        alias(
            "is a user's and no alias; remove it with mail_user", "bob@example.test", state="absent"
        ),
        user(CHANGED, "bob@example.test", state="absent"),
        alias("the address is retired since 2", "bob@example.test", "alice@example.test"),
        alias(CHANGED, "bob@example.test", "alice@example.test", reuse_retired=True),
        user(
            "the address is an alias for alice@example.test since 2",
            "bob@example.test",
            password_hash=HASH,
        ),
        user(CHANGED, "alice@example.test", aliases=["al@example.test"]),
        alias("belongs to the user 'alice@example.test'", "al@example.test", "alice@example.test"),
        alias("belongs to the user 'alice@example.test'", "al@example.test", state="absent"),
    ],
    "no way into nowhere": [
        *start("alice", "bob"),
        domain(CHANGED, "example.org", alias_of="example.test"),
        alias(
            "the domain is hosted here and has no such address", "a@example.test", "x@example.test"
        ),
        alias(
            "'example.org' is an alias domain; write 'alice@example.test'",
            "a@example.test",
            "alice@example.org",
        ),
        alias("the domain 'example.com' is not hosted here", "a@example.com", "alice@example.test"),
        alias(
            "is an alias domain; add 'a@example.test', which it follows",
            "a@example.org",
            "alice@example.test",
        ),
        user(CHANGED, "bob@example.test", state="absent"),
        alias("which is retired since 2", "a@example.test", "bob@example.test"),
        alias("state is present but all of the following are missing: targets", "a@example.test"),
        ("mail_alias", {"address": "a@example.test", "targets": []}, "has no targets"),
    ],
    "what an alias leads to stays": [
        *start("alice"),
        alias(CHANGED, "info@example.test", "alice@example.test"),
        alias(CHANGED, "office@example.test", "info@example.test"),
        user(
            "cannot be removed, since aliases lead to it: info@example.test",
            "alice@example.test",
            state="absent",
        ),
        alias(
            "cannot be removed, since aliases lead to it: office@example.test",
            "info@example.test",
            state="absent",
        ),
        alias(CHANGED, "office@example.test", state="absent"),
        alias(CHANGED, "info@example.test", state="absent"),
        user(CHANGED, "alice@example.test", state="absent"),
    ],
    "what has to be there": [
        *start("alice", "bob"),
        alias(
            "There is no alias 'info@", "info@example.test", "alice@example.test", expect="known"
        ),
        alias(CHANGED, "info@example.test", "alice@example.test", expect="new"),
        alias(OK, "info@example.test", "alice@example.test", expect="new"),
        alias(
            "and leads to alice@example.test; the playbook change_alias changes it",
            "info@example.test",
            "bob@example.test",
            expect="new",
        ),
        alias(
            "did you mean 'info@example.test'?",
            "inf@example.test",
            "bob@example.test",
            expect="known",
        ),
        alias(
            "the address is a user's own", "alice@example.test", "bob@example.test", expect="known"
        ),
        alias(CHANGED, "info@example.test", " bob@example.test ", expect="known"),
    ],
    "no loop": [
        *start("alice"),
        alias("no such address", "a@example.test", "b@example.test"),
        alias(
            "would lead to itself: a@example.test → a@example.test",
            "a@example.test",
            "a@example.test",
        ),
        alias(CHANGED, "a@example.test", "alice@example.test"),
        alias(CHANGED, "b@example.test", "a@example.test"),
        alias(CHANGED, "c@example.test", "b@example.test", "friend@example.com"),
        alias(
            "a@example.test → c@example.test → b@example.test → a@example.test",
            "a@example.test",
            "c@example.test",
        ),
        alias(
            "nothing stands before the @",
            "@example.test",
            "c@example.test",
            "@example.test",
        ),
    ],
    "bad addresses": [
        *start("alice"),
        alias(
            "'+' separates an address from its extension", "a+b@example.test", "alice@example.test"
        ),
        alias("it has no @", "info", "alice@example.test"),
        alias("it has 2 @ signs", "@@example.test", "alice@example.test"),
        alias("The address 'alice' is refused: it has no @", "a@example.test", "alice"),
    ],
}


@pytest.mark.parametrize("name", TABLES)
def test_table(run: Runner, name: str) -> None:
    play(run, TABLES[name])


def test_the_result_is_the_alias(run: Runner) -> None:
    play(run, start("alice"))
    targets = ["alice@example.test", "Friend@example.com"]
    result = run.ok("mail_alias", address="Info@example.test", targets=targets)
    shown = {
        "address": "info@example.test",
        "targets": ["friend@example.com", "alice@example.test"],
        "owner": None,
    }
    assert result["alias"] == shown
    assert result["diff"]["after"]["info@example.test"]["targets"] == shown["targets"]
    assert result["report"] == [
        "The alias info@example.test was added.",
        "Mail to info@example.test goes to friend@example.com, alice@example.test.",
    ]
    assert run.ok("mail_alias", address="info@example.test", state="absent")["alias"] == {}
    again = run.ok("mail_alias", address="info@example.test", state="absent")
    assert again["report"] == ["Nothing had to be changed. There is no alias 'info@example.test'."]
