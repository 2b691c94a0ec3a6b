"""What the tests know about the host: the file that `make demo` and the scenarios write."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import typing as t

VARIABLE = "SELFHOST_CONNECTION"


@dataclasses.dataclass(frozen=True)
class User:
    email: str
    password: str
    full_name: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


@dataclasses.dataclass(frozen=True)
class Machine:
    """One that has a part of the mail system, with its addresses in the network of its own."""

    name: str
    inner: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Database:
    """How its roles log in: with passwords at a host, or at the local socket with none."""

    host: str
    ca_file: str
    passwords: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Connection:
    address: str
    address6: str
    hostname: str
    ca_file: str
    ports: t.Mapping[str, int]
    dns: str
    domains: tuple[str, ...]
    users: tuple[User, ...]
    outside_sender: str
    health_report: str
    administrator: str
    ssh_config: str
    inventory: str
    parts: t.Mapping[str, Machine]
    database: Database

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Each machine once: a small system has one for all parts."""
        return tuple(dict.fromkeys(self.parts.values()))

    def user(self, email: str) -> User:
        """The user of that address; tests need his password."""
        for user in self.users:
            if user.email == email:
                return user
        raise LookupError(f"{email} is none of the users in the file that {VARIABLE} names")


def read_connection() -> Connection:
    """Read the file that the environment names."""
    path = os.environ.get(VARIABLE, "")
    if not path:
        raise LookupError(f"{VARIABLE} is not set; give it the path of a connection.json")
    raw = json.loads(pathlib.Path(path).read_text())
    known = {field.name for field in dataclasses.fields(Connection)}
    missing = known - raw.keys()
    if missing:
        raise LookupError(f"{path} lacks {', '.join(sorted(missing))}")
    wanted = {key: value for key, value in raw.items() if key in known}
    users = tuple(User(u["email"], u["password"], u.get("full_name", "")) for u in raw["users"])
    parts = {
        part: Machine(machine["name"], tuple(machine["inner"]))
        for part, machine in raw["parts"].items()
    }
    parsed = {
        "domains": tuple(raw["domains"]),
        "users": users,
        "parts": parts,
        "database": Database(**raw["database"]),
    }
    return Connection(**{**wanted, **parsed})
