"""Commands of the host: what they said, and what becomes of those that take too long."""

from __future__ import annotations

import pathlib
import time

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.observations import Command
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes.command import run


def test_what_a_command_says() -> None:
    found = run("sh", "-c", "echo out; echo errors >&2; exit 3")
    assert found == Command("sh -c 'echo out; echo errors >&2; exit 3'", 3, "out", "errors")


def test_a_command_that_is_not_there() -> None:
    found = run("no-such-command")
    assert (found.status, "No such file" in found.errors) == (127, True)


def test_a_killed_command_whose_child_goes_on() -> None:
    """It has the pipes still, and nobody waits for them."""
    began = time.monotonic()
    assert run("sh", "-c", "sleep 3; :", seconds=0.2).status is None
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("kill", "ends"), [(True, False), (False, True)])
def test_a_command_that_takes_too_long(kill: bool, ends: bool, tmp_path: pathlib.Path) -> None:
    ended = tmp_path / "ended"
    found = run("sh", "-c", f"sleep 0.6; touch {ended}", seconds=0.2, kill=kill)
    assert found.status is None
    time.sleep(1)
    assert ended.exists() is ends
