"""mail_domain: what it does and what it refuses."""

from __future__ import annotations

import pytest
from database.modules import Runner
from database.tables import CHANGED, OK, Step, alias, domain, play, user

HASH = "{SSHA512}" + "A" * 88
ALICE = user(CHANGED, "alice@example.test", password_hash=HASH)

TABLES: dict[str, list[Step]] = {
    "add and remove": [
        domain(CHANGED),
        domain(OK, "EXAMPLE.test"),
        domain(CHANGED, state="absent"),
        domain(OK, "example.org", state="absent"),
    ],
    "names become A-labels": [
        domain(CHANGED, "Bücher.example"),
        domain(OK, "xn--bcher-kva.example"),
    ],
    "an alias domain leads to a hosted one": [
        domain(
            "cannot lead to 'example.test', which is not hosted",
            "example.org",
            alias_of="example.test",
        ),
        domain(CHANGED),
        domain(CHANGED, "example.org", alias_of="example.test"),
        domain(OK, "example.org", kind="alias", alias_of="example.test"),
        domain(OK, "example.org"),
        domain("itself an alias of 'example.test'", "example.com", alias_of="example.org"),
        domain("cannot be an alias of itself", "example.com", alias_of="example.com"),
        domain("only one of kind 'alias' leads to another", kind="hosted", alias_of="example.org"),
        domain(CHANGED, "example.net"),
        domain(
            "cannot become an alias, since it has alias domains: example.org",
            kind="alias",
            alias_of="example.net",
        ),
        domain("cannot be removed, since it has alias domains: example.org", state="absent"),
        domain(CHANGED, "example.org", kind="hosted"),
        domain(CHANGED, state="absent"),
    ],
    "a domain with addresses stays hosted": [
        domain(CHANGED),
        domain(CHANGED, "example.org"),
        ALICE,
        domain(
            "has addresses of its own: alice@example.test", kind="alias", alias_of="example.org"
        ),
        user(CHANGED, "alice@example.test", state="absent"),
        domain("Retired ones go with the whole domain", kind="alias", alias_of="example.org"),
    ],
    "a status": [
        domain(CHANGED, status="send_only"),
        domain(OK),
        domain(OK, status="send_only"),
        domain(CHANGED, status="active"),
        domain(CHANGED, "example.org", alias_of="example.test"),
        domain("its users are those of 'example.test'", "example.org", status="closed"),
        domain(OK, "example.org", status="active"),
        domain(CHANGED, "example.com", status="closed"),
        domain(CHANGED, "example.com", kind="alias", alias_of="example.test"),
        domain("must be one of: active, read_only", status="gone"),
    ],
    "what has to be there": [
        domain("There is no domain 'example.test'.", expect="known"),
        domain(CHANGED, expect="new"),
        domain(OK, expect="new"),
        domain("did you mean 'example.test'?", "exmple.test", status="closed", expect="known"),
        domain(CHANGED, status="closed", expect="known"),
        domain(CHANGED, "example.org", expect="new"),
        domain(
            "exists and is hosted",
            "example.org",
            kind="alias",
            alias_of="example.test",
            expect="new",
        ),
        domain(CHANGED, "example.org", kind="alias", alias_of="example.test", expect="known"),
        domain(
            "exists and is an alias of 'example.test'", "example.org", kind="hosted", expect="new"
        ),
    ],
    "all that is in the way is told": [
        domain(CHANGED),
        domain(CHANGED, "example.org"),
        domain(CHANGED, "example.com", alias_of="example.test"),
        ALICE,
        alias(CHANGED, "info@example.org", "alice@example.test"),
        domain(
            "since it has alias domains: example.com. Remove these first. It has live mailboxes:"
            " alice@example.test. Remove these users first, or say force: true (their mail stays"
            " on disk in any case). Aliases of other domains lead to it: info@example.org.",
            state="absent",
        ),
    ],
    "a domain with users is removed by force only": [
        domain(CHANGED),
        domain(CHANGED, "example.org"),
        ALICE,
        user(CHANGED, "alice@example.test", aliases=["al@example.org", "al@example.test"]),
        user(CHANGED, "bob@example.test", password_hash=HASH),
        user(CHANGED, "bob@example.test", state="absent"),
        alias(CHANGED, "info@example.test", "alice@example.test", "bob@example.com"),
        alias(CHANGED, "@example.test", "info@example.test"),
        domain(
            "it has live mailboxes: alice@example.test. Remove these users first", state="absent"
        ),
        domain(CHANGED, state="absent", force=True),
        user("the domain 'example.test' is not hosted", "alice@example.test", password_hash=HASH),
        domain(CHANGED, "example.org", state="absent"),
    ],
    "a domain with aliases alone is removed": [
        domain(CHANGED),
        alias(CHANGED, "info@example.test", "bob@example.com"),
        domain(CHANGED, state="absent"),
    ],
    "a domain that aliases elsewhere lead to stays": [
        domain(CHANGED),
        domain(CHANGED, "example.org"),
        ALICE,
        alias(CHANGED, "info@example.org", "alice@example.test"),
        domain("aliases of other domains lead to it: info@example.org", state="absent", force=True),
        alias(CHANGED, "info@example.org", state="absent"),
        domain(CHANGED, state="absent", force=True),
    ],
    "bad names": [
        domain("The domain 'localhost' is refused: the domain has no dot", "localhost"),
        domain("the domain ends with a dot", "example.test."),
        domain("it has a space at position 8", "example test.org"),
        domain("an IP address is no mail domain", "[192.0.2.1]"),
        domain("the domain is empty", ""),
        domain("kind is alias but all of the following are missing: alias_of", kind="alias"),
    ],
}


@pytest.mark.parametrize("name", TABLES)
def test_table(run: Runner, name: str) -> None:
    play(run, TABLES[name])


def test_the_result_is_the_domain(run: Runner) -> None:
    expected = {"name": "example.test", "kind": "hosted", "alias_of": None, "status": "active"}
    assert run.ok("mail_domain", name="Example.Test", check=True)["domain"] == expected
    assert run.ok("mail_domain", name="Example.Test")["domain"] == expected
    removed = run.ok("mail_domain", name="example.test", state="absent")
    assert removed["domain"] == {}
    assert removed["report"] == ["The domain example.test was removed."]
    again = run.ok("mail_domain", name="example.test", state="absent", check=True)
    assert again["report"] == ["Nothing had to be changed. There is no domain 'example.test'."]
