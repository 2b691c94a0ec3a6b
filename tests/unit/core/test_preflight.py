"""Why a host cannot become a mail system: one row per reason."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.daemon_files import (
    DaemonFiles,
    md5,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight import (
    Host,
    Listener,
    Verdict,
    Wanted,
    judge,
    sentence,
)

WANTED = Wanted(
    hostname="mx1.example.test",
    admin_address="admin@example.com",
    domains=("example.test", {"name": "example.org"}),
    groups=frozenset({"mail", "mail_database", "mail_store", "mail_edge"}),
    services={
        "smtp": {"port": 25, "enabled": True, "addresses": []},
        "imaps": {"port": 993, "enabled": True, "addresses": []},
        "sieve": {"port": 4190, "enabled": False, "addresses": []},
    },
    database_host="",
    database_port=5432,
    database_passwords=frozenset(),
    replace_files=False,
    minimum_free_mb=1024,
)
HOST = Host(
    system="debian",
    release="13",
    system_name="Debian GNU/Linux 13 (trixie)",
    listeners=(
        Listener("0.0.0.0", 22, "/usr/sbin/sshd", 100),
        Listener("0.0.0.0", 25, "/usr/lib/postfix/sbin/smtpd", 201),
        Listener("0.0.0.0", 25, "/usr/lib/postfix/sbin/master", 200),
        Listener("::", 993, "/usr/sbin/dovecot", 300),
        Listener("127.0.0.1", 5432, "/usr/lib/postgresql/17/bin/postgres", 400),
    ),
    files=DaemonFiles({}, {}),
    free_mb={"/usr": 5000},
    name_resolves=True,
    has_python_apt=True,
    package_lists_days=0.5,
)
STORE = WANTED.groups - {"mail_database", "mail_edge"}
PASSWORDS = frozenset({"mail_admin", "mail_dovecot", "mail_postfix", "mail_signer"})
EXIM = Listener("127.0.0.1", 25, "/usr/sbin/exim4", 999)


def verdict(
    wanted: t.Mapping[str, t.Any], host: t.Mapping[str, t.Any], check_mode: bool = False
) -> Verdict:
    return judge(
        dataclasses.replace(WANTED, **wanted), dataclasses.replace(HOST, **host), check_mode
    )


def service(**differs: t.Any) -> dict[str, t.Any]:
    return {"services": {"smtp": {"port": 25, "enabled": True, "addresses": [], **differs}}}


READY: list[tuple[str, dict[str, t.Any], dict[str, t.Any]]] = [
    ("the small system", {}, {}),
    ("nothing listens", {}, {"listeners": ()}),
    ("port of a service that is off", {}, {"listeners": (Listener("::", 4190, "/usr/bin/x", 9),)}),
    (
        "port of another host's service",
        {"groups": STORE, "database_host": "db", "database_passwords": PASSWORDS},
        {"listeners": (EXIM,)},
    ),
    ("port on another address", service(addresses=["192.0.2.1"]), {"listeners": (EXIM,)}),
    ("port beside ours", {}, {"listeners": (EXIM, *HOST.listeners)}),
    (
        "database elsewhere",
        {"database_host": "db.example.org", "database_passwords": PASSWORDS},
        {},
    ),
    ("a domain above the host name", {"domains": ("example.test",)}, {}),
]

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
        "The port 0 of service smtp is none: set site_services.smtp.port to",
    ),
    ("port 65536", service(port=65536), {}, "The port 65536 of service smtp is none"),
    ("port in words", service(port="smtp"), {}, "The port 'smtp' of service smtp is none"),
    (
        "no port",
        {"services": {"smtp": {"enabled": True}}},
        {},
        "The port None of service smtp is none",
    ),
    (
        "name as address",
        service(addresses=["eth0"]),
        {},
        "The address 'eth0' of service smtp is neither IPv4 nor IPv6: correct site_",
    ),
    (
        "port taken",
        {},
        {"listeners": (EXIM,)},
        "Port 25 for service smtp is taken by /usr/sbin/exim4 (process 999): stop",
    ),
    (
        "port taken by nobody knows whom",
        {},
        {"listeners": (Listener("::", 25, "", 0),)},
        "is taken by another program (process 0)",
    ),
    (
        "port taken on the wanted address",
        service(addresses=["127.0.0.1"]),
        {"listeners": (EXIM,)},
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
            "database_passwords": PASSWORDS - {"mail_signer", "mail_admin"},
        },
        {},
        "site_database_passwords lacks mail_admin, mail_signer.",
    ),
    (
        "little room",
        {},
        {"free_mb": {"/usr": 5000, "/var": 1023}},
        "/var has 1023 MB free, and 1024 MB are asked for",
    ),
]


@pytest.mark.parametrize(
    ("wanted", "host"), [row[1:] for row in READY], ids=[row[0] for row in READY]
)
def test_ready(wanted: dict[str, t.Any], host: dict[str, t.Any]) -> None:
    assert verdict(wanted, host).problems == ()


@pytest.mark.parametrize(
    ("wanted", "host", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(wanted: dict[str, t.Any], host: dict[str, t.Any], reason: str) -> None:
    problems = verdict(wanted, host).problems
    assert len(problems) == 1
    assert reason in problems[0]


def test_all_reasons_at_once() -> None:
    problems = verdict({"hostname": "mx1", "admin_address": ""}, {"release": "12"}).problems
    assert len(problems) == 3
    message = sentence("mx1", problems)
    assert message.startswith(
        "mx1 is not ready for a mail system, and nothing was changed.\n1. The host runs"
    )
    assert "\n3. site_admin_address is missing." in message


def test_check_mode_needs_python_apt() -> None:
    assert verdict({}, {"has_python_apt": False}).problems == ()
    (problem,) = verdict({}, {"has_python_apt": False}, check_mode=True).problems
    assert "apt-get install python3-apt" in problem


def test_warnings() -> None:
    (unresolved,) = verdict({}, {"name_resolves": False}).warnings
    assert unresolved.startswith("mx1.example.test does not resolve on the host")
    (groupless,) = verdict({"groups": frozenset({"web"})}, {}).warnings
    assert "is in none of the groups" in groupless
    assert verdict({}, {}).warnings == ()


@pytest.mark.parametrize(("days", "old"), [(None, True), (1.1, True), (0.9, False)])
def test_package_lists(days: float | None, old: bool) -> None:
    assert verdict({}, {"package_lists_days": days}).package_lists_old is old


def test_files_made_by_hand() -> None:
    files = DaemonFiles({"/etc/opendkim.conf": "Mode sv\n"}, {"/etc/opendkim.conf": md5("")})
    refused = verdict({}, {"files": files})
    assert refused.replaced == ("/etc/opendkim.conf",)
    (problem,) = refused.problems
    assert "Somebody else made /etc/opendkim.conf" in problem
    assert "preflight_replace_files" in problem
    permitted = verdict({"replace_files": True}, {"files": files})
    assert (permitted.problems, permitted.replaced) == ((), ("/etc/opendkim.conf",))
