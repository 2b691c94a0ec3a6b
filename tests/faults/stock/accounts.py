"""Put accounts into the tables of the stock host, thousands at once."""

from __future__ import annotations

import csv
import io
import pathlib
import shlex
import subprocess
import typing as t

from e2e.connection import Connection, User
from ledger.pool import HASH

SQL = pathlib.Path(__file__).with_name("accounts.sql")
PSQL = ["sudo", "runuser", "-u", "postgres", "--", "psql", "--quiet", "--set=ON_ERROR_STOP=1"]
BROUGHT = "CREATE TEMPORARY TABLE brought (kind text, name text, value text)"
PATIENCE = 60  # seconds


def write(
    connection: Connection, users: t.Sequence[User], aliases: t.Mapping[str, t.Sequence[str]]
) -> None:
    """Mailboxes of the ledger, which have one password."""
    add(connection, {user.email: HASH for user in users}, aliases)


def add(
    connection: Connection, users: t.Mapping[str, str], aliases: t.Mapping[str, t.Sequence[str]]
) -> None:
    """users: {address: {SCHEME}hash or password}, aliases: {address: targets}; all that is new."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerows(("user", address, secret) for address, secret in users.items())
    rows.writerows(("alias", address, target) for address, to in aliases.items() for target in to)
    commands = [BROUGHT, r"\copy brought FROM pstdin CSV", SQL.read_text()]
    remote = shlex.join([*PSQL, "mailserver", *(f"--command={command}" for command in commands)])
    name = connection.parts["database"].name
    options = ["-F", connection.ssh_config, "-o", "BatchMode=yes"]
    done = subprocess.run(
        ["ssh", *options, name, f"cd / && {remote}"],
        input=text.getvalue(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode or done.stderr:
        raise ValueError(f"{name}: {len(users)} accounts were not made: {done.stderr.strip()}")
