"""The plan: what its parts do together. The single rules are played in the state tables."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.address import parse_address
from ansible_collections.selfhost.mail.plugins.module_utils._core.diff import diff
from ansible_collections.selfhost.mail.plugins.module_utils._core.entities import (
    Accounts,
    Domain,
    Request,
    Secret,
    User,
    WantedAlias,
    WantedDomain,
    WantedUser,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.faults import Fault, Refused
from ansible_collections.selfhost.mail.plugins.module_utils._core.migrations import (
    Migration,
    parse_migrations,
    pending,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.plan import plan, unsettled
from ansible_collections.selfhost.mail.plugins.module_utils._core.sealed import seal, unseal

A, B = parse_address("a@example.test"), parse_address("b@example.test")


def stored() -> Accounts:
    return Accounts(
        domains={"example.test": Domain("example.test")}, users={A: User(A, "{X}old", "Alice")}
    )


def test_the_stored_accounts_stay_as_they_are() -> None:
    accounts = stored()
    plan(accounts, Request(users=(WantedUser(A, full_name="Other"),)), {})
    assert accounts == stored()


def test_no_representation_shows_a_secret() -> None:
    secret = Secret(clear="unmistakable", ready_hash="unmistakable")
    shown = repr(
        (WantedUser(A, secret), User(A, "unmistakable"), Migration(1, "x", "unmistakable"))
    )
    assert "unmistakable" not in shown


def test_a_diff_says_only_that_a_password_changes() -> None:
    wanted = WantedUser(A, Secret(clear="new"), always_set_password=True)
    planned = plan(stored(), Request(users=(wanted,)), {A: "{X}new"})
    shown = diff(planned.changes)
    assert shown["before"]["a@example.test"]["password"] == "(set)"
    assert shown["after"]["a@example.test"]["password"] == "(changed)"
    assert "{X}" not in str(shown)


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (WantedUser(A), False),
        (WantedUser(A, Secret("x")), False),
        (WantedUser(A, Secret("x"), always_set_password=True), True),
        (WantedUser(A, Secret("x"), always_set_password=True, add_only=True), False),
        (WantedUser(A, Secret("x"), always_set_password=True, present=False), False),
        (WantedUser(B), False),
        (WantedUser(B, Secret("x")), True),
        (WantedUser(B, Secret("x"), add_only=True), True),
    ],
)
def test_whose_hash_has_to_be_made(user: WantedUser, expected: bool) -> None:
    assert (unsettled(stored(), Request(users=(user,))) == [user]) is expected


def test_all_faults_are_collected_with_their_origins() -> None:
    request = Request(
        domains=(WantedDomain("example.org", alias_of="nowhere.test", origin="domains[0]"),),
        users=(WantedUser(B, origin="users[0]"),),
        aliases=(WantedAlias(A, (B,), origin="aliases[0]"),),
    )
    with pytest.raises(Refused) as refused:
        plan(stored(), request, {})
    origins = [fault.origin for fault in refused.value.faults]
    assert origins == ["domains[0]", "users[0]", "aliases[0]"]
    assert str(refused.value).startswith("3 faults, nothing was written:\n  domains[0]: The alias")


def test_a_long_list_of_faults_stays_readable() -> None:
    refused = Refused([Fault("No.", f"line {number}") for number in range(120)])
    assert len(str(refused).splitlines()) == 52
    assert str(refused).endswith("and 70 more.")


@pytest.mark.parametrize("secret", ["x", "", 'a"b', {"a": [1, None]}, "☃"])
def test_a_sealed_secret_arrives(secret: object) -> None:
    assert unseal(seal(secret)) == secret


@pytest.mark.parametrize("text", ["", "clear", "{}", "[]", "7", '{"other": 1}'])
def test_what_was_not_sealed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="by a way on which it could be written to a file"):
        unseal(text)


def test_pending_migrations() -> None:
    migrations = parse_migrations({"0002_b.sql": "b", "0001_a.sql": "a"})
    assert [one.name for one in migrations] == ["0001_a.sql", "0002_b.sql"]
    first, second = migrations
    assert pending(migrations, {}, "database") == migrations
    assert pending(migrations, {1: first.checksum}, "database") == [second]
    assert pending(migrations, {1: first.checksum, 2: second.checksum}, "database") == []
