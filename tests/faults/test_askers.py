"""Who asks Dovecot's auth for a user and is gone before the answer: auth crashes, and forgets whom
it knows. So nobody of ours goes, however long the database takes."""

from __future__ import annotations

import contextlib
import pathlib
import typing as t

import pytest

from e2e.control import Control
from faults.site import Site
from faults.table.database import ASK, LOCKED, UNLOCKED

AUTH = "pgrep -o -x auth"
CONVERGE = "/usr/local/sbin/check-dovecot; APPLIED=@0 /usr/local/sbin/prove-dovecot"
KILLED = "timeout -s KILL 1 doveadm user nobody@invalid"
SETTLE = "sleep 3"
# an answer that comes after 3.5 s, the longest that ours would wait being 3
OF_DOVECOT = "ALTER ROLE mail_dovecot IN DATABASE mail"
ANEW = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mail_dovecot'"
SLOW = f"""
{ASK} -c "{OF_DOVECOT} SET lock_timeout = 0" -c "{OF_DOVECOT} SET statement_timeout = 3500" \\
  -c "{ANEW}"
{LOCKED}
"""
FAST = f"""
{UNLOCKED}
{ASK} -c "{OF_DOVECOT} RESET ALL" -c "{ANEW}"
doveadm user nobody@invalid >/dev/null 2>&1 || [ $? = 67 ]
"""


@contextlib.contextmanager
def slow_database(site: Site) -> t.Iterator[None]:
    site.run(SLOW)
    try:
        yield
        site.run(SETTLE)
    finally:
        site.run(FAST)


@pytest.mark.parametrize("script", [CONVERGE, KILLED], ids=["a converge", "somebody who is killed"])
def test_who_asks_at_a_shell(script: str, site: Site) -> None:
    """When the killed one does no harm, auth has been mended, and those of ours may be killed."""
    before = site.run(AUTH)
    with slow_database(site):
        site.run(f"({script}) >/dev/null 2>&1 || :")
    assert (site.run(AUTH) == before) == (script == CONVERGE)


def test_health(site: Site, tmp_path: pathlib.Path) -> None:
    before = site.run(AUTH)
    with slow_database(site):
        Control(site.connection).playbook("health", tmp_path, health_required_score=0)
    assert site.run(AUTH) == before
