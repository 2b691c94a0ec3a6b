"""Somebody's own Postfix and Dovecot, without IPv6: refused, replaced, and brought back."""

from __future__ import annotations

import imaplib
import secrets
import smtplib
import socket
import time
import typing as t

import pytest

from hosts.administrator import Administrator
from hosts.shell import succeed

Host = t.Any
State = frozenset[str]
PATIENCE = 10  # seconds
BY_HAND = (
    "/etc/dovecot/conf.d/99-hand.conf",
    "/etc/dovecot/local.conf",
    "/etc/postfix/main.cf",
    "/etc/postfix/master.cf",
)
KEPT = (*BY_HAND, "/etc/dovecot/dovecot.conf", "/etc/opendkim.conf")
OURS = (
    "/etc/dovecot/listeners.conf",
    "/etc/postfix/pgsql/domain.cf",
    "/etc/systemd/system/dovecot.service.d/selfhost-mail.conf",
    "/etc/systemd/system/opendkim.service.d/selfhost-mail.conf",
    "/etc/systemd/system/postfix.service.d/selfhost-mail.conf",
)


def test_it_is_refused_with_the_files_and_the_variable(
    administrator: Administrator, state: t.Callable[[], State]
) -> None:
    before = state()
    (problem,) = administrator.refused()
    assert problem.startswith(f"Somebody else made {', '.join(BY_HAND)}, which would be replaced")
    assert "set preflight_replace_files to true" in problem
    assert state() ^ before == frozenset()


def test_there_is_nothing_to_bring_back_yet(
    administrator: Administrator, state: t.Callable[[], State]
) -> None:
    before = state()
    done = administrator.play("restore_files")
    assert done.status != 0
    assert "so there is nothing to bring back" in done.said
    assert state() ^ before == frozenset()


@pytest.fixture(scope="module")
def former(host: Host) -> dict[str, str]:
    """The files as they were, with who may read them."""
    return {path: look(host, path) for path in KEPT}


def look(host: Host, path: str) -> str:
    return succeed(host, f"stat -c '%a %U %G' {path} && cat {path}")


@pytest.fixture(scope="module")
def replaced(administrator: Administrator, address: str, former: dict[str, str]) -> None:
    """The host by hand works; then ours takes its place."""
    test_it_works_as_before(address)
    assert former
    administrator.succeed("site", preflight_replace_files=True)


@pytest.mark.usefixtures("replaced")
def test_ours_took_their_place(host: Host, address: str) -> None:
    assert succeed(host, "cat /proc/sys/net/ipv6/conf/all/disable_ipv6").strip() == "1"
    with smtplib.SMTP(address, 25, "client.example.com", PATIENCE) as client:
        assert "by hand" not in str(client.ehlo_resp)
    assert is_open(address, 993)


@pytest.mark.usefixtures("replaced")
def test_the_copies_are_the_files(host: Host, former: dict[str, str]) -> None:
    assert {path: look(host, f"{path}.before-selfhost.mail") for path in KEPT} == former


@pytest.mark.usefixtures("replaced")
def test_check_mode_shows_what_would_come_back(
    administrator: Administrator, state: t.Callable[[], State]
) -> None:
    before = state()
    done = administrator.succeed("restore_files", "--check", "--diff")
    assert "+ /etc/postfix/main.cf" in done.output
    assert "- /etc/postfix/pgsql/domain.cf" in done.output
    assert "/etc/dovecot/local.conf is back." in done.said
    assert state() ^ before == frozenset()


@pytest.fixture(scope="module")
def restored(administrator: Administrator, replaced: None) -> str:
    return administrator.succeed("restore_files").said


def test_the_files_are_back(host: Host, former: dict[str, str], restored: str) -> None:
    assert {path: look(host, path) for path in KEPT} == former
    for path in KEPT:
        assert f"{path} is back." in restored
    for path in OURS:
        assert f"{path} is removed." in restored
        assert not host.file(path).exists
    assert succeed(host, "find /etc -name '*.before-selfhost.mail*'") == ""


@pytest.mark.usefixtures("restored")
def test_it_works_as_before(address: str) -> None:
    """A banner, a port, a setting of each daemon."""
    for port in (25, 2525):
        with smtplib.SMTP(timeout=PATIENCE) as client:
            assert client.connect(address, port)[1] == b"mx1.example.test ESMTP Postfix by hand"
    with imaplib.IMAP4(address, 143, PATIENCE) as mailbox:
        assert b"Dovecot by hand." in mailbox.welcome
    assert not is_open(address, 587)


@pytest.mark.usefixtures("restored")
def test_settings_and_delivery_are_as_before(host: Host, address: str) -> None:
    assert succeed(host, "doveconf -h mail_max_userip_connections").strip() == "7"
    word = secrets.token_hex(8)
    with smtplib.SMTP(address, 25, "client.example.com", PATIENCE) as client:
        message = f"Subject: {word}\r\n\r\nHello.\r\n"
        client.sendmail("visitor@example.com", "debian@mx1.example.test", message)
    deadline = time.monotonic() + PATIENCE
    while host.run(f"grep -rq {word} ~debian/Maildir/new").rc:
        assert time.monotonic() < deadline, succeed(host, "journalctl -n 20 -u postfix")
        time.sleep(0.2)


def is_open(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True
