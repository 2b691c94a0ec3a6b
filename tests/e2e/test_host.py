"""The host from inside, as its administrator sees it."""

from __future__ import annotations

import re
import shlex
import typing as t

import pytest

from e2e.clients import Inbox, message, subject
from e2e.connection import Connection, User

Host = t.Any
UNITS = ("postgresql@17-main", "postfix", "dovecot", "opendkim")
DAEMONS = UNITS[1:]
LOOPBACK = re.compile(r"^(127\.|\[::1\]|\[::ffff:127\.)")
SSH = 22
DENIED = "permission denied"


def output(host: Host, command: str) -> str:
    """What a command printed that must succeed."""
    done = host.run(command)
    assert done.rc == 0, f"{command}: {done.stderr}"
    return str(done.stdout)


def query(host: Host, system_user: str, role: str, sql: str) -> tuple[int, str]:
    done = host.run(
        f"runuser -u {system_user} -- psql -XAt -U {role} -d mail -c {shlex.quote(sql)}"
    )
    return done.rc, done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_unit_runs_and_starts_at_boot(unit: str, host: Host) -> None:
    service = host.service(unit)
    assert service.is_running
    assert service.is_enabled or unit.startswith("postgresql@")


def test_database_starts_at_boot(host: Host) -> None:
    assert host.service("postgresql").is_enabled


@pytest.mark.parametrize("unit", DAEMONS)
def test_daemon_comes_back_by_itself(unit: str, host: Host) -> None:
    shown = output(host, f"systemctl show {unit} -p Restart -p StartLimitIntervalUSec")
    assert set(shown.split()) == {"Restart=always", "StartLimitIntervalUSec=0"}


def test_nothing_has_failed(host: Host) -> None:
    assert output(host, "systemctl --failed --plain --no-legend") == ""


def test_nothing_else_listens(host: Host, connection: Connection) -> None:
    """From outside only our services and SSH can be reached, each over both families."""
    listening: dict[str, set[int]] = {}
    for line in output(host, "ss -Hltn").splitlines():
        place, _colon, port = line.split()[3].rpartition(":")
        if not LOOPBACK.match(place):
            families = ("0.0.0.0", "[::]") if place == "*" else (place.partition("%")[0],)
            for family in families:
                listening.setdefault(family, set()).add(int(port))
    wanted = {SSH, *connection.ports.values()}
    assert listening == {"0.0.0.0": wanted, "[::]": wanted}


def test_no_private_key_is_readable_by_all(host: Host) -> None:
    readable = output(
        host,
        "find /etc /var/lib /var/spool /usr/local /run/postgresql -xdev -type f -perm /o+r"
        " -size -64k -exec grep -lE -- '^-----BEGIN [A-Z ]*PRIVATE KEY' {} +; true",
    )
    assert readable == ""


def test_private_key_of_the_host_is_found_and_closed(host: Host) -> None:
    """The search above sees the file when somebody opens it."""
    key = host.file("/etc/selfhost-mail/tls/private.key")
    assert key.mode in (0o600, 0o640)
    assert "PRIVATE KEY" in key.content_string


@pytest.mark.parametrize(
    ("path", "modes"),
    [
        ("/etc/postfix/pgsql", {0o640}),
        ("/etc/dovecot/private", {0o600, 0o640}),
        ("/etc/opendkim/private", {0o400, 0o600}),
        ("/etc/postgresql/17/main/conf.d", {0o640, 0o644}),
    ],
)
def test_secrets_are_closed(path: str, modes: set[int], host: Host) -> None:
    found = output(host, f"find {path} -type f -printf '%m %p\\n' 2>/dev/null; true").splitlines()
    assert [line for line in found if int(line.split()[0], 8) not in modes] == []


@pytest.mark.parametrize("unit", DAEMONS)
def test_no_log_line_is_dropped(unit: str, host: Host) -> None:
    shown = output(host, f"systemctl show {unit} -p LogRateLimitIntervalUSec")
    assert shown.strip() == "LogRateLimitIntervalUSec=0"


def test_log_outlives_a_boot(host: Host) -> None:
    header = output(host, "journalctl --header --no-pager | grep -m1 '^File path:'")
    assert "/var/log/journal/" in header


@pytest.mark.parametrize("name", ["root", "root@localhost", "cron@localhost"])
def test_mail_of_the_system_reaches_the_administrator(
    name: str, host: Host, connection: Connection, inbox_of: t.Callable[[User], Inbox]
) -> None:
    made = message(f"root@{connection.hostname}", name)
    output(host, f"printf %s {shlex.quote(made.as_string())} | /usr/sbin/sendmail {name}")
    inbox_of(connection.user(connection.administrator)).wait(subject(made))


DENIALS: tuple[tuple[str, str, str], ...] = (
    ("postfix", "mail_postfix", "SELECT password_hash FROM mail.mailbox"),
    ("postfix", "mail_postfix", "SELECT * FROM dovecot.login('a@example.test', 'imap')"),
    ("postfix", "mail_postfix", "SELECT private_key FROM signer.key_table"),
    ("postfix", "mail_postfix", "SELECT name FROM mail.domain"),
    ("postfix", "mail_postfix", "CREATE TABLE public.a ()"),
    ("dovecot", "mail_dovecot", "SELECT password_hash FROM mail.mailbox"),
    ("dovecot", "mail_dovecot", "SELECT private_key FROM signer.key_table"),
    ("dovecot", "mail_dovecot", "SELECT * FROM postfix.hosted_domain('example.test')"),
    ("opendkim", "mail_signer", "SELECT password_hash FROM mail.mailbox"),
    ("opendkim", "mail_signer", "DELETE FROM mail.dkim_key"),
    ("root", "mail_admin", "CREATE TABLE mail.a ()"),
    ("root", "mail_admin", "DROP TABLE mail.domain"),
    ("root", "mail_admin", "UPDATE mail.account_status SET may_log_in = true"),
)


@pytest.mark.parametrize(("system_user", "role", "sql"), DENIALS)
def test_database_role_may_not(system_user: str, role: str, sql: str, host: Host) -> None:
    status, said = query(host, system_user, role, sql)
    assert status != 0
    assert DENIED in said or "must be owner" in said


ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("postfix", "mail_postfix", "SELECT * FROM postfix.hosted_domain('{domain}')"),
    ("dovecot", "mail_dovecot", "SELECT count(*) > 0 FROM dovecot.mailboxes()"),
    ("opendkim", "mail_signer", "SELECT count(*) > 0 FROM signer.signing_table"),
    ("root", "mail_admin", "SELECT count(*) > 0 FROM mail.domain"),
)


@pytest.mark.parametrize(("system_user", "role", "sql"), ALLOWED)
def test_database_role_may(
    system_user: str, role: str, sql: str, host: Host, connection: Connection
) -> None:
    domain = connection.domains[0]
    status, said = query(host, system_user, role, sql.format(domain=domain))
    assert (status, said.strip()) in ((0, "t"), (0, domain))


@pytest.mark.parametrize("stranger", ["nobody", "mail"])
def test_nobody_else_gets_at_the_database(stranger: str, host: Host) -> None:
    for role in ("mail_admin", "mail_owner", "mail_postfix", "mail_dovecot", "mail_signer"):
        status, said = query(host, stranger, role, "SELECT 1")
        assert status != 0, f"{stranger} is {role}"
        assert "authentication failed" in said
