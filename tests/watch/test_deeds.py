"""What watch does when something is back, and that it does no more."""

from __future__ import annotations

import time
import typing as t

import pytest
from watch.service import (
    AWAY,
    BACK,
    DELIVERY_AWAY,
    DELIVERY_BACK,
    FLUSH,
    PAUSE_S,
    RELOAD,
    START,
    STOP,
    UNIT,
    Watch,
    deeds,
)

RECIPIENT = "maria.garcia@example.test"
SEND = f"echo x | sendmail -f sender-{{}}@example.com {RECIPIENT}; "
WAITING = "find /var/spool/postfix/deferred -type f | wc -l"
ANY = "find /var/spool/postfix/{active,incoming,deferred,maildrop} -type f | wc -l"
# How many milliseconds the queue takes to be empty.
EMPTY = (
    f"t=$(date +%s%N); for i in {{1..450}}; do [ $({ANY}) != 0 ] || break; sleep 0.1; done;"
    " echo $(( ($(date +%s%N) - t) / 1000000 ))"
)


def test_the_database_is_back(watch: Watch) -> None:
    since, before = watch.now(), watch.restarts()
    watch.do(f"{STOP}; sleep 2")
    watch.wait(AWAY, since, 3)
    watch.do(START)
    lines = watch.wait(FLUSH, since, 8)
    assert [line.partition(":")[0].rstrip(".") for line in lines[:4]] == [
        AWAY,
        BACK.rstrip("."),
        RELOAD.rstrip("."),
        FLUSH.rstrip("."),
    ]
    reloaded = watch.do(f"journalctl --quiet --output=cat --since={since} -t postfix/master")
    assert reloaded.count("reload -- version") == 1
    # the daemons go on; only the server was started anew
    after = watch.restarts()
    assert [unit for unit in after if after[unit] != before[unit]] == ["postgresql@17-main"]


@pytest.mark.parametrize(
    ("running", "within"), [(True, 6.0), pytest.param(False, 45.0, marks=pytest.mark.long)]
)
def test_what_waits_is_delivered(
    running: bool, within: float, watch: Watch, figure: t.Callable[[str], None]
) -> None:
    """Without watch as well, later."""
    since = watch.now()
    watch.do(("systemctl start " if running else "systemctl stop ") + UNIT)
    watch.do("systemctl stop dovecot; " + "".join(SEND.format(i) for i in range(5)))
    watch.do(f"for i in {{1..100}}; do [ $({WAITING}) = 5 ] && exit 0; sleep 0.1; done; exit 1")
    time.sleep(12)
    watch.do("systemctl start dovecot")
    took = int(watch.do(EMPTY)) / 1000
    figure(f"Dovecot away for 12 s, watch {'on' if running else 'off'}: queue empty after {took} s")
    assert took < within
    if running:
        lines = watch.wait(FLUSH, since, PAUSE_S + 3, times=2)
        assert deeds(lines) == [FLUSH, FLUSH]
        assert lines[0].startswith(DELIVERY_AWAY)
        assert DELIVERY_BACK in lines


@pytest.mark.long
def test_a_database_that_comes_and_goes(watch: Watch) -> None:
    """As watch sees it: it is let in, thrown out, let in, each second."""
    since = watch.now()
    out = (
        "ALTER ROLE mail_watch NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE usename = 'mail_watch'"
    )
    psql = "runuser -u postgres -- psql -XAtqd mail -o /dev/null -c"
    flap = f'{psql} "{out}"; sleep 1; {psql} "ALTER ROLE mail_watch LOGIN"; sleep 1; '
    began = time.monotonic()
    watch.do(f"for i in {{1..6}}; do {flap} done")
    lasted = time.monotonic() - began
    time.sleep(2 * PAUSE_S + 3)
    lines = watch.lines(since)
    most = int(lasted / PAUSE_S) + 2
    for deed in (RELOAD, FLUSH):
        assert 1 <= lines.count(deed) <= most + (deed == FLUSH), lines
    # the last word is after the last return
    assert deeds(lines)[-1] == FLUSH
    assert watch.state()["due"] == []
    # nor does it fill the journal
    assert len(lines) <= 4 * most


@pytest.mark.long
def test_a_database_that_stays_away(watch: Watch) -> None:
    since = watch.now()
    watch.do(f"{STOP}; sleep 12")
    lines = watch.lines(since)
    assert len(lines) == 1
    assert lines[0].startswith(AWAY)
    assert watch.state()["why"]["database"]


@pytest.mark.long
def test_started_after_the_database_came_back(watch: Watch) -> None:
    watch.do(f"systemctl stop {UNIT}; {STOP}; sleep 1; {START}")
    since = watch.now()
    watch.do(f"systemctl start {UNIT}")
    assert deeds(watch.wait(FLUSH, since, 6))[:2] == [RELOAD, FLUSH]
    # it knows what it did before
    watch.do(f"sleep 1; systemctl restart {UNIT}; sleep {2 * PAUSE_S + 2}")
    assert deeds(watch.lines(since)) == [RELOAD, FLUSH, FLUSH]


def test_a_postfix_that_somebody_stopped_stays_so(watch: Watch) -> None:
    watch.do("systemctl stop postfix; systemctl mask --quiet --runtime postfix")
    since = watch.now()
    watch.do(f"{STOP}; sleep 2; {START}")
    lines = watch.wait("postqueue -f ended", since, 15)
    assert watch.do("systemctl is-active postfix || :").strip() == "inactive"
    assert watch.do("systemctl is-failed selfhost-mail-reload || :").strip() == "inactive"
    assert watch.do("ls /run/selfhost-mail-watch").split() == ["lock", "state.json"]
    assert "mail system is down" in lines[-1]


@pytest.mark.long
def test_what_somebody_is_writing_does_not_become_effective(watch: Watch) -> None:
    """A reload would end Postfix with such a file."""
    watch.do("cp -p /etc/postfix/master.cf /run/master.cf; echo half-a >>/etc/postfix/master.cf")
    try:
        since = watch.now()
        watch.do(f"{STOP}; sleep 2; {START}")
        watch.wait(FLUSH, since, 15)
        assert watch.do("systemctl is-active postfix").strip() == "active"
        log = f"journalctl --quiet --output=cat --since={since}"
        assert "reload -- version" not in watch.do(f"{log} -t postfix/master")
        assert "/etc/postfix/master.cf" in watch.do(f"{log} -u selfhost-mail-reload")
    finally:
        watch.do("cp -p /run/master.cf /etc/postfix/master.cf; rm /run/master.cf")
