"""The reports: what a person reads, what a program reads."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.model import (
    ERROR,
    FAILED,
    PASSED,
    SKIPPED,
    WARNING,
    Health,
    Result,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.health.report.data import (
    data,
    results,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.health.report.text import text

STOPPED = Result(
    "service.running", "dovecot", ERROR, FAILED, "active", "inactive (dead)", 0.01, "start it", ""
)
RUNS = Result("service.running", "postfix", ERROR, PASSED, "active", "active", 0.01, "start it", "")
BECAUSE = "because service.running dovecot"
RESULTS = (
    RUNS,
    STOPPED,
    Result("port.answers", "imaps 192.0.2.1:993", ERROR, SKIPPED, "", "", 0.0, "look", BECAUSE),
    Result("port.answers", "imaps [::1]:993", ERROR, SKIPPED, "", "", 0.0, "look", BECAUSE),
    Result("queue.short", "queue", WARNING, FAILED, "at most 20", "21 deferred", 0.0, "wait", ""),
    Result("queue.moving", "queue", ERROR, PASSED, "at most 600 s", "0 waiting", 0.0, "wait", ""),
)

EXPECTED = """\
Health of mx1.example.test, observed in 2.0 s

Services
  ✗ The daemon is running, and its main process lives          dovecot

Ports
  · The port answers, in the right protocol                    skipped

Queue
  ! At most 20 messages are deferred                           queue
  ✓ No message waits 10 minutes for its first attempt          0 waiting

What is wrong
  ✗ service.running  dovecot
      expected  active
      observed  inactive (dead)
      remedy    start it
  ! queue.short  queue
      expected  at most 20
      observed  21 deferred
      remedy    wait

Skipped, and not counted
  · because service.running dovecot
      port.answers

HEALTH 50% (2/4 checks passed)"""


def test_text() -> None:
    assert text(Health(RESULTS, 2.04), "mx1.example.test") == EXPECTED


def test_text_of_a_healthy_host_ends_with_all() -> None:
    lines = text(Health((RUNS,), 2.0), "mx1.example.test").splitlines()
    assert lines[-1] == "HEALTH 100% (1/1 checks passed)"
    assert "What is wrong" not in lines


def test_data() -> None:
    report = data(Health(RESULTS, 2.0004))
    assert set(report) == {"duration_s", "score", "checks"}
    assert (report["duration_s"], report["score"]) == (2.0, 50)
    assert report["checks"][1] == {
        "id": "service.running",
        "target": "dovecot",
        "severity": "error",
        "status": "failed",
        "expected": "active",
        "observed": "inactive (dead)",
        "duration_s": 0.01,
        "remedy": "start it",
        "reason": "",
        "host": "",
    }


def test_several_hosts() -> None:
    """What is read back is what was said, of the host that said it."""
    found = results({"mx1": data(Health(RESULTS, 2.0))}, ("postfix",))
    assert found == [dataclasses.replace(result, host="mx1") for result in RESULTS]
    assert "  ✗ service.running  dovecot on mx1" in text(Health(tuple(found), 2.0), "mx1")


@pytest.mark.parametrize("report", [{}, {"unreachable": True}, {"checks": []}])
def test_a_host_without_report_is_red(report: dict[str, object]) -> None:
    found = results({"mx1": report}, ("postfix", "dovecot"))
    assert [(r.id, r.place, r.status) for r in found] == [
        ("service.running", "postfix on mx1", FAILED),
        ("service.running", "dovecot on mx1", FAILED),
    ]
