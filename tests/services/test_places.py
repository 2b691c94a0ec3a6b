"""Each service is where the inventory puts it, and nowhere else."""

from __future__ import annotations

import concurrent.futures
import contextlib
import socket
import typing as t

from e2e.clients import NamedContext
from e2e.connection import Connection
from e2e.control import Control
from services.places import Place, addresses, connected, place, places, served


def is_open(at: Place) -> bool:
    try:
        socket.create_connection((at.address, at.port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_every_place_speaks_its_protocol_under_tls(
    connection: Connection, context: NamedContext
) -> None:
    for at in places(connection):
        assert served(at, context)


def test_no_other_place_answers(connection: Connection) -> None:
    elsewhere = places(connection, offered=False)
    assert len(elsewhere) == 7
    assert [str(found) for found in elsewhere if is_open(found)] == []
    assert not is_open(Place("submissions", connection.address6, 465))


def both(control: Control, **variables: t.Any) -> None:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        list(pool.map(lambda role: control.role(role, **variables), ("postfix", "dovecot")))


def test_places_move_on_a_running_host(
    connection: Connection, control: Control, context: NamedContext
) -> None:
    """From own addresses to all and back, while people are connected there."""
    submission, imaps = place(connection, "submission"), place(connection, "imaps")
    everywhere = [
        Place(found.service, address, found.port)
        for found in (submission, imaps)
        for address in addresses(connection)
    ]
    with contextlib.ExitStack() as sessions:
        for found in (submission, imaps):
            sessions.enter_context(connected(found, context))
        both(control, site_services={"imaps": {"addresses": []}})
        assert [str(found) for found in everywhere if not is_open(found)] == []
        for found in everywhere:
            sessions.enter_context(connected(found, context))
        both(control)
    assert [found for found in everywhere if is_open(found)] == [submission, imaps]
    test_every_place_speaks_its_protocol_under_tls(connection, context)
