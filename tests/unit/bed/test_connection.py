"""connection.json says what a client needs, under the names that others rely on."""

from __future__ import annotations

import pathlib
import stat
import typing as t

from bed import connection, machines

BED = machines.bed("demo")
VARIABLES: dict[str, t.Any] = {
    "site_service_defaults": {
        name: {"port": port}
        for name, port in (("smtp", 25), ("submission", 587), ("submissions", 465), ("imaps", 993))
    },
    "site_admin_address": "admin@example.test",
    "site_database_host": "",
    "site_database_passwords": {},
    "site_tls_ca": "/y/ca.pem",
    "accounts_domains": ["example.test", {"name": "example.org"}],
}
USERS = [{"email": "a@example.test", "password": "secret", "full_name": "A", "quota": "1G"}]


def described(**changes: t.Any) -> dict[str, t.Any]:
    paths = pathlib.Path("/x/ca.pem"), pathlib.Path("/x/health.json")
    return connection.describe(BED, {**VARIABLES, **changes}, USERS, *paths)


def test_it_has_its_keys_and_no_others() -> None:
    assert described() == {
        "address": "10.89.41.10",
        "hostname": "mx1.example.test",
        "ca_file": "/x/ca.pem",
        "ports": {"smtp": 25, "submission": 587, "submissions": 465, "imaps": 993},
        "container": "selfhost-demo-mx1",
        "dns": "10.89.41.3",
        "domains": ["example.test", "example.org"],
        "users": [{"email": "a@example.test", "password": "secret", "full_name": "A"}],
        "outside_sender": "visitor@example.com",
        "health_report": "/x/health.json",
    }


def test_a_port_of_the_inventory_counts() -> None:
    ports = described(site_services={"imaps": {"port": 1993}, "pop3s": {"enabled": True}})["ports"]
    assert ports == {"smtp": 25, "submission": 587, "submissions": 465, "imaps": 1993}


def test_tests_learn_more() -> None:
    known = connection.for_tests(BED, described(), VARIABLES, pathlib.Path("/x/inventory"))
    assert known.items() >= described().items()
    assert known["administrator"] == "admin@example.test"
    assert known["address6"] == "fd89:41::10"
    assert known["parts"] == {
        part: {"name": "mx1.example.test", "inner": []} for part in ("edge", "database", "store")
    }
    assert known["database"] == {"host": "", "ca_file": "", "passwords": {}}


def test_tests_learn_where_each_part_is() -> None:
    passwords = {"mail_admin": "secret"}
    known = connection.for_tests(
        machines.bed("split"),
        described(),
        {**VARIABLES, "site_database_host": "db1", "site_database_passwords": passwords},
        pathlib.Path("/x/inventory"),
    )
    assert known["parts"] == {
        "edge": {"name": "mx1.example.test", "inner": ["10.90.46.10", "fd90:46::10"]},
        "database": {"name": "db1.internal.example.com", "inner": ["10.90.46.11", "fd90:46::11"]},
        "store": {"name": "store1.internal.example.com", "inner": ["10.90.46.12", "fd90:46::12"]},
    }
    assert known["database"] == {"host": "db1", "ca_file": "/y/ca.pem", "passwords": passwords}


def test_the_file_is_for_its_owner_alone(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "connection.json"
    path.touch(mode=0o644)
    connection.write(path, {"password": "secret"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
