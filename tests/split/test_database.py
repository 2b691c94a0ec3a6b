"""The database over the network: who gets in and how, and that nobody else notices."""

from __future__ import annotations

import contextlib
import re
import shlex
import typing as t

import psycopg2
import pytest
from split.conftest import Host, Hosts, Login, stopped

from e2e.clients import Clients, Inbox, message, subject
from e2e.connection import Connection, User
from e2e.control import Control

ROLES = ("mail_admin", "mail_postfix", "mail_dovecot", "mail_signer", "mail_watch")
# of an earlier attempt: molecule/split/files/before.sql
EARLIER = {"mail_owner": "Earlier-1", "mail_admin": "Earlier-2", "mail_dovecot": "Earlier-3"}
OURS = "usename LIKE 'mail\\_%'"
LOG = "/var/log/postgresql/postgresql-17-main.log"
# what makes daemons ask the database, and how Postfix says that it is away
ASKED = {
    "edge": "postmap -q never-asked@example.test proxy:pgsql:/etc/postfix/pgsql/mailbox.cf",
    "store": "doveadm user never-asked@example.test",
}
COMPLAINT = "postgresql://mail_postfix"
RECEIVED = re.compile(r"\[(\d+)\].* connection received: host=(\S+)")
AUTHORIZED = re.compile(
    r"\[(\d+)\].* connection authorized: user=(\S+)(?:.*(SSL enabled \(protocol=[^,]+))?"
)


def ask(host: Host, sql: str) -> list[list[str]]:
    """What the server's own superuser sees."""
    command = f"runuser -u postgres -- psql -XAt -d mail -c {shlex.quote(sql)}"
    return [line.split("|") for line in host.check_output(command).splitlines()]


