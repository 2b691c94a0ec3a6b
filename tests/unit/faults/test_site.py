"""Trials on one bed come one after the other."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing as t

import pytest

from faults.site import Site

BED = "try69"
HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(0.5)
"""


def site(folder: pathlib.Path) -> Site:
    (folder / BED).mkdir()

    class Where:
        ssh_config = str(folder / BED / "ssh_config")

    return Site(t.cast("t.Any", Where), "ours")


def test_waits_for_another_trial(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = site(tmp_path)
    lock = one.folder / "trial.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        with one.alone():
            assert other.wait(0.5) == 0
    assert capsys.readouterr().out == f"{BED}: waiting for the trial that runs there\n"


def test_does_not_wait_for_nobody(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = site(tmp_path)
    with one.alone():
        pass
    with one.alone():
        pass
    assert capsys.readouterr().out == ""
