# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of a task to a request: everything is parsed here, before anything else."""

from __future__ import annotations

import typing as t
import unicodedata
from functools import partial

from .address import (
    Address,
    parse_address,
    parse_alias_address,
    parse_domain,
    parse_own_address,
    sorted_addresses,
)
from .entities import ANY, STATUSES, Request, Secret, WantedAlias, WantedDomain, WantedUser
from .faults import Collector, Fault
from .passwords import check_cost, check_password, parse_hash

Options = t.Mapping[str, t.Any]
T = t.TypeVar("T")

_DOMAIN_KEYS = ("name", "kind", "alias_of")
_USER_KEYS = ("email", "password", "password_hash", "full_name", "status", "aliases")
_ALIAS_KEYS = ("address", "targets")


def domain_request(options: Options) -> Request:
    """Read the options of mail_domain."""
    collect = Collector()
    domain = _domain(options, "", collect)
    collect.check()
    return Request(domains=(domain,) if domain else ())


def user_request(options: Options) -> Request:
    """Read the options of mail_user."""
    collect = Collector()
    user = _user(options, options, "", collect)
    collect.check()
    return Request(users=(user,) if user else ())


def alias_request(options: Options) -> Request:
    """Read the options of mail_alias."""
    collect = Collector()
    alias = _alias(options, "", collect)
    collect.check()
    return Request(aliases=(alias,) if alias else ())


def accounts_request(
    options: Options, faults: t.Iterable[Fault] = ()
) -> tuple[Request, list[Fault]]:
    """Read the options of mail_users, whose lists hold what the other modules take one by one.

    The faults come along, to be told together with those that only a plan can find.
    """
    collect = Collector()
    collect.faults.extend(faults)
    domains, users, aliases = [], [], []
    for origin, row in _rows(options["domains"], "domains", "name", _DOMAIN_KEYS, collect):
        domains.append(_domain(row, origin, collect))
    for origin, row in _rows(options["users"], "users", "email", _USER_KEYS, collect):
        users.append(_user(row, options, origin, collect))
    for origin, row in _rows(options["aliases"], "aliases", "address", _ALIAS_KEYS, collect):
        aliases.append(_alias(row, origin, collect))
    request = Request(
        tuple(domain for domain in domains if domain),
        tuple(user for user in users if user),
        tuple(alias for alias in aliases if alias),
    )
    _refuse_doubles(request, collect)
    return request, collect.faults


def _rows(
    items: t.Sequence[t.Any] | None,
    name: str,
    key: str,
    known: t.Sequence[str],
    collect: Collector,
) -> t.Iterator[tuple[str, Options]]:
    """The items of a list with where they stand; a text stands for an item of that key only."""
    for number, item in enumerate(items or ()):
        row = {key: item} if isinstance(item, str) else item
        origin = f"{name}[{number}]"
        if not isinstance(row, dict) or key not in row:
            collect.run(origin, partial(_refuse, f"The entry has no {key}."))
            continue
        unknown = sorted(set(row) - {*known, "origin", "faulty"})
        if unknown:
            reason = f"The entry has the unknown key {unknown[0]!r}; known are {', '.join(known)}."
            collect.run(origin, partial(_refuse, reason))
            continue
        yield row.get("origin", origin), row


def _domain(row: Options, origin: str, collect: Collector) -> WantedDomain | None:
    def read() -> WantedDomain:
        kind, alias_of = row.get("kind"), row.get("alias_of")
        if kind not in (None, "hosted", "alias"):
            raise ValueError(f"The kind {kind!r} of a domain is unknown; it is hosted or alias.")
        return WantedDomain(
            name=parse_domain(_text(row["name"], "name")),
            kind=kind,
            alias_of=parse_domain(_text(alias_of, "alias_of")) if alias_of else None,
            status=_status(row.get("status")),
            present=_present(row),
            force=bool(row.get("force")),
            expect=row.get("expect") or ANY,
            origin=origin,
        )

    return collect.run(origin, read)


def _alias(row: Options, origin: str, collect: Collector) -> WantedAlias | None:
    def read() -> WantedAlias:
        targets = row.get("targets") or []
        if isinstance(targets, str):
            targets = [targets]
        return WantedAlias(
            address=parse_alias_address(_text(row["address"], "address")),
            targets=sorted_addresses(
                parse_address(_text(one, "targets").strip()) for one in targets
            ),
            present=_present(row),
            reuse_retired=bool(row.get("reuse_retired")),
            expect=row.get("expect") or ANY,
            origin=origin,
        )

    return collect.run(origin, read)


