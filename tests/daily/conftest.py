"""What the tests of daily work share: people who are there for this run only."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import secrets
import typing as t

import pytest

from daily.playbooks import Playbooks
from e2e.clients import Clients, recipient_reply, verified
from e2e.connection import Connection, User, read_connection
from e2e.control import Control


@pytest.fixture(scope="session")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="session")
def clients(connection: Connection) -> Clients:
    return Clients(connection, verified(connection), connection.address)


@pytest.fixture(scope="session")
def playbooks(connection: Connection, tmp_path_factory: pytest.TempPathFactory) -> Playbooks:
    inventory = str(pathlib.Path(connection.inventory).resolve())
    return Playbooks(inventory, tmp_path_factory.mktemp("administrator"))


@pytest.fixture(scope="module")
def run_id() -> str:
    return secrets.token_hex(4)


@pytest.fixture(scope="module")
def domain(run_id: str) -> str:
    """A domain that no other file of tests has."""
    return f"daily-{run_id}.example.test"


@dataclasses.dataclass(frozen=True)
class People:
    anna: User
    ben: User
    carla: User


@pytest.fixture(scope="module")
def people(connection: Connection, domain: str) -> t.Iterator[People]:
    """Users in that domain, as only this file changes them."""
    names = {"anna": "Anna Österreicher", "ben": "李本", "carla": ""}
    made = [
        User(f"{name}@{domain}", secrets.token_urlsafe(12), full) for name, full in names.items()
    ]
    users = [dataclasses.asdict(user) for user in made]
    control = Control(connection)
    control.module("mail_users", domains=[domain], users=users)
    yield People(*made)
    gone = {"name": domain, "state": "absent", "force": True}
    control.module("mail_domain", **gone)


@pytest.fixture
def verdict(connection: Connection, clients: Clients) -> t.Iterator[t.Callable[[str], str]]:
    """What the host says to another server that has mail for an address."""
    with clients.server() as server:

        def ask(recipient: str) -> str:
            code, text = recipient_reply(server, connection.outside_sender, recipient)
            return f"{code} {text}"

        yield ask


@pytest.fixture
def gets_in(clients: Clients) -> t.Callable[[User], bool]:
    """Whether a user can log in at this moment."""
    return lambda user: login(clients, user)


@pytest.fixture
def is_shut_out(connection: Connection, clients: Clients) -> t.Callable[[User], bool]:
    """The contrary, asked from an address whose next logins Dovecot may let wait."""
    elsewhere = dataclasses.replace(clients, address=connection.address6)
    return lambda user: not login(elsewhere, user)


def login(clients: Clients, user: User) -> bool:
    with clients.imap() as client, contextlib.suppress(client.error):
        client.login(user.email, user.password)
        return True
    return False


@pytest.fixture
def connected(clients: Clients) -> t.Iterator[t.Callable[[User], t.Callable[[], bool]]]:
    """Logs a user in; what comes of it says whether the session still goes on."""
    with contextlib.ExitStack() as opened:

        def log_in(user: User) -> t.Callable[[], bool]:
            client = clients.imap(user)
            opened.callback(client.shutdown)

            def goes_on() -> bool:
                with contextlib.suppress(client.error, OSError):
                    return bool(client.noop()[0] == "OK")
                return False

            return goes_on

        yield log_in
