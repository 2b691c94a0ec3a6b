"""The gate counts what ran, and a suite that ran nothing is red."""

from __future__ import annotations

import os
import pathlib

import pytest

import suites


@pytest.mark.parametrize(
    ("printed", "status", "result"),
    [
        ("....\n4 passed in 0.12s\n", 0, suites.Result(4, 0)),
        ("==== 3 passed, 1 skipped in 2.50s ====\n", 0, suites.Result(3, 0, "1 skipped")),
        ("1 failed, 3 passed in 2.50s\n", 1, suites.Result(3, 1)),
        ("2 errors in 0.50s\n", 2, suites.Result(0, 2)),
        ("no tests ran in 0.35s\n", 5, suites.Result(0, 1, "it ended with status 5")),
        ("no tests ran in 0.35s\n", 0, suites.Result(0, 1, "it ran nothing")),
        ("    msg: 12 passed in 61.03s (0:01:01)\n", 0, suites.Result(12, 0)),
        ("12 passed in 61.03s\n", 1, suites.Result(12, 1, "it ended with status 1")),
        ("ruff: green, 12 Python files in 0.1 s\n", 0, suites.Result(1, 0)),
        ("ruff: green, 0 Python files in 0.1 s\n", 0, suites.Result(0, 1, "it ran nothing")),
        (
            "ruff: 2 problems, 12 Python files in 0.1 s\n",
            1,
            suites.Result(0, 1, "it ended with status 1"),
        ),
        ("", 0, suites.Result(0, 1, "it ran nothing")),
        ("All targets skipped.\n", 0, suites.Result(0, 1, "it ran nothing")),
    ],
)
def test_what_is_counted(printed: str, status: int, result: suites.Result) -> None:
    assert suites.count(printed, status) == result


def test_a_suite_that_takes_too_long_is_ended(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "LOGS", tmp_path)
    slow = suites.Suite("slow", ("sh", "-c", "sleep 60 & sleep 60"), 1)
    assert suites.run(slow) == suites.Result(0, 1, "it took longer than 1 s")


@pytest.mark.parametrize(("quick", "more"), [(True, 10), (False, 0)])
def test_who_starts_no_machine_gives_way(
    quick: bool, more: int, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    niceness = str(min(os.nice(0) + more, 19))  # the gate may have started this test so
    monkeypatch.setattr(suites, "LOGS", tmp_path)
    asked = ("sh", "-c", "nice; echo 1 passed in 0.01s")
    assert suites.run(suites.Suite("asked", asked, 5, quick=quick)) == suites.Result(1, 0)
    assert (tmp_path / "asked.log").read_text().split()[0] == niceness


def test_who_measures_runs_when_the_others_have_ended(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "LOGS", tmp_path)
    passed = ("sh", "-c", "sleep 0.3; echo 1 passed in 0.30s")
    # beside the others it would be the first to end
    measures = suites.Suite("measures", ("echo", "1 passed in 0.00s"), 5, alone=True)
    others = [suites.Suite(name, passed, 5) for name in ("one", "other")]
    ran = [suite.name for suite, _s, _r in suites.in_phases([measures, *others], 3)]
    assert ran[-1] == "measures"
    assert set(ran[:2]) == {"one", "other"}
