"""The edge's watch, with the database and the store on other hosts."""

from __future__ import annotations

import json
import time
import typing as t

from e2e.connection import Connection

Host = t.Any
Hosts = t.Mapping[str, Host]


def state(edge: Host) -> dict[str, t.Any]:
    found: dict[str, t.Any] = json.loads(
        edge.check_output("cat /run/selfhost-mail-watch/state.json")
    )
    return found


def wait(edge: Host, what: str, answers: bool, within: float) -> dict[str, t.Any]:
    deadline = time.monotonic() + within
    found = state(edge)
    while found[what] is not answers:
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
        found = state(edge)
    return found


def wait_for_deed(edge: Host, deed: str, after: float, within: float) -> None:
    deadline = time.monotonic() + within
    while state(edge)["done"].get(deed, 0.0) <= after:
        assert time.monotonic() < deadline, state(edge)
        time.sleep(0.3)


def test_the_store_is_back(hosts: Hosts) -> None:
    edge, store = hosts["edge"], hosts["store"]
    wait(edge, "delivery", True, 5)
    before = state(edge)["at"]
    store.check_output("systemctl stop dovecot")
    try:
        assert wait(edge, "delivery", False, 5)["why"]["delivery"]
    finally:
        store.check_output("systemctl start dovecot")
    wait_for_deed(edge, "flush", before, 20)


def test_a_network_that_loses_all_is_noticed(hosts: Hosts, connection: Connection) -> None:
    """Nobody closes the connection; what the server says does not arrive any more."""
    edge, database = hosts["edge"], hosts["database"]
    wait(edge, "database", True, 5)
    before = state(edge)["at"]
    address = connection.parts["edge"].inner[0]
    database.check_output(f"ip route add blackhole {address}/32")
    try:
        found = wait(edge, "database", False, 10)
        assert "no answer within 3 s" in found["why"]["database"]
    finally:
        database.check_output(f"ip route del blackhole {address}/32")
    wait(edge, "database", True, 10)
    wait_for_deed(edge, "reload", before, 15)
    wait_for_deed(edge, "flush", before, 15)
