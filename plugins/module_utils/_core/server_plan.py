# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a PostgreSQL server lacks for a mail system, and which rights its administrator lacks."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Attributes = t.Mapping[str, int]
Right = tuple[str, str]  # who, what

PUBLIC = "PUBLIC"
ENCODING = "UTF8"
# Attributes of a role, yes or no, as SQL spells them.
SPELLED = {
    "login": "LOGIN",
    "superuser": "SUPERUSER",
    "create_role": "CREATEROLE",
    "create_database": "CREATEDB",
    "replication": "REPLICATION",
    "bypass_rls": "BYPASSRLS",
}
# These are given and taken by those alone who have them.
_PRIVILEGED = ("superuser", "create_database", "replication", "bypass_rls")


@dataclass(frozen=True)
class Role:
    """A role as it is, or as it has to be: an attribute that is not named is left alone."""

    name: str
    attributes: Attributes
    settings: frozenset[str] = frozenset()
    expires: bool = False


@dataclass(frozen=True)
class Database:
    """A database as it is: what was granted, what the roles may do, what may be granted."""

    owner: str
    encoding: str
    granted: frozenset[Right]
    effective: frozenset[Right]
    grantable: frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """The database, when it has a name, belongs to the owner; the roles may connect."""

    roles: tuple[Role, ...]
    database: str = ""
    owner: str = ""
    passwords: frozenset[str] = frozenset()
    keep_passwords: bool = False


@dataclass(frozen=True)
class Server:
    """What is there, and what the administrator may do to the roles."""

    administrator: Role
    roles: t.Mapping[str, Role]
    administered: frozenset[str] = frozenset()
    acts_as: frozenset[str] = frozenset()
    passwords_in_force: frozenset[str] = frozenset()
    database: Database | None = None


@dataclass(frozen=True)
class RoleChange:
    """What becomes different about a role, which is made first when it is new."""

    name: str
    is_new: bool
    attributes: Attributes
    before: Attributes
    put_settings: tuple[str, ...] = ()
    reset_settings: tuple[str, ...] = ()
    never_expires: bool = False


@dataclass(frozen=True)
class Lacking:
    """What somebody with more rights has to do first: words of SQL for roles, roles, rights."""

    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    administered: tuple[str, ...] = ()
    grantable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    roles: tuple[RoleChange, ...] = ()
    passwords: tuple[str, ...] = ()
    joins_owner: bool = False
    makes_database: bool = False
    acts_as_owner: bool = False
    revoke: tuple[Right, ...] = ()
    grant: tuple[Right, ...] = ()


def plan(wanted: Wanted, found: Server) -> tuple[Plan, Lacking | None]:
    """All that has to change, and what keeps the administrator from doing it."""
    if found.database and found.database.encoding != ENCODING:
        raise ValueError(
            f"The database {wanted.database!r} has the encoding {found.database.encoding}, and mail"
            f" needs {ENCODING}; choose another database with site_database_name."
        )
    roles = tuple(change for role in wanted.roles for change in _role_changes(role, found.roles))
    new = {change.name for change in roles if change.is_new}
    stale = wanted.passwords - found.passwords_in_force
    revoke, grant = _rights(wanted, found.database)
    is_free = not wanted.owner or found.administrator.attributes["superuser"]
    planned = Plan(
        roles=roles,
        passwords=tuple(sorted(stale & new if wanted.keep_passwords else stale)),
        joins_owner=not is_free and wanted.owner not in found.acts_as,
        makes_database=bool(wanted.database) and not found.database,
        acts_as_owner=not found.database or found.database.owner == wanted.owner,
        revoke=revoke,
        grant=grant,
    )
    lacking = _lacking(planned, wanted, found)
    return planned, lacking if lacking != Lacking() else None


