"""Debian's usual mail program, exim4, on a host that is to become a mail system."""

from __future__ import annotations

import pathlib
import subprocess
import typing as t

import pytest

from bed import machines
from e2e.control import ROOT
from hosts.administrator import Administrator
from hosts.shell import done_and_undone, succeed

Host = t.Any
State = frozenset[str]
EXIM_CONF = "/etc/exim4/update-exim4.conf.conf"
INSTALL = (
    "DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends exim4-daemon-light"
)


@pytest.fixture(scope="module", autouse=True)
def exim(host: Host) -> None:
    """As on a fresh host: apt removes Postfix for it."""
    succeed(host, f"{INSTALL} && apt-get purge -qq postfix postfix-pgsql")
    succeed(host, "systemctl is-active exim4")


def test_messages_that_wait_are_not_lost(
    administrator: Administrator, host: Host, state: t.Callable[[], State]
) -> None:
    # nobody listens on that port, so it waits
    message = "exim4 -odq -f root visitor@example.com </etc/hostname"
    with done_and_undone(host, message, "exim4 -bpru | awk '{print $3}' | xargs exim4 -Mrm"):
        before = state()
        (problem,) = administrator.refused(preflight_replace_files=True)
        assert problem.startswith("1 messages wait in the queue of exim4")
        assert state() ^ before == frozenset()


def test_what_somebody_configured_is_asked_for(administrator: Administrator, host: Host) -> None:
    as_it_comes = administrator.refused()
    change = (
        f"cp {EXIM_CONF} /run && sed -i 's/smarthost=.*/smarthost=smtp.example.com/' {EXIM_CONF}"
    )
    with done_and_undone(host, change, f"mv /run/{EXIM_CONF.rpartition('/')[2]} {EXIM_CONF}"):
        problems = administrator.refused()
    (more,) = [problem for problem in problems if problem not in as_it_comes]
    assert f"mail program and was configured by hand ({EXIM_CONF}); apt would remove it" in more


def test_postfix_takes_its_place(
    administrator: Administrator, host: Host, bed: machines.Bed, tmp_path: pathlib.Path
) -> None:
    done = administrator.succeed("site", preflight_replace_files=True)
    assert "Postfix takes the place of exim4-daemon-light" in done.said
    assert host.run("pgrep exim4").rc == 1
    assert succeed(host, "systemctl --failed --plain --no-legend") == ""
    assert '"master"' in succeed(host, "ss -Hltnp sport = :25")
    # what it needs from the world: a mail host works when its health says so, without IPv6 as well
    administrator.succeed("dns", zone_directory=str(tmp_path))
    publish(bed.name, sorted(tmp_path.iterdir()))
    administrator.succeed("dkim")
    assert "HEALTH 100% (" in administrator.succeed("health", health_required_score=0).said


def test_then_all_is_ours(administrator: Administrator) -> None:
    done = administrator.preflight()
    assert done.status == 0, done.output


def publish(bed: str, zones: list[pathlib.Path]) -> None:
    subprocess.run([ROOT / "tests/bed/dns/publish", bed, *zones], check=True, timeout=60)
