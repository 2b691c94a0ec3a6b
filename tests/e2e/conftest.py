"""What the tests share: clients at several addresses, and accounts made for this run."""

from __future__ import annotations

import dataclasses
import secrets
import typing as t

import pytest
import testinfra

from e2e.clients import Clients, Inbox, verified
from e2e.connection import Connection, User, read_connection
from e2e.control import Control
from e2e.tunnel import LOOPBACK, tunnel


@dataclasses.dataclass(frozen=True)
class Accounts:
    """Users and aliases that nobody but this run has."""

    anna: User
    ben: User
    obrien: User
    real: User
    team: str  # alias of anna and ben
    personal: str  # anna's own alias, which she may send as
    catch_all: str  # domain whose mail goes to anna, but for the mailbox of `real`


@pytest.fixture(scope="session")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="session")
def clients(connection: Connection) -> Clients:
    """From the controller, over IPv4."""
    return Clients(connection, verified(connection), connection.address)


@pytest.fixture(scope="session")
def clients6(connection: Connection) -> Clients:
    """From the controller, over IPv6."""
    return Clients(connection, verified(connection), connection.address6)


@pytest.fixture(scope="session")
def elsewhere(connection: Connection) -> t.Iterator[Clients]:
    """From the outside machine, over IPv4."""
    with tunnel(connection, connection.address) as ports:
        through = dataclasses.replace(connection, ports=ports)
        yield Clients(through, verified(connection), LOOPBACK)


@pytest.fixture(scope="session")
def elsewhere6(connection: Connection) -> t.Iterator[Clients]:
    """From the outside machine, over IPv6."""
    with tunnel(connection, connection.address6) as ports:
        through = dataclasses.replace(connection, ports=ports)
        yield Clients(through, verified(connection), LOOPBACK)


@pytest.fixture(scope="session")
def control(connection: Connection) -> Control:
    return Control(connection)


@pytest.fixture(scope="session")
def hosts(connection: Connection) -> dict[str, t.Any]:
    """The machine of each part as testinfra sees it, as root."""
    by_name = {
        machine.name: testinfra.get_host(
            f"ssh://{machine.name}?sudo=true", ssh_config=connection.ssh_config
        )
        for machine in connection.machines
    }
    return {part: by_name[machine.name] for part, machine in connection.parts.items()}


@pytest.fixture(scope="session")
def host(hosts: dict[str, t.Any]) -> t.Any:
    """The machine that people and other servers connect to."""
    return hosts["edge"]


@pytest.fixture(scope="session")
def run_id() -> str:
    return secrets.token_hex(4)


@pytest.fixture(scope="session")
def accounts(connection: Connection, control: Control, run_id: str) -> Accounts:
    domain = connection.domains[1]
    catch_all = f"catch-all-{run_id}.example.test"

    def user(name: str, at: str) -> User:
        return User(f"{name}@{at}", secrets.token_urlsafe(12), "Test")

    made = Accounts(
        anna=user(f"anna-{run_id}", domain),
        ben=user(f"ben-{run_id}", domain),
        obrien=user(f"o'brien-{run_id}", domain),
        real=user("real", catch_all),
        team=f"team-{run_id}@{domain}",
        personal=f"anna.{run_id}@{domain}",
        catch_all=catch_all,
    )
    users = [made.anna, made.ben, made.obrien, made.real]
    control.module(
        "mail_users",
        domains=[catch_all],
        users=[
            {
                "email": user.email,
                "password": user.password,
                "full_name": user.full_name,
                "aliases": [made.personal] if user is made.anna else [],
            }
            for user in users
        ],
        aliases=[
            {"address": made.team, "targets": [made.anna.email, made.ben.email]},
            {"address": f"@{catch_all}", "targets": [made.anna.email]},
        ],
    )
    return made


@pytest.fixture(scope="session")
def inbox_of(clients: Clients) -> t.Iterator[t.Callable[[User], Inbox]]:
    """One IMAP session for each user, kept for the whole run."""
    kept: dict[str, Inbox] = {}

    def inbox(user: User) -> Inbox:
        if user.email not in kept:
            kept[user.email] = clients.inbox(user)
        return kept[user.email]

    yield inbox
    for opened in kept.values():
        # a test may have ended the session
        opened.client.shutdown()


@pytest.fixture(scope="session")
def sender_of(clients: Clients) -> t.Iterator[t.Callable[[User], t.Any]]:
    """One submission session for each user: a host limits how often a client may log in."""
    kept: dict[str, t.Any] = {}

    def sender(user: User) -> t.Any:
        if user.email not in kept:
            kept[user.email] = clients.submission(user)
        return kept[user.email]

    yield sender
    for opened in kept.values():
        opened.quit()
