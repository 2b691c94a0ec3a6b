"""What the demo says at its end, and how its steps show what they did."""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest

from demo import report, steps

CONNECTION: dict[str, t.Any] = {
    "address": "10.89.41.10",
    "hostname": "mx1.example.test",
    "ca_file": "/x/ca.pem",
    "ports": {"smtp": 25, "submission": 587, "submissions": 465, "imaps": 993},
    "dns": "10.89.41.3",
    "domains": ["example.test", "example.org"],
    "users": [{"email": "maria@example.test", "password": "secret", "full_name": "María García"}],
}


def health(*statuses: str, score: int) -> dict[str, t.Any]:
    checks = [
        {
            "id": f"c{n}",
            "target": "mx1",
            "status": status,
            "expected": "a",
            "observed": "b",
            "remedy": "r",
        }
        for n, status in enumerate(statuses)
    ]
    return {"score": score, "duration_s": 1.0, "checks": checks}


@pytest.mark.parametrize(
    ("statuses", "score", "line", "good"),
    [
        (("passed", "passed"), 100, "HEALTH 100% (2/2 checks passed)", True),
        (("passed", "skipped"), 100, "HEALTH 100% (1/1 checks passed)", True),
        (("passed", "failed"), 50, "HEALTH 50% (1/2 checks passed)", False),
        (("passed", "failed"), 100, "HEALTH 100% (1/2 checks passed)", False),
        (("skipped",), 0, "HEALTH 0% (0/0 checks passed)", False),
        ((), 100, "HEALTH 100% (0/0 checks passed)", False),
    ],
)
def test_the_verdict(statuses: tuple[str, ...], score: int, line: str, good: bool) -> None:
    found = health(*statuses, score=score)
    assert report.verdict(found) == line
    assert report.healthy(found) is good


ZONE = "; why\n$ORIGIN example.test.\n\n@ 3600 IN MX 10 mx1\nk 3600 IN TXT " + "x" * 200 + "\n"
PRINTED = (
    "TASK [x] ***\n\nHealth of mx1.example.test\n\n  ✗ It answers\nHEALTH 50% (1/2 …)\nok: [mx1]\n"
)


def test_the_report_has_what_a_person_asks_for() -> None:
    shown = report.render(CONNECTION, {"example.test": ZONE}, "/x", PRINTED)
    for part in ("maria@example.test", "secret", "María García", "993", "587", "465"):
        assert part in shown
    assert "    @ 3600 IN MX 10 mx1\n" in shown
    assert "; why" not in shown
    assert "  Health of mx1.example.test\n\n    ✗ It answers\n" in shown
    assert "TASK" not in shown
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize("printed", ["", "Health of mx1\n", "HEALTH 100%\n"])
def test_what_health_did_not_print_is_not_shown(printed: str) -> None:
    assert "mx1" not in report.examined(printed)


def step(tmp_path: pathlib.Path, code: str) -> str:
    command = (sys.executable, "-c", code)
    return steps.run(steps.Step("Try", "try", (command,)), 1, 2, tmp_path)


def test_a_step_says_how_much_it_changed(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step(tmp_path, "print('mx1.example.test : ok=4    changed=2    unreachable=0')")
    assert capsys.readouterr().out.splitlines()[-1].endswith("changed=2")


def test_a_failed_step_shows_the_end_of_its_log_and_where_it_lies(tmp_path: pathlib.Path) -> None:
    with pytest.raises(steps.StepFailed) as failed:
        step(tmp_path, "import sys; print('it broke'); sys.exit(3)")
    assert "    it broke" in str(failed.value)
    assert f"ended with status 3; all of it is in {tmp_path}/try.log" in str(failed.value)


@pytest.mark.parametrize(
    ("printed", "count"),
    [("", None), ("a : ok=1 changed=0 x\nb : ok=1  changed=3 x\n", 3), ("a : ok=1 changed=0\n", 0)],
)
def test_changes_of_all_hosts_are_added(printed: str, count: int | None) -> None:
    assert steps.changes(printed) == count
