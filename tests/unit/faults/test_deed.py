"""What an answer to the administrator may be, given what is there in the end."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.catalogue import CHECKS
from faults.deed import BOUND_S, Deed, Outcome, complaints
from faults.red import RED
from faults.table import faults

IMPORT = Deed("mail_users", {}, frozenset({"a@example.test", "b@example.test"}))
LIST = Deed("mail_info", {})
ALL, HALF, NONE = IMPORT.makes, {"a@example.test"}, set[str]()
BROKE = "The connection broke: the server ended. Nothing was written. Run this again."
OPEN = "The connection broke, so whether it was written is not known. Run this again."
CUT = "Data could not be sent to remote host. Make sure this host can be reached over ssh:"


def failed(msg: str) -> dict[str, t.Any]:
    return {"failed": True, "msg": msg}


def unreachable(msg: str) -> dict[str, t.Any]:
    return {"unreachable": True, "failed": False, "msg": msg}


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({"failed": False, "changed": True}, ALL),
        (failed(BROKE), NONE),
        (failed(OPEN), NONE),
        (failed(OPEN), ALL),
        (unreachable(CUT), NONE),
        (unreachable(CUT), ALL),
    ],
)
def test_right_answers(said: dict[str, t.Any], there: t.Collection[str]) -> None:
    assert complaints(IMPORT, Outcome(said, 1.0), there) == []
    assert complaints(LIST, Outcome(said, 1.0), there) == []


@pytest.mark.parametrize(
    ("said", "there", "expected"),
    [
        ({"failed": False, "changed": True}, NONE, "wrote 0 of 2, and it was done"),
        ({"failed": False, "changed": True}, HALF, "wrote 1 of 2, and it was done"),
        (failed(BROKE), HALF, "wrote 1 of 2, and it was refused"),
        (failed(BROKE), ALL, "wrote 2 of 2, and it was refused"),
        (failed(OPEN), HALF, "wrote 1 of 2, and it was unknown"),
        (unreachable(CUT), HALF, "wrote 1 of 2, and it was unknown"),
        (failed("MODULE FAILURE: No start of json char found"), NONE, "failed strangely"),
        (failed("mail_users met what nobody foresaw, a fault of ours: X."), NONE, "strangely"),
        (failed("server closed the connection"), NONE, "failed without a sentence"),
        (failed(""), NONE, "failed without a sentence"),
        (unreachable("Task failed."), NONE, "unreachable, not by SSH"),
    ],
)
def test_wrong_answers(said: dict[str, t.Any], there: t.Collection[str], expected: str) -> None:
    (found,) = complaints(IMPORT, Outcome(said, 1.0), there)
    assert expected in found


def test_an_answer_that_takes_too_long() -> None:
    (found,) = complaints(IMPORT, Outcome(failed(BROKE), BOUND_S + 1), NONE)
    assert f"more than {BOUND_S}" in found


def test_what_health_has_to_name_is_there_to_be_named() -> None:
    checks = {check.id for check in CHECKS}
    assert set(RED) <= {fault.id for fault in faults()}
    assert {check.split()[0] for named in RED.values() for check in named} <= checks
