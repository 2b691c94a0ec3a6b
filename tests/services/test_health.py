"""What the health playbook of the scenario has looked at."""

from __future__ import annotations

import json
import pathlib
import typing as t

from e2e.connection import Connection
from services.places import INTERNAL, places

Check = dict[str, t.Any]


def of_ports(connection: Connection, check: str) -> dict[str, str]:
    """Target → status of one check."""
    checks: list[Check] = json.loads(pathlib.Path(connection.health_report).read_text())["checks"]
    return {found["target"]: found["status"] for found in checks if found["id"] == check}


def test_it_knew_every_service(connection: Connection) -> None:
    """Each at its own addresses; without any, at the two that others see."""
    wanted = {
        str(place)
        for place in places(connection)
        if place.address != INTERNAL or place.service in ("submission", "imap")
    }
    for check in ("port.answers", "port.tls", "port.password_needs_tls", "certificate.current"):
        assert of_ports(connection, check) == dict.fromkeys(wanted, "passed"), check
