"""What the tests of several hosts share; much of it is what the end-to-end tests have."""

from __future__ import annotations

import contextlib
import pathlib
import shlex
import typing as t

import psycopg2
import pytest
from psycopg2.extensions import connection as Session

from bed import machines
from e2e.conftest import (
    accounts,
    clients,
    connection,
    control,
    elsewhere,
    host,
    hosts,
    inbox_of,
    run_id,
    sender_of,
)
from e2e.connection import Connection
from e2e.tunnel import LOOPBACK, forwarded

__all__ = [
    "accounts",
    "clients",
    "connection",
    "control",
    "elsewhere",
    "host",
    "hosts",
    "inbox_of",
    "run_id",
    "sender_of",
]

Login = t.Callable[..., Session]
Host = t.Any
Hosts = t.Mapping[str, Host]


@pytest.fixture(scope="session")
def bed(connection: Connection) -> machines.Bed:
    """The table of the machines and their addresses."""
    return machines.bed(pathlib.Path(connection.ssh_config).parent.name)


@pytest.fixture(scope="session")
def port(connection: Connection) -> t.Iterator[int]:
    """Leads through the edge to the database."""
    database, edge = connection.parts["database"], connection.parts["edge"]
    with forwarded(connection, edge.name, [(database.inner[0], 5432)]) as (port,):
        yield port


@pytest.fixture()
def login(connection: Connection, port: int) -> t.Iterator[Login]:
    """Logs in to the database as the edge does: from its address, over TLS that is verified."""
    with contextlib.ExitStack() as sessions:

        def log_in(role: str, password: str = "", **options: str) -> Session:
            wanted: dict[str, t.Any] = {
                "host": connection.database.host,
                "hostaddr": LOOPBACK,
                "port": port,
                "dbname": "mail",
                "user": role,
                "password": password or connection.database.passwords[role],
                "sslmode": "verify-full",
                "sslrootcert": connection.ca_file,
                "connect_timeout": "5",
                **options,
            }
            session: Session = psycopg2.connect(**wanted)
            sessions.callback(session.close)
            session.autocommit = True
            return session

        yield log_in


def do(host: Host, script: str) -> str:
    return str(host.check_output(f"bash -euc {shlex.quote(script)}"))


@contextlib.contextmanager
def stopped(host: Host, unit: str) -> t.Iterator[None]:
    do(host, f"systemctl stop {unit}")
    try:
        yield
    finally:
        do(host, f"systemctl start {unit}")