def told(planned: Plan, wanted: Wanted) -> list[str]:
    """The changes as a person reads them."""
    lines = [line for change in planned.roles for line in _told_role(change)]
    lines += [f"password of {name}" for name in planned.passwords]
    if planned.makes_database:
        lines.append(f"database {wanted.database}")
    lines += [f"{right} on {wanted.database} no longer for {who}" for who, right in planned.revoke]
    lines += [f"{right} on {wanted.database} for {who}" for who, right in planned.grant]
    if planned.joins_owner:
        lines.append(f"membership in {wanted.owner}")
    return lines


def _told_role(change: RoleChange) -> t.Iterator[str]:
    if change.is_new:
        yield f"role {change.name}"
        return
    for name, value in change.attributes.items():
        yield f"{name} of {change.name}: {change.before[name]} -> {value}"
    for setting in change.put_settings:
        yield f"setting of {change.name}: {setting}"
    for name in change.reset_settings:
        yield f"setting of {change.name}: {name} taken back"
    if change.never_expires:
        yield f"password of {change.name} does not expire"


def _role_changes(wanted: Role, found: t.Mapping[str, Role]) -> t.Iterator[RoleChange]:
    there = found.get(wanted.name)
    if there is None:
        settings = tuple(sorted(wanted.settings))
        yield RoleChange(wanted.name, True, wanted.attributes, {}, settings)
        return
    different = {
        name: value for name, value in wanted.attributes.items() if there.attributes[name] != value
    }
    before = {name: there.attributes[name] for name in different}
    put = tuple(sorted(wanted.settings - there.settings))
    names = {setting.partition("=")[0] for setting in wanted.settings}
    reset = sorted({setting.partition("=")[0] for setting in there.settings} - names)
    if different or put or reset or there.expires:
        yield RoleChange(wanted.name, False, different, before, put, tuple(reset), there.expires)


def _rights(
    wanted: Wanted, database: Database | None
) -> tuple[tuple[Right, ...], tuple[Right, ...]]:
    """What is revoked and granted: in somebody else's database nothing is taken from anybody."""
    if not wanted.database:
        return (), ()
    connect = {(role.name, "CONNECT") for role in wanted.roles if role.attributes.get("login")}
    if database and database.owner != wanted.owner:
        needed = (connect | {(wanted.owner, "CREATE")}) - database.effective
        return (), tuple(sorted(one for one in needed if (PUBLIC, one[1]) not in database.granted))
    if not database:
        return ((PUBLIC, "ALL"),), tuple(sorted(connect))
    open_to_all = any(who == PUBLIC for who, _right in database.granted)
    revoke = ((PUBLIC, "ALL"),) if open_to_all else ()
    return revoke, tuple(sorted(connect - database.granted))


def _lacking(planned: Plan, wanted: Wanted, found: Server) -> Lacking:
    may = found.administrator.attributes
    if may["superuser"]:
        return Lacking()
    own = []
    if (planned.roles or planned.passwords) and not may["create_role"]:
        own.append(SPELLED["create_role"])
    if planned.makes_database and not may["create_database"]:
        own.append(SPELLED["create_database"])
    attributes = [(found.administrator.name, tuple(own))]
    attributes += [(change.name, _beyond(change, may)) for change in planned.roles]
    touched = {change.name for change in planned.roles} | set(planned.passwords)
    if planned.joins_owner:
        touched.add(wanted.owner)
    grantable: set[str] = set()
    if found.database and found.database.owner != wanted.owner:
        grantable = {right for _who, right in planned.grant} - found.database.grantable
    return Lacking(
        tuple((name, words) for name, words in attributes if words),
        tuple(sorted((touched & found.roles.keys()) - found.administered)),
        tuple(sorted(grantable)),
    )


def _beyond(change: RoleChange, may: Attributes) -> tuple[str, ...]:
    """Attributes of a role that the administrator can neither give nor take."""
    return tuple(
        SPELLED[name] if change.attributes[name] else f"NO{SPELLED[name]}"
        for name in _PRIVILEGED
        if bool(change.attributes.get(name)) != bool(change.before.get(name)) and not may[name]
    )
