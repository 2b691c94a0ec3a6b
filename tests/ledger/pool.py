"""Mailboxes for the load: a few that are used all the time, and thousands that never were."""

from __future__ import annotations

import base64
import dataclasses
import fcntl
import hashlib
import json
import pathlib
import tempfile
import typing as t

from e2e.connection import Connection, User
from e2e.control import Control

PASSWORD = "Ledger-Tamarinde-74"
# costs a host nothing to compare: logins are counted here, and not how long a hash takes
HASH = (
    "{SSHA512}"
    + base64.b64encode(hashlib.sha512(PASSWORD.encode() + b"ledger").digest() + b"ledger").decode()
)
CONSTANT = 8
SPARE = 5000  # mailboxes that nobody has used when a run begins
ACCOUNTS = pathlib.Path(__file__).with_name("accounts.yml")

Kind = t.Literal["ours", "stock"]
Write = t.Callable[[Connection, t.Sequence[User], t.Mapping[str, t.Sequence[str]]], None]


@dataclasses.dataclass(frozen=True)
class Pool:
    """`aliases` leads from an alias to the mailboxes behind it."""

    domain: str
    constant: tuple[User, ...]
    aliases: t.Mapping[str, tuple[str, ...]]
    end: int  # the number after that of the last mailbox
    counter: pathlib.Path

    def fresh(self) -> User:
        """A mailbox that nobody was given before, whatever else runs on this host."""
        number = count(self.counter, 1)
        if number >= self.end:
            raise LookupError(
                f"all {self.end} mailboxes of {self.domain} have been used; prepare more first"
            )
        return fresh_user(self.domain, number)


def fresh_user(domain: str, number: int) -> User:
    return User(f"load-{number:05}@{domain}", PASSWORD)


def count(counter: pathlib.Path, by: int) -> int:
    """How many had been given out, before so many more are; two processes get different ones."""
    with counter.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        used = int(file.read() or 0)
        if by:
            file.truncate(0)
            file.write(str(used + by))
    return used


def pool_of(connection: Connection, spare: int = SPARE) -> Pool:
    """What there is on a host once it is prepared."""
    domain = connection.domains[0]
    constant = tuple(
        User(f"load-constant-{number}@{domain}", PASSWORD) for number in range(1, CONSTANT + 1)
    )
    one, two, three = (user.email for user in constant[:3])
    aliases = {f"load-alias@{domain}": (one,), f"load-team@{domain}": (two, three)}
    # beside tests.json, as the host's certificate is
    counter = pathlib.Path(connection.ca_file).with_name("ledger-used")
    return Pool(domain, constant, aliases, count(counter, 0) + spare, counter)


def prepare(connection: Connection, kind: Kind = "ours", spare: int = SPARE) -> Pool:
    """Make the mailboxes on the host, those that are not there yet."""
    pool = pool_of(connection, spare)
    first = pool.end - spare
    users = [*pool.constant, *(fresh_user(pool.domain, n) for n in range(first, pool.end))]
    writer(kind)(connection, users, pool.aliases)
    return pool


def writer(kind: Kind) -> Write:
    """Who makes accounts on a host of that kind."""
    if kind == "ours":
        return write
    from faults.stock import accounts

    return accounts.write


def write(
    connection: Connection, users: t.Sequence[User], aliases: t.Mapping[str, t.Sequence[str]]
) -> None:
    """On a host of this collection."""
    control = Control(connection)
    given = {
        "login": control.login(),
        "users": [{"email": user.email, "password_hash": HASH} for user in users],
        "aliases": [{"address": name, "targets": to} for name, to in aliases.items()],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(given, file)
        file.flush()
        printed = control.play(ACCOUNTS, ledger_accounts=file.name)
    stats = json.loads(printed)["stats"]
    failed = [host for host, of in stats.items() if of["failures"] or of["unreachable"]]
    if failed or not stats:
        raise RuntimeError(f"the mailboxes of the load were not made:\n{printed[-2000:]}")
