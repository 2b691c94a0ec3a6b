"""The playbook as an administrator runs it: what it prints, writes and ends with."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess

import pytest

from e2e.connection import Connection, read_connection
from e2e.control import ROOT, SETTINGS
from health.host import Host

PATIENCE = 60  # seconds
KEYS = {
    "id",
    "target",
    "severity",
    "status",
    "expected",
    "observed",
    "duration_s",
    "remedy",
    "reason",
    "host",
}


@pytest.fixture(scope="module")
def connection() -> Connection:
    return read_connection()


def play(connection: Connection, *options: str) -> subprocess.CompletedProcess[str]:
    inventory = str(pathlib.Path(connection.inventory).resolve())
    command = ["ansible-playbook", "-i", inventory, "selfhost.mail.health", *options]
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **SETTINGS},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_check_mode_writes_nothing(connection: Connection) -> None:
    done = play(connection, "--check")
    assert done.returncode == 0, done.stdout
    assert "HEALTH 100% (" in done.stdout
    assert "check mode: nothing is written" in done.stdout


def test_a_broken_host_fails_the_play_and_is_reported(
    connection: Connection, tmp_path: pathlib.Path
) -> None:
    host, report = Host(connection), tmp_path / "health.json"
    host.do("systemctl stop opendkim")
    try:
        done = play(connection, "-e", f"health_report={report}")
        content = play(connection, "-e", "health_required_score=50")
    finally:
        host.do("systemctl start opendkim")
    assert done.returncode != 0
    assert content.returncode == 0, content.stdout
    assert "✗ service.running  opendkim" in done.stdout
    written = json.loads(report.read_text("utf-8"))
    assert set(written) == {"duration_s", "score", "checks"}
    assert written["score"] < 100
    failed = [check["id"] for check in written["checks"] if check["status"] == "failed"]
    assert failed == ["service.running"]
    assert written["checks"][0].keys() == KEYS


def test_a_check_of_configuration_that_takes_long_says_nothing(
    connection: Connection, tmp_path: pathlib.Path
) -> None:
    """As on a busy host: the report says that it was left out, and nothing is wrong."""
    host, report = Host(connection), tmp_path / "health.json"
    check = "/usr/local/sbin/check-dovecot"
    host.do(f"mv {check} {check}.kept; printf '#!/bin/sh\nsleep 9\n' >{check}; chmod 755 {check}")
    try:
        done = play(connection, "-e", f"health_report={report}")
    finally:
        host.do(f"mv {check}.kept {check}")
    assert done.returncode == 0, done.stdout
    skipped = {
        check["id"]: check["reason"]
        for check in json.loads(report.read_text("utf-8"))["checks"]
        if check["status"] == "skipped"
    }
    assert [*skipped] == ["service.configuration"]
    assert skipped["service.configuration"].startswith(f"{check} did not end within ")
