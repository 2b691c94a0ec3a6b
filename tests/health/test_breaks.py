"""Every break of the table, on a real host: what goes red is exactly what the table says."""

from __future__ import annotations

import contextlib
import pathlib
import time
import typing as t

import pytest

from bed import machines
from e2e.connection import Connection, read_connection
from health.breaks import GROUPS, KEPT, PROBE, Break
from health.host import Host
from health.name_server import NameServer

# The house's promise for a run on the host.
LONGEST_RUN_S = 5.0
# The bed's resolver and Dovecot remember what they were told for a second.
CACHES_S = 1.1

KEEP = f"""
mkdir -p {KEPT} /etc/dovecot/site.d
cp -p /etc/postfix/main.cf /etc/postfix/master.cf /etc/selfhost-mail/tls/fullchain.pem \
    /etc/selfhost-mail/tls/private.key /etc/resolv.conf {KEPT}
"""


@pytest.fixture(scope="module")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="module")
def host(connection: Connection) -> t.Iterator[Host]:
    host = Host(connection)
    host.install()
    host.do(KEEP)
    yield host
    host.remove()


@pytest.fixture(scope="module")
def name_server(connection: Connection) -> NameServer:
    return NameServer(machines.bed(pathlib.Path(connection.ssh_config).parent.name))


@contextlib.contextmanager
def broken(rows: t.Sequence[Break], host: Host, name_server: NameServer) -> t.Iterator[None]:
    """Break it all; mend it all, whatever happens."""
    with contextlib.ExitStack() as mending:
        for row in rows:
            if row.zone:
                mending.enter_context(name_server.saying(row.zone, records(row, host)))
        mending.callback(host.do, "\n".join(f"({row.undo or ':'})" for row in rows))
        host.do("\n".join(row.do for row in rows if row.do))
        time.sleep(CACHES_S)
        yield


def records(row: Break, host: Host) -> str:
    """The name of a key is known to its host alone."""
    if "KEY" not in row.records:
        return row.records
    found = [check for check in host.examine()["checks"] if check["id"] == row.check]
    expected = next(check["expected"] for check in found if check["target"] == row.at)
    return row.records.replace("KEY", expected.split()[0] + ".")


def red(report: t.Mapping[str, t.Any]) -> frozenset[tuple[str, str]]:
    failed = [check for check in report["checks"] if check["status"] == "failed"]
    return frozenset((check["id"], check["target"].split()[0]) for check in failed)


@pytest.mark.parametrize("name", GROUPS)
def test_exactly_what_the_table_says_goes_red(
    name: str, host: Host, name_server: NameServer
) -> None:
    rows = GROUPS[name]
    with broken(rows, host, name_server):
        report = host.examine()
    assert red(report) == frozenset().union(*(row.red for row in rows)), failures(report)
    assert report["score"] < 100
    assert report["duration_s"] <= LONGEST_RUN_S
    causes = {" ".join(pair) for pair in red(report)}
    for check in report["checks"]:
        if check["status"] == "skipped":
            assert " ".join(check["reason"].split()[1:3]) in causes


def test_all_is_green_when_all_is_mended(host: Host) -> None:
    report = host.examine()
    assert not red(report), failures(report)
    assert report["score"] == 100
    assert not [check for check in report["checks"] if check["status"] == "skipped"]
    assert report["duration_s"] <= LONGEST_RUN_S


def test_no_password_is_left(host: Host) -> None:
    """The mailbox of the probes has a hash that no password has, and no message is left in it."""
    found = host.do(
        f"doveadm search -u {PROBE} mailbox INBOX all; runuser -u postgres -- psql -XAtqd mail -c"
        ' "SELECT password_hash FROM mail.mailbox JOIN mail.address a ON a.id = address'
        " WHERE local_part = 'health-probe'\""
    )
    assert found.strip() == "{SHA512-CRYPT}$6$locked$" + "." * 86


def failures(report: t.Mapping[str, t.Any]) -> str:
    return "\n".join(
        f"{check['status']} {check['id']} {check['target']}: {check['observed']}{check['reason']}"
        for check in report["checks"]
        if check["status"] != "passed"
    )
