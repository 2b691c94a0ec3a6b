"""What a run looks at, by what the host is of the mail system."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._edge.database.connection import Login
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes import ports, refusals
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes.settings import (
    PARTS,
    Settings,
    parse_settings,
)

SERVICES = {
    "smtp": {"port": 25, "enabled": True, "addresses": []},
    "submission": {"port": 587, "enabled": True, "addresses": ["127.0.0.1"]},
    "submissions": {"port": 465, "enabled": True, "addresses": []},
    "imaps": {"port": 993, "enabled": True, "addresses": []},
}
LMTP = {"lmtp": {"port": 24, "enabled": True, "addresses": ["10.0.0.12"]}}


def settings(*parts: str, **more: t.Any) -> Settings:
    options = {
        "hostname": "mx1.example.test",
        "client_hostname": "",
        "services": SERVICES,
        "mailbox": "health-probe@example.test",
        "outside_address": "health-probe@example.com",
        "public_addresses": [],
        "certificate_file": "",
        "ca_file": "",
        "resolver": [],
        "units": [],
        "parts": parts,
        "host": "",
        "edge_addresses": [],
        "inside_services": {},
        "inside_name": "",
    }
    return parse_settings({**options, **more}, Login(), ["192.0.2.10"])


def test_one_host_is_looked_at_from_itself() -> None:
    found = settings(*PARTS)
    assert [s.address for s in found.services] == ["192.0.2.10", "127.0.0.1"] + ["192.0.2.10"] * 2
    assert not any(service.remote or service.inside for service in found.services)
    assert ports.as_neighbour(found.services[0]).startswith("127.")


def test_a_store_looks_at_the_edges() -> None:
    found = settings("store", edge_addresses=["10.0.0.10", "10.0.0.11"])
    assert {s.address for s in found.services if s.name == "smtp"} == {"10.0.0.10", "10.0.0.11"}
    assert ports.as_neighbour(found.services[0]) == ""
    # it has seen no port of theirs at these addresses
    assert "port.answers smtp" in refusals.subjects(found.services[0])[0].after
    # 127.0.0.1 of an edge is out of its reach
    assert found.desk is not None
    assert found.desk.sending.name == "submissions"


def test_what_a_store_offers_the_edges() -> None:
    found = settings(
        "store",
        edge_addresses=["10.0.0.10"],
        inside_services=LMTP,
        inside_name="store1.example.com",
    )
    (lmtp,) = found.inside
    assert (lmtp.target, lmtp.hostname) == ("inside-lmtp 10.0.0.12:24", "store1.example.com")
    assert lmtp.implicit_tls
    assert not lmtp.remote


def test_a_store_must_know_its_edges() -> None:
    with pytest.raises(ValueError, match="edge_addresses"):
        settings("store")


def test_a_database_server_needs_to_know_nobody() -> None:
    assert settings("database").services
