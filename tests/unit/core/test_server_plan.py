"""What a server lacks, by the rules of versions of PostgreSQL that a test's server may not have."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.scram import is_stored
from ansible_collections.selfhost.mail.plugins.module_utils._core.server_plan import (
    SPELLED,
    Database,
    Lacking,
    Plan,
    Role,
    Server,
    Wanted,
    plan,
    told,
)

NOTHING = dict.fromkeys(SPELLED, False)
DBA = Role("dba", {**NOTHING, "login": True, "create_role": True, "create_database": True})
SUPERUSER = Role("postgres", dict.fromkeys(SPELLED, True))
OWNER = Role("owner", NOTHING)
READER = Role("reader", {**NOTHING, "login": True})
WANTED = Wanted((OWNER, READER), "mail", "owner", frozenset({"reader"}))
OURS = Database(
    "owner",
    "UTF8",
    granted=frozenset({("owner", "CONNECT"), ("owner", "CREATE"), ("reader", "CONNECT")}),
    effective=frozenset({("owner", "CONNECT"), ("owner", "CREATE"), ("reader", "CONNECT")}),
    grantable=frozenset({"CONNECT", "CREATE"}),
)
THEIRS = Database(
    "somebody",
    "UTF8",
    granted=frozenset({("PUBLIC", "CONNECT"), ("somebody", "CREATE")}),
    effective=frozenset({("owner", "CONNECT"), ("reader", "CONNECT")}),
    grantable=frozenset(),
)
READY = Server(
    DBA,
    {"owner": OWNER, "reader": READER},
    acts_as=frozenset({"owner"}),
    passwords_in_force=frozenset({"reader"}),
    database=OURS,
)
OTHER_READER = dataclasses.replace(READER, attributes={**READER.attributes, "connections": 1})
FIVE = Role("reader", {**READER.attributes, "connections": 5})


def test_nothing_is_left_to_do_and_no_right_is_asked_for() -> None:
    planned, lacking = plan(WANTED, dataclasses.replace(READY, administrator=Role("dba", NOTHING)))
    assert (told(planned, WANTED), lacking) == ([], None)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # roles that somebody else made, and no ADMIN OPTION on them
        ({"passwords_in_force": frozenset()}, Lacking(administered=("reader",))),
        ({"acts_as": frozenset()}, Lacking(administered=("owner",))),
        (
            {"acts_as": frozenset(), "passwords_in_force": frozenset()},
            Lacking(administered=("owner", "reader")),
        ),
        ({"acts_as": frozenset(), "administered": frozenset({"owner"})}, None),
        ({"database": THEIRS}, Lacking(grantable=("CREATE",))),
        ({"database": dataclasses.replace(THEIRS, grantable=frozenset({"CREATE"}))}, None),
        (
            {"database": None, "roles": {}, "administrator": Role("dba", NOTHING)},
            Lacking(attributes=(("dba", ("CREATEROLE", "CREATEDB")),)),
        ),
        ({"database": None, "roles": {}}, None),
        (
            {"roles": {"owner": OWNER, "reader": Role("reader", SUPERUSER.attributes)}},
            Lacking(
                attributes=(("reader", ("NOSUPERUSER", "NOREPLICATION", "NOBYPASSRLS")),),
                administered=("reader",),
            ),
        ),
        ({"administrator": SUPERUSER, "acts_as": frozenset(), "database": THEIRS}, None),
    ],
)
def test_what_the_administrator_lacks(found: dict[str, t.Any], expected: Lacking | None) -> None:
    _planned, lacking = plan(WANTED, dataclasses.replace(READY, **found))
    assert lacking == expected


def test_in_a_database_of_somebody_else_nothing_is_revoked() -> None:
    found = dataclasses.replace(READY, administrator=SUPERUSER, database=THEIRS)
    planned, _lacking = plan(WANTED, found)
    assert planned == Plan(grant=(("owner", "CREATE"),))


def test_what_is_not_named_is_left_alone() -> None:
    found = dataclasses.replace(READY, roles={"owner": OWNER, "reader": OTHER_READER})
    assert plan(WANTED, found)[0] == Plan(acts_as_owner=True)
    wanted = dataclasses.replace(WANTED, roles=(OWNER, FIVE))
    assert told(plan(wanted, found)[0], wanted) == ["connections of reader: 1 -> 5"]


def test_another_encoding_is_refused() -> None:
    found = dataclasses.replace(READY, database=dataclasses.replace(OURS, encoding="LATIN1"))
    with pytest.raises(ValueError, match="has the encoding LATIN1, and mail needs UTF8"):
        plan(WANTED, found)


# Made by PostgreSQL 17 of the password "pencil".
STORED = (
    "SCRAM-SHA-256$4096:/p59Lh5+YJKoVcn4/lTzeQ==$"
    "SiaBcqAMokn6INorA/HZwt+injJXd0Nn5u/FLvTrntg=:T38SlUj1DWOkbmB4BZu254xL9CcylIV44FmjUUsLHE8="
)


@pytest.mark.parametrize(
    ("password", "stored", "expected"),
    [
        ("pencil", STORED, True),
        ("Pencil", STORED, False),
        ("pencil", None, False),
        ("pencil", "", False),
        ("pencil", "md5" + "0" * 32, False),
        ("pencil", "SCRAM-SHA-256$4096:eHh4eA==$eA==:eA==", False),
    ],
)
def test_which_password_is_stored(password: str, stored: str | None, expected: bool) -> None:
    assert is_stored(password, stored) is expected
