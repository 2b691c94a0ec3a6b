"""What the tests of refused configurations share."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import pytest
import testinfra

from configuration.cases import Case
from configuration.host import Host
from e2e.clients import Clients, Inbox, message, subject, verified
from e2e.connection import Connection, User, read_connection
from e2e.control import Control
from e2e.traffic import Probe

PLAYBOOK = pathlib.Path(__file__).with_name("refusals.yml")
Refuse = t.Callable[[t.Sequence[Case]], list[str]]


@pytest.fixture(scope="session")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="session")
def control(connection: Connection) -> Control:
    return Control(connection)


@pytest.fixture(scope="session")
def host(connection: Connection) -> t.Iterator[Host]:
    found = Host(
        testinfra.get_host(
            f"ssh://{connection.hostname}?sudo=true", ssh_config=connection.ssh_config
        )
    )
    found.prepare()
    yield found
    found.clean()


@pytest.fixture(scope="session")
def mail(connection: Connection) -> Probe:
    """A stranger's message, read by its recipient."""
    clients = Clients(connection, verified(connection), connection.address)
    return correspondence(clients, connection.outside_sender, connection.users[0])


def correspondence(clients: Clients, sender: str, user: User) -> Probe:
    def exchange() -> str:
        made = message(sender, user.email)
        with clients.server() as server:
            server.send_message(made)
        client = clients.imap()
        try:
            client.login(user.email, user.password)
            client.select()
            Inbox(client).wait(subject(made), within=10)
            Inbox(client).delete(subject(made))
        finally:
            client.shutdown()
        return "read"

    return exchange


@pytest.fixture(scope="session")
def refuse(control: Control) -> Refuse:
    """Run roles with what they must refuse, and return what each of them said."""

    def refusals(cases: t.Sequence[Case]) -> list[str]:
        printed = control.play(PLAYBOOK, cases=[dataclasses.asdict(case) for case in cases])
        return [" ".join(texts) for texts in said(json.loads(printed))]

    return refusals


def said(played: dict[str, t.Any]) -> t.Iterator[list[str]]:
    """The sentences of each case, of what the callback plugin `json` printed."""
    for play in played["plays"]:
        for task in play["tasks"]:
            for result in task["hosts"].values():
                if isinstance(result.get("msg"), dict) and "refusal" in result["msg"]:
                    yield result["msg"]["refusal"]
