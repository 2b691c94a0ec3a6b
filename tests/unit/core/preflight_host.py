"""A host on which nothing is wrong, and the verdict when something differs."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.selfhost.mail.plugins.module_utils._core.daemon_files import DaemonFiles
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.facts import (
    Apt,
    Clock,
    Cluster,
    Host,
    Listener,
    Room,
    Wanted,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.judge import (
    Verdict,
    judge,
)

NOW = 1_800_000_000.0
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
    inside_services={},
    internal_address="",
    mail_base="/var/mail",
    database_host="",
    database_port=5432,
    database_roles=frozenset(),
    replace_files=False,
    minimum_free_mb=1024,
    minimum_memory_mb=400,
    controller_time=NOW,
    clock_tolerance_s=60,
)
HOST = Host(
    system="debian",
    release="13",
    system_name="Debian GNU/Linux 13 (trixie)",
    memory_mb=2000,
    clock=Clock(NOW + 2, True),
    rooms=(Room("/usr", 5000, 900_000, True),),
    listeners=(
        Listener("0.0.0.0", 22, "/usr/sbin/sshd", 100),
        Listener("0.0.0.0", 25, "/usr/lib/postfix/sbin/smtpd", 201),
        Listener("0.0.0.0", 25, "/usr/lib/postfix/sbin/master", 200),
        Listener("::", 993, "/usr/sbin/dovecot", 300),
        Listener("127.0.0.1", 5432, "/usr/lib/postgresql/17/bin/postgres", 400),
    ),
    absent_addresses=frozenset(),
    name_resolves=True,
    resolver_answers=True,
    packages=frozenset({"postgresql-17"}),
    files=DaemonFiles({}, {}),
    mail_programs=(),
    clusters=(Cluster("17", "main", 5432),),
    has_postgresql=True,
    apt=Apt(True, 0.5, frozenset({"trixie", "trixie-updates"}), ""),
    ufw_ports=None,
)
STORE = WANTED.groups - {"mail_database", "mail_edge"}
EDGE = WANTED.groups - {"mail_database", "mail_store"}
PASSWORDS = frozenset({"mail_admin", "mail_dovecot", "mail_postfix", "mail_signer", "mail_watch"})
ELSEWHERE = {"database_host": "db.example.org", "database_roles": PASSWORDS}
INSIDE = {"enabled": True, "addresses": ["192.0.2.7"]}
INTERNAL = {
    "groups": STORE,
    "internal_address": "192.0.2.7",
    "inside_services": {"imaps": {"port": 993, **INSIDE}, "lmtp": {"port": 24, **INSIDE}},
    **ELSEWHERE,
}
OTHER = Listener("127.0.0.1", 25, "/usr/sbin/other", 999)


def verdict(
    wanted: t.Mapping[str, t.Any], host: t.Mapping[str, t.Any], check_mode: bool = False
) -> Verdict:
    return judge(
        dataclasses.replace(WANTED, **wanted), dataclasses.replace(HOST, **host), check_mode
    )


def service(**differs: t.Any) -> dict[str, t.Any]:
    return {"services": {"smtp": {"port": 25, "enabled": True, "addresses": [], **differs}}}
