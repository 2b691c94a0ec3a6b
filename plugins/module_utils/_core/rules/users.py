# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a user may be added, changed or removed."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ..address import Address
from ..entities import KNOWN, Accounts, Alias, Change, User, WantedUser
from ..faults import ColumnFault
from .namespace import check_domain, check_free, no_such_user, refuse_leading_aliases


def put_user(after: Accounts, wanted: WantedUser, hashes: t.Mapping[Address, str]) -> Change | None:
    email = wanted.email
    before = after.users.get(email)
    if before is None and wanted.expect == KNOWN:
        raise ValueError(no_such_user(after, email))
    check_domain(after, email, "user")
    if before is None:
        check_free(after, email, "user", wanted.reuse_retired)
        if email not in hashes:
            raise ColumnFault(
                "password" if wanted.origin else "",
                f"The user '{email}' does not exist yet and needs a password or a password_hash;"
                " mail_users generates passwords with the option hand_over.",
            )
    old = before or User(email, "")
    aliases = old.aliases if wanted.aliases is None else wanted.aliases
    user = replace(
        old,
        password_hash=hashes.get(email, old.password_hash),
        full_name=old.full_name if wanted.full_name is None else wanted.full_name,
        status=wanted.status or old.status,
        aliases=aliases,
    )
    added = set(aliases) - set(old.aliases)
    removed = set(old.aliases) - set(aliases)
    for address in sorted(added):
        check_domain(after, address, "alias")
        check_free(after, address, "alias", wanted.reuse_retired)
        if address == email:
            raise ValueError(f"The user '{email}' cannot be an alias of itself.")
    for address in sorted(removed):
        refuse_leading_aliases(after, address, f"alias '{address}' of the user '{email}'")
    for address in removed:
        del after.aliases[address]
    for address in added:
        after.aliases[address] = Alias(address, (email,), email)
    for address in {email, *added}:
        after.retired.pop(address, None)
    after.users[email] = user
    return Change(before, user) if user != before else None


def remove_user(after: Accounts, wanted: WantedUser) -> Change | None:
    email = wanted.email
    before = after.users.get(email)
    if before is None:
        if email in after.aliases:
            raise ValueError(
                f"The address '{email}' is an alias and no user; remove it with mail_alias."
            )
        if wanted.expect == KNOWN and email not in after.retired:
            raise ValueError(no_such_user(after, email))
        return None
    for address in before.aliases:
        refuse_leading_aliases(after, address, f"alias '{address}' of the user '{email}'")
    refuse_leading_aliases(after, email, f"user '{email}'", besides=before.aliases)
    for address in before.aliases:
        del after.aliases[address]
    del after.users[email]
    for address in (email, *before.aliases):
        after.retired[address] = "today"
    return Change(before, None)
