"""The hosts from inside, as their administrator sees them; one host may be all of them."""

from __future__ import annotations

import re
import shlex
import typing as t

import pytest

from e2e.clients import Inbox, message, subject
from e2e.connection import Connection, User

Host = t.Any
Hosts = t.Mapping[str, Host]
PARTS = ("edge", "database", "store")
DAEMONS = (("edge", "postfix"), ("edge", "opendkim"), ("edge", "dovecot"), ("store", "dovecot"))
UNITS = (("database", "postgresql@17-main"), ("edge", "selfhost-mail-watch"), *DAEMONS)
LOOPBACK = re.compile(r"^(127\.|\[::1\]|\[::ffff:127\.)")
SSH = 22
DENIED = "permission denied"
ROLES = (
    "mail_admin",
    "mail_owner",
    "mail_postfix",
    "mail_dovecot",
    "mail_signer",
    "mail_watch",
)


def output(host: Host, command: str) -> str:
    """What a command printed that must succeed."""
    done = host.run(command)
    assert done.rc == 0, f"{command}: {done.stderr}"
    return str(done.stdout)


def query(
    host: Host, connection: Connection, system_user: str, role: str, sql: str
) -> tuple[int, str]:
    """Ask as a role, which on the local socket goes by the system's user, or else by a password."""
    asking = f"runuser -u {system_user} -- psql -U {role} -d mail"
    if connection.database.host:
        # the host's own name leads to loopback there
        address = connection.parts["database"].inner[0]
        login = (
            f"host={connection.database.host} hostaddr={address} user={role} dbname=mail"
            f" sslmode=verify-full sslrootcert={connection.database.ca_file}"
        )
        asking = f"PGPASSWORD={connection.database.passwords[role]} psql '{login}'"
    done = host.run(f"{asking} -XAt -c {shlex.quote(sql)}")
    return done.rc, done.stdout + done.stderr


@pytest.mark.parametrize(("part", "unit"), UNITS)
def test_unit_runs_and_starts_at_boot(part: str, unit: str, hosts: Hosts) -> None:
    service = hosts[part].service(unit)
    assert service.is_running
    assert service.is_enabled or unit.startswith("postgresql@")


def test_database_starts_at_boot(hosts: Hosts) -> None:
    assert hosts["database"].service("postgresql").is_enabled


@pytest.mark.parametrize(("part", "unit"), UNITS)
def test_daemon_comes_back_by_itself(part: str, unit: str, hosts: Hosts) -> None:
    shown = output(hosts[part], f"systemctl show {unit} -p Restart -p StartLimitIntervalUSec")
    assert set(shown.split()) == {"Restart=always", "StartLimitIntervalUSec=0"}


@pytest.mark.parametrize("part", PARTS)
def test_nothing_has_failed(part: str, hosts: Hosts) -> None:
    assert output(hosts[part], "systemctl --failed --plain --no-legend") == ""


@pytest.mark.parametrize("part", PARTS)
def test_nothing_else_listens(part: str, hosts: Hosts, connection: Connection) -> None:
    """From outside only our services and SSH can be reached, each over both families."""
    machine = connection.parts[part]
    listening: dict[str, set[int]] = {}
    for line in output(hosts[part], "ss -Hltn").splitlines():
        place, _colon, port = line.split()[3].rpartition(":")
        if not LOOPBACK.match(place) and place.strip("[]") not in machine.inner:
            families = ("0.0.0.0", "[::]") if place == "*" else (place.partition("%")[0],)
            for family in families:
                listening.setdefault(family, set()).add(int(port))
    served = connection.ports.values() if machine == connection.parts["edge"] else ()
    wanted = {SSH, *served}
    assert listening == {"0.0.0.0": wanted, "[::]": wanted}


@pytest.mark.parametrize("part", PARTS)
def test_no_private_key_is_readable_by_all(part: str, hosts: Hosts) -> None:
    readable = output(
        hosts[part],
        "find /etc /var/lib /var/spool /usr/local /run/postgresql -xdev -type f -perm /o+r"
        " -size -64k -exec grep -lE -- '^-----BEGIN [A-Z ]*PRIVATE KEY' {} +; true",
    )
    assert readable == ""


@pytest.mark.parametrize("part", PARTS)
def test_private_key_of_the_host_is_found_and_closed(part: str, hosts: Hosts) -> None:
    """The search above sees the file when somebody opens it."""
    key = hosts[part].file("/etc/selfhost-mail/tls/private.key")
    assert key.mode in (0o600, 0o640)
    assert "PRIVATE KEY" in key.content_string


@pytest.mark.parametrize(
    ("part", "path", "modes"),
    [
        ("edge", "/etc/postfix/pgsql", {0o640}),
        ("edge", "/etc/dovecot/private", {0o600, 0o640}),
        ("store", "/etc/dovecot/private", {0o600, 0o640}),
        ("edge", "/etc/opendkim/private", {0o400, 0o600}),
        ("database", "/etc/postgresql/17/main/conf.d", {0o640, 0o644}),
    ],
)
def test_secrets_are_closed(part: str, path: str, modes: set[int], hosts: Hosts) -> None:
    found = output(hosts[part], f"find {path} -type f -printf '%m %p\\n' 2>/dev/null; true")
    wrong = [line for line in found.splitlines() if int(line.split()[0], 8) not in modes]
    assert wrong == []