def _user(row: Options, settings: Options, origin: str, collect: Collector) -> WantedUser | None:
    def read(column: str, step: t.Callable[[], T]) -> T | None:
        if origin:
            return collect.run(origin, step, column)
        return collect.run("" if column == "email" else f"user {row['email']!r}", step)

    email = read("email", lambda: parse_own_address(_text(row["email"], "email")))
    secret = read("password", lambda: _secret(row, settings, email))
    is_none = (None, "") if "generated" in settings else (None,)
    is_given = row.get("password") not in is_none or row.get("password_hash") is not None
    if row.get("faulty") or (secret is None and is_given):
        # one was given and refused, which is told once
        secret = Secret()
    full_name = read("full_name", lambda: _full_name(row.get("full_name")))
    status = read("status", lambda: _status(row.get("status")))
    aliases = read("aliases", lambda: _own_aliases(row.get("aliases")))
    if email is None:
        return None
    return WantedUser(
        email=email,
        secret=secret,
        always_set_password=settings.get("update_password") == "always",
        full_name=full_name,
        status=status,
        aliases=aliases,
        present=_present(row),
        reuse_retired=bool(settings.get("reuse_retired")),
        add_only=bool(settings.get("add_only")),
        expect=settings.get("expect") or ANY,
        origin=origin,
    )


def _secret(row: Options, settings: Options, email: Address | None) -> Secret | None:
    password, ready_hash = row.get("password"), row.get("password_hash")
    # only mail_users has it: an empty password is none there, and generated for a new user
    if "generated" in settings and password in (None, "") and ready_hash is None:
        return _generated(settings, email)
    if password is not None and ready_hash is not None:
        raise ValueError("There is a password and a password_hash; give one of them.")
    if password is not None:
        scheme = settings["scheme"]
        rounds = check_cost(scheme, settings.get("rounds"))
        check_password(_text(password, "password", secret=True), scheme)
        return Secret(clear=password, scheme=scheme, rounds=rounds)
    if ready_hash is not None:
        return Secret(ready_hash=parse_hash(_text(ready_hash, "password_hash", secret=True)))
    return None


def _generated(settings: Options, email: Address | None) -> Secret | None:
    """The password that was generated for a user; one without clear text is still to be made."""
    if settings["generated"] is None:
        return None
    scheme = settings["scheme"]
    clear = settings["generated"].get(str(email))
    rounds = check_cost(scheme, settings.get("rounds"))
    return Secret(clear=clear, scheme=scheme, rounds=rounds, is_generated=True)


def _status(status: str | None) -> str | None:
    if status is not None and status not in STATUSES:
        raise ValueError(f"The status {status!r} is unknown; known are {', '.join(STATUSES)}.")
    return status


def _full_name(text: t.Any) -> str | None:
    if text is None:
        return None
    name = _text(text, "full_name").strip()
    for character in name:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise ValueError(
                f"The full name {name!r} holds the control character U+{ord(character):04X}."
            )
    return name


def _own_aliases(aliases: t.Sequence[t.Any] | None) -> tuple[Address, ...] | None:
    if aliases is None:
        return None
    return sorted_addresses(parse_own_address(_text(alias, "aliases").strip()) for alias in aliases)


def _present(row: Options) -> bool:
    return bool(row.get("state", "present") == "present")


def _text(value: t.Any, name: str, *, secret: bool = False) -> str:
    if isinstance(value, str):
        return value
    shown = "" if secret else f" {value!r}"
    raise ValueError(
        f"The value{shown} of {name} is a {type(value).__name__} and no text; put it in quotes."
    )


def _refuse(reason: str) -> None:
    raise ValueError(reason)


def _refuse_doubles(request: Request, collect: Collector) -> None:
    """The same object twice in one request would leave open which one is meant."""
    first: dict[object, tuple[str, str]] = {}
    named: list[tuple[str, object, str, str]] = []
    named += [("domain", domain.name, domain.origin, "name") for domain in request.domains]
    for user in request.users:
        named.append(("user", user.email, user.origin, "email"))
        named += [("alias", one, user.origin, "aliases") for one in user.aliases or ()]
    named += [("alias", alias.address, alias.origin, "address") for alias in request.aliases]
    for what, key, origin, column in named:
        if key not in first:
            first[key] = (what, origin)
        # a user as his own alias is refused by the rules
        elif first[key][1] != origin:
            other, place = first[key]
            also = "" if what == other else f" as the {other}"
            reason = f"The {what} '{key}' is named twice; it stands in {place} already{also}."
            collect.run(origin, partial(_refuse, reason), column)
