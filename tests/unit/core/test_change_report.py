"""What a person reads about a change, made or only planned."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.address import parse_alias_address
from ansible_collections.selfhost.mail.plugins.module_utils._core.change_report import (
    change_report,
    permitted,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.entities import (
    Accounts,
    Alias,
    Change,
    Domain,
    Permits,
    Request,
    User,
    WantedAlias,
    WantedDomain,
    WantedUser,
)

ANNA, OFFICE, ALL = map(
    parse_alias_address, ("anna@example.test", "office@example.test", "@example.test")
)
USER = User(ANNA, "{X}a", "Anna")
SUSPENDED = User(ANNA, "{X}b", "Anna", "suspended")
ALIAS, CATCH_ALL = Alias(OFFICE, (ANNA,)), Alias(ALL, (ANNA,))
DOMAIN, CLOSED = Domain("example.test"), Domain("example.test", status="closed")
STATUSES = {
    "active": Permits(True, True, True),
    "suspended": Permits(False, False, True),
    "closed": Permits(False, False, False, "550 5.2.1 Closed"),
}
ASKED_USER = Request(users=(WantedUser(ANNA),))
ASKED_ALIAS = Request(aliases=(WantedAlias(OFFICE),))
ASKED_DOMAIN = Request(domains=(WantedDomain("example.test"),))

CASES: dict[str, tuple[Request, Change | None, Accounts, list[str]]] = {
    "a user is added": (
        ASKED_USER,
        Change(None, USER),
        Accounts(),
        ["The user anna@example.test was added."],
    ),
    "a user is changed": (
        ASKED_USER,
        Change(USER, SUSPENDED),
        Accounts(),
        [
            "The user anna@example.test was changed.",
            "what      before  after",
            "status    active  suspended",
            "password  (set)   (changed)",
            "In status suspended: may receive; may not log in, send.",
        ],
    ),
    "a user is removed": (
        ASKED_USER,
        Change(USER, None),
        Accounts(),
        ["The user anna@example.test was removed."],
    ),
    "a user stays": (
        ASKED_USER,
        None,
        Accounts(users={ANNA: USER}),
        ["Nothing had to be changed. The user anna@example.test is as it should be."],
    ),
    "a user was removed before": (
        ASKED_USER,
        None,
        Accounts(domains={"example.test": DOMAIN}, retired={ANNA: "2026-11-21"}),
        [
            "Nothing had to be changed. There is no user 'anna@example.test': the address is"
            " retired since 2026-11-21."
        ],
    ),
    "a domain is closed": (
        ASKED_DOMAIN,
        Change(DOMAIN, CLOSED),
        Accounts(),
        [
            "The domain example.test was changed.",
            "what    before  after",
            "status  active  closed",
            "In status closed: may not log in, send, receive;"
            " mail is refused with '550 5.2.1 Closed'.",
        ],
    ),
    "a domain becomes an alias": (
        ASKED_DOMAIN,
        Change(DOMAIN, Domain("example.test", "alias", "example.org")),
        Accounts(),
        [
            "The alias domain example.test was changed.",
            "what      before  after",
            "kind      hosted  alias",
            "alias of  –       example.org",
        ],
    ),
    "no such domain": (
        ASKED_DOMAIN,
        None,
        Accounts(names=("example.tests",)),
        [
            "Nothing had to be changed."
            " There is no domain 'example.test'; did you mean 'example.tests'?"
        ],
    ),
    "an alias is added": (
        ASKED_ALIAS,
        Change(None, ALIAS),
        Accounts(),
        [
            "The alias office@example.test was added.",
            "Mail to office@example.test goes to anna@example.test.",
        ],
    ),
    "a catch-all is added": (
        ASKED_ALIAS,
        Change(None, CATCH_ALL),
        Accounts(),
        [
            "The catch-all @example.test was added.",
            "Mail to addresses of example.test that nobody has goes to anna@example.test.",
        ],
    ),
    "no such alias": (
        ASKED_ALIAS,
        None,
        Accounts(),
        ["Nothing had to be changed. There is no alias 'office@example.test'."],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_lines(name: str) -> None:
    request, change, after, expected = CASES[name]
    after.statuses = STATUSES
    changes: t.Sequence[Change] = [change] if change else []
    assert change_report(request, changes, after, check=False) == expected
    would = change_report(request, changes, after, check=True)
    assert would[0] == expected[0].replace(" was ", " would be ", 1 if change else 0)
    assert would[1:] == expected[1:]


def test_a_status_that_permits_all() -> None:
    assert permitted(Permits(True, True, True)) == "may log in, send, receive"
