"""What may happen to watch itself, and what it may not do."""

from __future__ import annotations

import time

import pytest
from watch.service import (
    AWAY,
    BACK,
    FLUSH,
    RELOAD,
    START,
    STOP,
    UNIT,
    Watch,
    deeds,
)

BY_HAND = (
    "PYTHONPATH=/usr/local/lib/selfhost-mail PYTHONDONTWRITEBYTECODE=1 PGHOST=/run/postgresql"
    " PGUSER=mail_watch PGDATABASE=mail"
    " timeout 20 python3 -m selfhost_mail._edge.watch --delivery /run/dovecot/lmtp"
)


def test_killed_while_the_database_is_away(watch: Watch) -> None:
    since, pid = watch.now(), watch.pid()
    watch.do(f"{STOP}; sleep 1; kill -9 {pid}; sleep 3; {START}")
    assert deeds(watch.wait(FLUSH, since, 8))[:2] == [RELOAD, FLUSH]
    assert watch.pid() not in (0, pid)


@pytest.mark.long
def test_killed_again_and_again_it_does_not_act_each_time(watch: Watch) -> None:
    """What it did before it was killed counts; who knows nothing of the last seconds acts once."""
    since = watch.now()
    watch.do(f"for i in {{1..6}}; do systemctl kill -s KILL {UNIT}; sleep 1.5; done; sleep 2")
    lines = watch.lines(since)
    assert max(lines.count(RELOAD), lines.count(FLUSH)) <= 1, lines
    assert watch.do(f"systemctl is-active {UNIT}").strip() == "active"


def test_frozen(watch: Watch) -> None:
    """systemd ends it, and the next one makes up for what it missed."""
    since, pid = watch.now(), watch.pid()
    watch.do(f"kill -STOP {pid}; {STOP}; sleep 1; {START}")
    assert deeds(watch.wait(FLUSH, since, 20))[:2] == [RELOAD, FLUSH]
    assert watch.pid() not in (0, pid)


def test_its_connection_is_half_open(awake: Watch) -> None:
    """The server's end does not answer and does not close, and the server itself is well."""
    since, backend = awake.now(), awake.backend()
    awake.do(f"kill -STOP {backend}")
    try:
        lines = awake.wait(BACK, since, 10)
        assert any("no answer within 3 s" in line for line in lines if line.startswith(AWAY))
    finally:
        awake.do(f"kill -CONT {backend}")
    time.sleep(1)
    assert awake.backend() != backend


def test_a_second_one_ends(awake: Watch) -> None:
    pid = awake.pid()
    done = awake.host.run(BY_HAND)
    assert done.returncode == 1
    assert f"Another watch runs on this host already, process {pid};" in done.stderr.decode()
    assert awake.pid() == pid


@pytest.mark.long
def test_the_database_does_not_let_it_in(watch: Watch) -> None:
    """It says why, goes on, and disturbs nobody."""
    since, before = watch.now(), watch.restarts()
    watch.ask("ALTER ROLE mail_watch NOLOGIN")
    try:
        watch.do(f"kill {watch.backend()}; sleep 4")
        lines = watch.lines(since)
        assert deeds(lines) == []
        assert "is not permitted to log in" in watch.state()["why"]["database"]
        assert watch.do(f"systemctl is-active {UNIT}").strip() == "active"
    finally:
        watch.ask("ALTER ROLE mail_watch LOGIN")
    watch.wait(BACK, since, 5)
    assert watch.restarts() == before


def test_it_is_nobody(awake: Watch) -> None:
    pid = awake.pid()
    assert awake.do(f"ps -o user= -p {pid}").strip() == "mail-watch"
    shown = awake.do(f"systemctl show --property=CapabilityBoundingSet,NoNewPrivileges {UNIT}")
    assert shown.split() == ["CapabilityBoundingSet=", "NoNewPrivileges=yes"]
    denied = awake.host.run(
        "runuser -u mail-watch -- psql -XAtqU mail_watch -d mail -c 'SELECT name FROM mail.domain'"
    )
    assert "permission denied for schema mail" in denied.stderr.decode()
    for role in ("mail_admin", "mail_postfix", "mail_dovecot", "mail_signer", "mail_owner"):
        refused = awake.host.run(f"runuser -u mail-watch -- psql -XAtqU {role} -d mail -c ''")
        assert refused.returncode


def test_its_check_refuses_what_would_not_start(awake: Watch) -> None:
    unit = f"/etc/systemd/system/{UNIT}.service"
    folder = awake.do("mktemp -d").strip()
    copy = f"cp --parents -r {unit} /usr/local/lib/selfhost-mail {folder}; "
    check = f"/usr/local/sbin/check-{UNIT} {folder}"
    try:
        assert awake.do(copy + check) == ""
        broken = f"sed -i 's,--delivery [^ ]*,--delivery nowhere,' {folder}{unit}; {check}"
        assert "neither a path nor HOST:PORT" in awake.host.run(copy + broken).stdout.decode()
        secret = f"echo Environment=PGPASSFILE=/etc/nothing >>{folder}{unit}; {check}"
        assert "is missing or empty" in awake.host.run(copy + secret).stdout.decode()
    finally:
        awake.do(f"rm -r {folder}")