@pytest.mark.parametrize("role", ROLES)
def test_password_and_verified_tls_let_in(role: str, login: Login) -> None:
    with login(role).cursor() as cursor:
        cursor.execute("SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert cursor.fetchone() == (role, True)


@pytest.mark.parametrize("role", ROLES)
def test_no_login_without_tls(role: str, login: Login) -> None:
    with pytest.raises(psycopg2.OperationalError, match="no encryption"):
        login(role, sslmode="disable")


@pytest.mark.parametrize("role", ROLES)
def test_no_login_with_another_password(role: str, login: Login) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        login(role, "another")


@pytest.mark.parametrize("role", EARLIER)
def test_no_login_with_the_password_of_an_earlier_attempt(role: str, login: Login) -> None:
    with pytest.raises(psycopg2.OperationalError):
        login(role, EARLIER[role])


def test_a_wrong_authority_is_noticed(login: Login) -> None:
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        login("mail_admin", sslrootcert="/etc/ssl/certs/ca-certificates.crt")


def test_a_wrong_name_is_noticed(login: Login) -> None:
    with pytest.raises(psycopg2.OperationalError, match="does not match host name"):
        login("mail_admin", host="db2.internal.example.com")


@pytest.mark.parametrize("system_user", ["root", "postgres", "postfix", "dovecot", "opendkim"])
def test_no_login_by_the_local_socket(system_user: str, hosts: Hosts) -> None:
    for role in ("mail_owner", *ROLES):
        command = f"runuser -u {system_user} -- psql -XAtw -U {role} -d mail -c 'SELECT 1'"
        done = hosts["database"].run(command)
        assert done.rc != 0, f"{system_user} is {role}"


@pytest.mark.parametrize("part", ["edge", "store"])
def test_other_hosts_run_no_server(part: str, hosts: Hosts) -> None:
    assert hosts[part].run("pgrep -x postgres").rc == 1


@contextlib.contextmanager
def logged(database: Host) -> t.Iterator[t.Callable[[], str]]:
    """The server's log from here on, with all connections; those that are kept are made anew."""
    began = int(database.check_output(f"stat -c %s {LOG}"))
    ask(database, "ALTER SYSTEM SET log_connections = on")
    ask(database, "SELECT pg_reload_conf()")
    ask(database, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}")
    try:
        yield lambda: str(database.check_output(f"tail -c +{began + 1} {LOG}"))
    finally:
        ask(database, "ALTER SYSTEM RESET log_connections")
        ask(database, "SELECT pg_reload_conf()")


def test_every_daemon_comes_over_tls(
    hosts: Hosts,
    connection: Connection,
    control: Control,
    clients: Clients,
    inbox_of: t.Callable[[User], Inbox],
) -> None:
    user = connection.users[0]
    made = message(user.email, user.email)
    with logged(hosts["database"]) as log:
        with clients.submission(user) as client:
            client.send_message(made)
        inbox_of(user).wait(subject(made), within=10)
        control.module("mail_info", gather=["domains"])
        lines = log().splitlines()
    received = {found[1]: found[2] for line in lines if (found := RECEIVED.search(line))}
    seen = {
        (found[2], received[found[1]], found[3])
        for line in lines
        if (found := AUTHORIZED.search(line)) and found[1] in received
    }
    store, edge = connection.parts["store"].inner[0], connection.parts["edge"].inner[0]
    encrypted = "SSL enabled (protocol=TLSv1.3"
    assert {row for row in seen if row[0].startswith("mail_")} == {
        ("mail_admin", store, encrypted),
        ("mail_postfix", edge, encrypted),
        ("mail_signer", edge, encrypted),
        ("mail_watch", edge, encrypted),
        ("mail_dovecot", edge, encrypted),
        ("mail_dovecot", store, encrypted),
    }


def test_no_role_of_ours_is_mighty(hosts: Hosts) -> None:
    """Nor is the administrator who made the schema a superuser."""
    found = ask(
        hosts["database"],
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = 'dba' OR rolname LIKE 'mail\\_%'",
    )
    assert {row[0]: row[1:] for row in found} == {
        "dba": ["f", "t", "t", "f", "f"],
        **{role: ["f"] * 5 for role in ("mail_owner", *ROLES)},
    }


def daemon(schema: str) -> str:
    return (
        f"lock_timeout=2000 search_path={schema}, pg_temp statement_timeout=3000"
        " tcp_keepalives_count=2 tcp_keepalives_idle=10 tcp_keepalives_interval=5"
    )


def test_roles_that_were_there_are_as_ours(hosts: Hosts) -> None:
    found = ask(
        hosts["database"],
        "SELECT rolname, rolcanlogin, rolconnlimit,"
        " (SELECT string_agg(setting, ' ' ORDER BY setting) FROM unnest(rolconfig) AS setting)"
        " FROM pg_roles WHERE rolname LIKE 'mail\\_%'",
    )
    assert {row[0]: row[1:] for row in found} == {
        "mail_owner": ["f", "-1", ""],
        "mail_admin": ["t", "15", "search_path=mail, pg_temp"],
        "mail_postfix": ["t", "30", daemon("postfix")],
        "mail_dovecot": ["t", "40", daemon("dovecot")],
        "mail_signer": ["t", "10", daemon("signer")],
        "mail_watch": ["t", "2", daemon("pg_catalog")],
    }


def test_foreign_tables_are_as_they_were(hosts: Hosts) -> None:
    """Definitions, owners, rights and rows, to the byte."""
    before = hosts["database"].check_output("cat /var/lib/postgresql/foreign.before")
    assert "COPY public.mailbox" in before
    assert "visitor@example.com" in before
    assert "GRANT SELECT(username) ON TABLE public.mailbox TO webmail" in before
    assert hosts["database"].check_output("dump-foreign") == before


@pytest.mark.parametrize(
    ("role", "password", "sql", "count"),
    [
        ("postfixadmin", "Split-Foreign-64", "UPDATE mailbox SET active = active", "UPDATE 2"),
        ("webmail", "Split-Reader-75", "SELECT count(username) FROM mailbox", "2"),
    ],
)
def test_the_foreign_application_works_on(
    role: str, password: str, sql: str, count: str, hosts: Hosts
) -> None:
    """It logs in as it did, by the rules that Debian made for the server."""
    said = hosts["database"].check_output(
        f"PGPASSWORD={password} psql -XAt -h 127.0.0.1 -U {role} -d mail -c '{sql}'"
    )
    assert said == count


@pytest.mark.parametrize("role", ROLES)
def test_foreign_tables_are_closed_to_ours(role: str, login: Login) -> None:
    with (
        login(role).cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute("SELECT count(*) FROM public.mailbox")


@pytest.mark.parametrize("part", ["edge", "database", "store"])
def test_no_password_lies_open(part: str, hosts: Hosts, connection: Connection) -> None:
    """In files that daemons alone may read, they are there."""
    words = " ".join(f"-e {password}" for password in connection.database.passwords.values())
    search = f"grep -rlF {words} /etc /run /var/lib /var/spool /tmp /home /root 2>/dev/null"
    with_it = hosts[part].run(f"{search} | xargs -r stat -c '%A %U %n'").stdout.splitlines()
    assert [line for line in with_it if line[7:10] != "---"] == []
    assert bool(with_it) == (part != "database"), with_it


def test_no_password_gets_into_a_log(hosts: Hosts, connection: Connection) -> None:
    """Daemons that complain of a database that is away name it, and nothing more."""
    began = hosts["edge"].check_output("date +%s.%6N")
    with stopped(hosts["database"], "postgresql@17-main"):
        for part, command in ASKED.items():
            assert hosts[part].run(command).rc != 0
    logs = {
        part: host.check_output(f"journalctl --quiet --no-pager --since=@{began}")
        for part, host in hosts.items()
    }
    assert COMPLAINT in logs["edge"]
    for role, password in connection.database.passwords.items():
        assert [part for part, log in logs.items() if password in log] == [], role
