"""Settings as the configuration files of daemons spell them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.daemon_settings import (
    dovecot_settings,
    listeners,
    postfix_value,
)

POSTFIX_VALUES: list[tuple[t.Any, str]] = [
    ("permit_mynetworks", "permit_mynetworks"),
    ("", ""),
    (True, "yes"),
    (False, "no"),
    (52428800, "52428800"),
    (["127.0.0.0/8", "192.0.2.0/24"], "127.0.0.0/8, 192.0.2.0/24"),
    ([], ""),
]

REFUSED: list[tuple[t.Any, str]] = [
    (
        {"a": 1},
        "{'a': 1} is no value of a setting: give text, a number, true, false or a list of these.",
    ),
    (None, "None is no value of a setting: give text, a number, true, false or a list of these."),
    ("a\nb", r"the value 'a\nb' of a setting has a line break: write it on one line"),
]

DOVECOT: list[tuple[dict[str, t.Any], str]] = [
    ({}, ""),
    (
        {"auth_verbose": True, "mail_max_userip_connections": 30},
        "auth_verbose = yes\nmail_max_userip_connections = 30",
    ),
    ({"protocols": ["imap", "lmtp"]}, "protocols = imap lmtp"),
    ({"ssl_ca": ""}, "ssl_ca ="),
    ({"login_greeting": "Room #5"}, 'login_greeting = "Room #5"'),
    ({"login_greeting": 'say "#1" \\o/'}, r'login_greeting = "say \"#1\" \\o/"'),
    ({"mail_path": "~/Maildir"}, "mail_path = ~/Maildir"),
    ({"password": "</etc/x"}, "password = </etc/x"),
    ({"separator": " "}, 'separator = " "'),
    (
        {"service imap-login": {"inet_listener imaps": {"port": 993}, "process_limit": 5}},
        "service imap-login {\n  inet_listener imaps {\n    port = 993\n  }\n"
        "  process_limit = 5\n}",
    ),
    ({"userdb prefetch": {}}, "userdb prefetch {\n}"),
]

LISTENERS: list[tuple[int, list[str], list[str]]] = [
    (25, [], ["25"]),
    (25, ["192.0.2.1", "2001:db8::1"], ["192.0.2.1:25", "[2001:db8::1]:25"]),
]


@pytest.mark.parametrize(("value", "text"), POSTFIX_VALUES)
def test_a_value_of_main_cf(value: t.Any, text: str) -> None:
    assert postfix_value(value) == text


@pytest.mark.parametrize(("value", "reason"), REFUSED)
def test_what_is_no_value(value: t.Any, reason: str) -> None:
    with pytest.raises(ValueError) as refusal:
        postfix_value(value)
    assert str(refusal.value) == reason


@pytest.mark.parametrize(("settings", "text"), DOVECOT)
def test_lines_of_dovecot_conf(settings: dict[str, t.Any], text: str) -> None:
    assert dovecot_settings(settings) == text


@pytest.mark.parametrize(("port", "addresses", "places"), LISTENERS)
def test_places_of_a_service(port: int, addresses: list[str], places: list[str]) -> None:
    assert listeners(port, addresses) == places
