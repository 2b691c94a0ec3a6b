"""What the tests of the scenario services share."""

from __future__ import annotations

import typing as t

import pytest
import testinfra

from e2e.clients import NamedContext
from e2e.connection import Connection, User, read_connection
from e2e.control import Control
from services.places import CLIENT_NAME, trusting


@pytest.fixture(scope="session")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="session")
def control(connection: Connection) -> Control:
    return Control(connection)


@pytest.fixture(scope="session")
def host(connection: Connection) -> t.Any:
    """The mail host as testinfra sees it, as root."""
    return testinfra.get_host(
        f"ssh://{connection.hostname}?sudo=true", ssh_config=connection.ssh_config
    )


@pytest.fixture(scope="session")
def context(connection: Connection) -> NamedContext:
    """A mail program that was told the name for clients."""
    return trusting(connection, CLIENT_NAME)


@pytest.fixture(scope="session")
def maria(connection: Connection) -> User:
    return connection.user("maria.garcia@example.test")


@pytest.fixture(scope="session")
def jean_pierre(connection: Connection) -> User:
    return connection.user("jean-pierre.dubois@example.test")
