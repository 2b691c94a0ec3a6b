"""What a host may be like to become a mail system, and what is said beside a refusal."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.daemon_files import (
    DaemonFiles,
    md5,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.facts import (
    Apt,
    Clock,
    Cluster,
    Listener,
    MailProgram,
    Room,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.judge import sentence
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.places import addresses
from unit.core.preflight_host import (
    EDGE,
    ELSEWHERE,
    HOST,
    INTERNAL,
    NOW,
    OTHER,
    STORE,
    WANTED,
    service,
    verdict,
)

EXIM = Listener("127.0.0.1", 25, "/usr/sbin/exim4", 999)
LIGHT = "exim4-daemon-light"

READY: list[tuple[str, dict[str, t.Any], dict[str, t.Any]]] = [
    ("the small system", {}, {}),
    ("nothing listens", {}, {"listeners": ()}),
    ("port of a service that is off", {}, {"listeners": (Listener("::", 4190, "/usr/bin/x", 9),)}),
    ("port of another host's service", {"groups": STORE, **ELSEWHERE}, {"listeners": (OTHER,)}),
    (
        "port of a service that the edge has",
        {"groups": STORE, **ELSEWHERE},
        {"listeners": (Listener("::", 993, "/usr/bin/x", 9),)},
    ),
    (
        "port of a store's service where it does not serve",
        INTERNAL,
        {"listeners": (Listener("192.0.2.8", 993, "/usr/bin/x", 9),)},
    ),
    ("port on another address", service(addresses=["192.0.2.1"]), {"listeners": (OTHER,)}),
    ("port beside ours", {}, {"listeners": (OTHER, *HOST.listeners)}),
    ("database elsewhere", ELSEWHERE, {}),
    ("a domain above the host name", {"domains": ("example.test",)}, {}),
    ("a mail program that apt replaces", {}, {"mail_programs": (MailProgram(LIGHT),)}),
    (
        "its port",
        {},
        {"mail_programs": (MailProgram(LIGHT),), "listeners": (EXIM,)},
    ),
    (
        "a mail program where Postfix is not to be",
        {"groups": STORE, **ELSEWHERE},
        {"mail_programs": (MailProgram("nullmailer"),)},
    ),
    (
        "a mail program made by hand, given up",
        {"replace_files": True},
        {"mail_programs": (MailProgram(LIGHT, ("/etc/exim4/exim4.conf",)),)},
    ),
    ("a slow connection", {}, {"clock": Clock(NOW + 60, True)}),
    ("a clock just behind", {}, {"clock": Clock(NOW - 60, True)}),
    ("nobody who knows the time", {"controller_time": None}, {"clock": Clock(0, None)}),
    ("no resolver on a store", {"groups": STORE, **ELSEWHERE}, {"resolver_answers": False}),
    ("no count of inodes", {}, {"rooms": (Room("/", 5000, None, True),)}),
    ("sources of stable", {}, {"apt": Apt(True, 0.5, frozenset({"stable"}), "")}),
    ("no PostgreSQL yet", {}, {"clusters": (), "has_postgresql": False}),
    ("our cluster is to move", {}, {"clusters": (Cluster("17", "main", 5433, ours=True),)}),
    (
        "a former cluster beside",
        {},
        {"clusters": (Cluster("15", "main", 5433), Cluster("17", "main", 5432))},
    ),
    (
        "clusters on a host without our database",
        {"groups": EDGE, **ELSEWHERE},
        {"clusters": (Cluster("15", "main", 5432),)},
    ),
]


@pytest.mark.parametrize(
    ("wanted", "host"), [row[1:] for row in READY], ids=[row[0] for row in READY]
)
def test_ready(wanted: dict[str, t.Any], host: dict[str, t.Any]) -> None:
    assert verdict(wanted, host).problems == ()


def test_all_reasons_at_once() -> None:
    problems = verdict({"hostname": "mx1", "admin_address": ""}, {"release": "12"}).problems
    assert len(problems) == 3
    message = sentence("mx1", problems)
    assert message.startswith(
        "mx1 is not ready for a mail system, and nothing was changed.\n1. The host runs"
    )
    assert "\n3. site_admin_address is missing." in message


def test_check_mode_needs_python_apt() -> None:
    bare = {"apt": dataclasses.replace(HOST.apt, has_python=False)}
    assert verdict({}, bare).problems == ()
    (problem,) = verdict({}, bare, check_mode=True).problems
    assert "apt-get install python3-apt" in problem


def test_warnings() -> None:
    assert verdict({}, {}).warnings == ()
    assert verdict({}, {"clock": Clock(NOW, None)}).warnings == ()


@pytest.mark.parametrize(
    ("wanted", "host", "said"),
    [
        ({}, {"name_resolves": False}, "mx1.example.test does not resolve on the host"),
        ({"groups": frozenset({"web"})}, {}, "The host is in none of the groups"),
        (
            {"groups": STORE, **ELSEWHERE},
            {"resolver_answers": False, "name_resolves": False},
            "The host's resolver answers nothing: name one that works in /etc/resolv.conf",
        ),
        ({}, {"clock": Clock(NOW, False)}, "Nothing keeps the host's clock right: install"),
        (
            {},
            {"mail_programs": (MailProgram(LIGHT),)},
            "Postfix takes the place of exim4-daemon-light, whose packages apt removes",
        ),
        (
            {},
            {"ufw_ports": frozenset({22, 993})},
            "ufw is switched on and has no rule for port 25: let them in, for instance by: ufw"
            " allow 25/tcp",
        ),
    ],
)
def test_warning(wanted: dict[str, t.Any], host: dict[str, t.Any], said: str) -> None:
    (warning,) = verdict(wanted, host).warnings
    assert warning.startswith(said)


def test_nobody_else_needs_the_name_of_a_store() -> None:
    assert verdict({"groups": STORE, **ELSEWHERE}, {"name_resolves": False}).warnings == ()


def test_ufw_lets_in() -> None:
    assert verdict({}, {"ufw_ports": frozenset({25, 993})}).warnings == ()


@pytest.mark.parametrize(("days", "old"), [(None, True), (1.1, True), (0.9, False)])
def test_package_lists(days: float | None, old: bool) -> None:
    apt = dataclasses.replace(HOST.apt, lists_days=days)
    assert verdict({}, {"apt": apt}).package_lists_old is old


def test_a_mail_program_is_stopped_where_postfix_comes() -> None:
    host = {"mail_programs": (MailProgram(LIGHT),)}
    assert verdict({}, host).stopped == ("exim4.service", "exim4-base.timer")
    assert verdict({"groups": STORE, **ELSEWHERE}, host).stopped == ()
    assert verdict({}, {}).stopped == ()


def test_files_made_by_hand() -> None:
    files = DaemonFiles({"/etc/opendkim.conf": "Mode sv\n"}, {"/etc/opendkim.conf": md5("")})
    refused = verdict({}, {"files": files})
    assert refused.kept == ("/etc/opendkim.conf",)
    (problem,) = refused.problems
    assert "Somebody else made /etc/opendkim.conf" in problem
    assert "preflight_replace_files" in problem
    permitted = verdict({"replace_files": True}, {"files": files})
    assert (permitted.problems, permitted.kept) == ((), ("/etc/opendkim.conf",))


def test_addresses_that_the_host_must_have() -> None:
    wanted = dataclasses.replace(
        WANTED,
        internal_address="192.0.2.7",
        services={
            "smtp": {"port": 25, "enabled": True, "addresses": ["192.0.2.1"]},
            "imaps": {"port": 993, "enabled": True, "addresses": ["eth0"]},
            "pop3": {"port": 110, "enabled": False, "addresses": ["192.0.2.2"]},
        },
    )
    assert addresses(wanted) == {"192.0.2.1", "192.0.2.7"}
    assert addresses(WANTED) == frozenset()
