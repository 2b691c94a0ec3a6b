"""The host of the scenario, and its watch after it has come to rest."""

from __future__ import annotations

import typing as t

import pytest
from watch.service import PAUSE_S, START, UNIT, Watch

from e2e.connection import read_connection
from health.host import Host

FOLDER = f"/run/systemd/system/{UNIT}.service.d"
SHORTEN = (
    f"mkdir -p {FOLDER}; sed -n 's/^ExecStart=.*--pause.*/[Service]\\nExecStart=\\n&/p'"
    f" /etc/systemd/system/{UNIT}.service | sed 's/--pause .*/--pause {PAUSE_S}/'"
    f" >{FOLDER}/test.conf; systemctl daemon-reload; systemctl restart {UNIT}"
)
RESTORE = f"rm -r {FOLDER}; systemctl daemon-reload; systemctl restart {UNIT}"


@pytest.fixture(scope="session")
def host() -> t.Iterator[Host]:
    host = Host(read_connection())
    host.do(SHORTEN)
    yield host
    host.do(RESTORE)


@pytest.fixture
def watch(awake: Watch) -> Watch:
    """It may do everything at once, and has nothing to do."""
    awake.rest()
    return awake


@pytest.fixture
def awake(host: Host) -> t.Iterator[Watch]:
    """Whatever a test did, the next one finds all of it running."""
    yield Watch(host)
    host.do(
        "systemctl unmask --quiet --runtime postfix;"
        f" {START}; systemctl start postfix dovecot {UNIT};"
        " for i in {1..100}; do doveadm user nobody@invalid >/dev/null 2>&1 || s=$?;"
        ' [ "$s" != 67 ] || exit 0; sleep 0.1; done; exit 1'
    )
