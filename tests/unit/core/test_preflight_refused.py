"""Why a host cannot become a mail system: one row per reason."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.facts import (
    Apt,
    Clock,
    Cluster,
    Listener,
    MailProgram,
    Room,
)
from unit.core.preflight_host import (
    HOST,
    INTERNAL,
    NOW,
    OTHER,
    PASSWORDS,
    STORE,
    service,
    verdict,
)

EXIM = Listener("127.0.0.1", 25, "/usr/sbin/exim4", 999)
LIGHT = "exim4-daemon-light"

REFUSED: list[tuple[str, dict[str, t.Any], dict[str, t.Any], str]] = [
    (
        "older Debian",
        {},
        {"release": "12", "system_name": "Debian GNU/Linux 12 (bookworm)"},
        "Debian GNU/Linux 12 (bookworm), and only Debian 13",
    ),
    (
        "other system",
        {},
        {"system": "ubuntu", "release": "13", "system_name": ""},
        "an unknown system, and only Debian 13",
    ),
    (
        "short host name",
        {"hostname": "mx1"},
        {},
        "site_hostname must be a fully qualified name. The domain 'mx1' is refused:",
    ),
    (
        "address as host name",
        {"hostname": "192.0.2.1"},
        {},
        "site_hostname must be a fully qualified name",
    ),
    ("no host name", {"hostname": ""}, {}, "the domain is empty"),
    (
        "host name is a domain",
        {"domains": ("MX1.example.test",)},
        {},
        "site_hostname mx1.example.test is also a domain in accounts_domains",
    ),
    (
        "host name is a domain in a dictionary",
        {"domains": ({"name": "mx1.example.test"},)},
        {},
        "give the host a name like mx1.mx1.example.test.",
    ),
    ("no administrator", {"admin_address": ""}, {}, "site_admin_address is missing."),
    (
        "malformed administrator",
        {"admin_address": "admin@@example.com"},
        {},
        "site_admin_address is malformed. The address 'admin@@example.com' is",
    ),
    (
        "unknown service",
        {"services": {"imapz": {"port": 1, "enabled": True}}},
        {},
        "site_services names 'imapz', which is no service: use one of imap, imaps,",
    ),
    (
        "port 0",
        service(port=0),
        {},
        "The service 'smtp' has the port 0: give a number from 1 to 65535 in site_",
    ),
    ("port 65536", service(port=65536), {}, "The service 'smtp' has the port 65536"),
    ("port in words", service(port="smtp"), {}, "The service 'smtp' has the port 'smtp'"),
    (
        "no port",
        {"services": {"smtp": {"enabled": True}}},
        {},
        "The service 'smtp' has the port None",
    ),
    (
        "name as address",
        service(addresses=["eth0"]),
        {},
        "The address 'eth0' of service 'smtp' is neither IPv4 nor IPv6: correct site_",
    ),
    (
        "port taken",
        {},
        {"listeners": (OTHER,)},
        "Port 25 for service smtp is taken by /usr/sbin/other (process 999): stop",
    ),
    (
        "port taken by nobody knows whom",
        {},
        {"listeners": (Listener("::", 25, "", 0),)},
        "is taken by something that shows no process here, such as a container",
    ),
    (
        "port taken by an exim4 that no package knows",
        {},
        {"listeners": (EXIM,)},
        "is taken by /usr/sbin/exim4 (process 999)",
    ),
    (
        "port taken by systemd",
        {},
        {"listeners": (Listener("::", 25, "/usr/lib/systemd/systemd", 1),)},
        "is taken by a socket unit of systemd, by /usr/lib/systemd/systemd (process 1): stop and",
    ),
    (
        "port taken by the proxy of a container",
        {},
        {"listeners": (Listener("0.0.0.0", 993, "/usr/bin/docker-proxy", 77),)},
        "Port 993 for service imaps is taken by a container that publishes it, by /usr/bin/docker-",
    ),
    (
        "port of a store's service where the edge looks for it",
        INTERNAL,
        {"listeners": (Listener("192.0.2.7", 993, "/usr/bin/x", 9),)},
        "Port 993 for service imaps is taken by /usr/bin/x",
    ),
    (
        "port of the store's LMTP",
        INTERNAL,
        {"listeners": (Listener("0.0.0.0", 24, "/usr/bin/x", 9),)},
        "Port 24 for service lmtp is taken by /usr/bin/x",
    ),
    (
        "port of the database where others look for it",
        {"internal_address": "192.0.2.7"},
        {"listeners": (Listener("192.0.2.7", 5432, "/usr/bin/x", 9),)},
        "Port 5432 for service postgresql is taken by /usr/bin/x",
    ),
    (
        "port taken on the wanted address",
        service(addresses=["127.0.0.1"]),
        {"listeners": (OTHER,)},
        "Port 25 for service smtp is taken by",
    ),
    (
        "port taken on every address",
        service(addresses=["192.0.2.1"]),
        {"listeners": (Listener("0.0.0.0", 25, "/usr/sbin/exim4", 9),)},
        "Port 25 for service smtp is taken by",
    ),
    (
        "another PostgreSQL",
        {},
        {"listeners": (Listener("127.0.0.1", 5432, "/usr/lib/postgresql/15/bin/postgres", 9),)},
        "Port 5432 for service postgresql is taken by /usr/lib/postgresql/15",
    ),
    (
        "no database",
        {"groups": STORE},
        {},
        "add it to the group mail_database, or set site_database_host.",
    ),
    (
        "no passwords",
        {
            "database_host": "db.example.org",
            "database_roles": PASSWORDS - {"mail_signer", "mail_admin"},
        },
        {},
        "site_database_passwords lacks mail_admin, mail_signer.",
    ),
    (
        "little room",
        {},
        {"rooms": (*HOST.rooms, Room("/var", 1023, 900_000, True))},
        "/var has 1023 MB free, and 1024 MB are asked for",
    ),
    (
        "few inodes",
        {},
        {"rooms": (Room("/srv", 5000, 19_999, True),)},
        "The file system of /srv has room for 19999 more files",
    ),
    (
        "read-only",
        {},
        {"rooms": (Room("/usr", 0, 0, False),)},
        "/usr lies on a file system that is mounted read-only: mount it writable",
    ),
    ("little memory", {}, {"memory_mb": 399}, "The host has 399 MB of memory with its swap space"),
    (
        "clock behind",
        {},
        {"clock": Clock(NOW - 61, True)},
        "The host's clock is 61 s behind the controller's, and 60 s are allowed",
    ),
    (
        "clock ahead",
        {"clock_tolerance_s": 10},
        {"clock": Clock(NOW + 3600, True)},
        "The host's clock is 3600 s ahead of the controller's, and 10 s are allowed",
    ),
    (
        "no resolver",
        {},
        {"resolver_answers": False, "name_resolves": False},
        "The host's resolver answers nothing, so it could neither send mail nor",
    ),
    (
        "address of another host",
        service(addresses=["192.0.2.1"]),
        {"absent_addresses": frozenset({"192.0.2.1"})},
        "The host has no address 192.0.2.1, where smtp would listen: configure it on the host",
    ),
    (
        "no such internal address",
        INTERNAL,
        {"absent_addresses": frozenset({"192.0.2.7"})},
        "has no address 192.0.2.7, where imaps, lmtp would listen",
    ),
    (
        "a name as internal address",
        {"internal_address": "eth1"},
        {},
        "site_internal_address is 'eth1', which is neither IPv4 nor IPv6",
    ),
    (
        "sources of the former Debian",
        {},
        {"apt": Apt(True, 0.5, frozenset({"bookworm", "bookworm-updates"}), "")},
        "The package sources of the host name bookworm, bookworm-updates, and not trixie",
    ),
    ("no sources", {}, {"apt": Apt(True, None, frozenset(), "")}, "name nothing, and not trixie"),
    (
        "sources that apt does not understand",
        {},
        {"apt": Apt(True, 0.5, frozenset(), "E: Malformed entry 1\nE: The list")},
        "apt does not understand its package sources: correct /etc/apt/sources.list and"
        " /etc/apt/sources.list.d. It says: E: Malformed entry 1 E: The list",
    ),
    (
        "messages that wait",
        {"replace_files": True},
        {"mail_programs": (MailProgram(LIGHT, (), 3),)},
        "3 messages wait in the queue of exim4",
    ),
    (
        "exim4 made by hand",
        {},
        {"mail_programs": (MailProgram(LIGHT, ("/etc/exim4/exim4.conf",)),)},
        "was configured by hand (/etc/exim4/exim4.conf); apt would remove it for Postfix",
    ),
    (
        "another mail program",
        {"replace_files": True},
        {"mail_programs": (MailProgram("nullmailer"),)},
        "The package nullmailer is the host's mail program, and apt would remove it",
    ),
    (
        "a former cluster on our port",
        {},
        {"clusters": (Cluster("15", "main", 5432),), "has_postgresql": False},
        "The PostgreSQL cluster 15/main has port 5432, on which 17/main is to listen",
    ),
    (
        "somebody's cluster on another port",
        {},
        {"clusters": (Cluster("17", "main", 5433),)},
        "has port 5433, and site_database_port is 5432, to which it would move",
    ),
    (
        "PostgreSQL without its cluster",
        {},
        {"clusters": (Cluster("17", "other", 5433),)},
        "PostgreSQL 17 is installed and has no cluster main: make it (pg_createcluster 17 main).",
    ),
]


@pytest.mark.parametrize(
    ("wanted", "host", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(wanted: dict[str, t.Any], host: dict[str, t.Any], reason: str) -> None:
    problems = verdict(wanted, host).problems
    assert len(problems) == 1
    assert reason in problems[0]
