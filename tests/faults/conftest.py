"""The system of the scenario."""

from __future__ import annotations

import pytest

from e2e.connection import Connection, read_connection
from faults.site import Site


@pytest.fixture(scope="session")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="session")
def site(connection: Connection) -> Site:
    return Site(connection, "ours")