@pytest.mark.parametrize(("part", "unit"), DAEMONS)
def test_no_log_line_is_dropped(part: str, unit: str, hosts: Hosts) -> None:
    shown = output(hosts[part], f"systemctl show {unit} -p LogRateLimitIntervalUSec")
    assert shown.strip() == "LogRateLimitIntervalUSec=0"


@pytest.mark.parametrize("part", PARTS)
def test_log_outlives_a_boot(part: str, hosts: Hosts) -> None:
    header = output(hosts[part], "journalctl --header --no-pager | grep -m1 '^File path:'")
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
    ("mail-watch", "mail_watch", "SELECT name FROM mail.domain"),
    ("mail-watch", "mail_watch", "SELECT * FROM postfix.hosted_domain('example.test')"),
    ("root", "mail_admin", "CREATE TABLE mail.a ()"),
    ("root", "mail_admin", "DROP TABLE mail.domain"),
    ("root", "mail_admin", "UPDATE mail.account_status SET may_log_in = true"),
)


@pytest.mark.parametrize(("system_user", "role", "sql"), DENIALS)
def test_database_role_may_not(
    system_user: str, role: str, sql: str, hosts: Hosts, connection: Connection
) -> None:
    status, said = query(hosts["database"], connection, system_user, role, sql)
    assert status != 0
    assert DENIED in said or "must be owner" in said


ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("postfix", "mail_postfix", "SELECT * FROM postfix.hosted_domain('{domain}')"),
    ("dovecot", "mail_dovecot", "SELECT count(*) > 0 FROM dovecot.mailboxes()"),
    ("opendkim", "mail_signer", "SELECT count(*) > 0 FROM signer.signing_table"),
    ("mail-watch", "mail_watch", "LISTEN selfhost_mail; SELECT true"),
    ("root", "mail_admin", "SELECT count(*) > 0 FROM mail.domain"),
)


@pytest.mark.parametrize(("system_user", "role", "sql"), ALLOWED)
def test_database_role_may(
    system_user: str, role: str, sql: str, hosts: Hosts, connection: Connection
) -> None:
    domain = connection.domains[0]
    sql = sql.format(domain=domain)
    status, said = query(hosts["database"], connection, system_user, role, sql)
    # LISTEN says its name first
    assert (status, said.split()[-1:]) in ((0, ["t"]), (0, [domain]))


def of_roles(host: Host, what: str) -> dict[str, str]:
    """What the server says of each of our roles, as `role: value`."""
    sql = f"SELECT rolname || '=' || {what} FROM pg_roles WHERE rolname ~ '^mail_' AND rolcanlogin"
    found = output(host, f"runuser -u postgres -- psql -XAt -c {shlex.quote(sql)}")
    return dict(line.split("=", 1) for line in found.splitlines())


def test_daemons_are_not_short_of_connections(hosts: Hosts) -> None:
    """A process that came too late would fail for as long as the others keep theirs."""
    limits = of_roles(hosts["database"], "rolconnlimit")
    edge, store = hosts["edge"], hosts["store"]
    processes = int(output(edge, "postconf -M proxymap/unix").split()[6])
    maps = len(output(edge, "ls /etc/postfix/pgsql").split())
    assert processes * maps <= int(limits["mail_postfix"])
    asking = "doveconf -h service/auth-worker/process_limit"
    # for logins and for deliveries; an edge of its own does not deliver
    apart = edge.backend.hostname != store.backend.hostname
    workers = 2 * int(output(store, asking)) + (int(output(edge, asking)) if apart else 0)
    assert workers <= int(limits["mail_dovecot"])


def test_a_look_up_of_postfix_ends(hosts: Hosts) -> None:
    """Postfix tries each twice; a second try as long as the pause makes the first due again."""
    settings = of_roles(hosts["database"], "array_to_string(rolconfig, ' ')")["mail_postfix"]
    limits = [
        int(found) / 1000 for found in re.findall(r"(?:lock|statement)_timeout=(\d+)", settings)
    ]
    lookup = output(hosts["edge"], "cat /etc/postfix/pgsql/alive.cf")
    limits += [int(found) for found in re.findall(r"connect_timeout=(\d+)", lookup)]
    pauses = [int(found) for found in re.findall(r"retry_interval = (\d+)", lookup)]
    assert len(limits) == 3
    assert len(pauses) == 1
    assert max(limits) + 1 <= pauses[0]


@pytest.mark.parametrize("stranger", ["nobody", "mail"])
def test_nobody_else_gets_at_the_database(stranger: str, hosts: Hosts) -> None:
    for role in ROLES:
        done = hosts["database"].run(f"runuser -u {stranger} -- psql -XAt -U {role} -d mail -c ''")
        assert done.rc != 0, f"{stranger} is {role}"
        assert "authentication failed" in done.stderr
