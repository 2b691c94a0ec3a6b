"""What SSH and sudo say, and what a person is told."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.reach import (
    Way,
    not_root,
    unreached,
    without_python,
)

WAY = Way("192.0.2.1", "admin", "sudo")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
            "The SSH key of 192.0.2.1 is not the one in known_hosts",
        ),
        (
            "admin@192.0.2.1: Permission denied (publickey,password).",
            "192.0.2.1 lets admin not log in by SSH: set ansible_user",
        ),
        (
            "ssh: Could not resolve hostname mx1.example.org: Name or service not known",
            "The name 192.0.2.1 does not resolve on the controller",
        ),
        ("Missing sudo password", "admin may not become root by sudo without a password"),
        ("sudo: a password is required", "admin may not become root by sudo without a password"),
        ("Incorrect sudo password", "The password by which admin would become root by sudo is"),
        ("admin is not in the sudoers file.", "admin may not become root by sudo: let him in the"),
        (
            "Sorry, user admin is not allowed to execute '/bin/sh' as root on mx1.",
            "admin may not become root by sudo: let him in the",
        ),
        ("Timeout (12s) waiting for privilege escalation prompt:", "sudo did not let admin become"),
        ("/bin/sh: 1: sudo: not found", "The host has no sudo, by which admin would become root"),
        (
            "ssh: connect to host 192.0.2.1 port 22: Connection timed out",
            "192.0.2.1 does not answer",
        ),
        ("ssh: connect to host 192.0.2.1 port 22: Connection refused", "192.0.2.1 does not answer"),
        ("what nobody foresaw", "admin cannot work as root on 192.0.2.1: see that this user may"),
    ],
)
def test_unreached(said: str, sentence: str) -> None:
    told = unreached(WAY, said)
    assert told.startswith(sentence)
    assert told.endswith(f" It said: {' '.join(said.split())}")


def test_silence() -> None:
    assert unreached(WAY, "").endswith("It said: nothing")


def test_not_root() -> None:
    assert "works as admin on 192.0.2.1, who is not root: set ansible_become" in not_root(WAY)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ({"rc": 127, "msg": "The module interpreter '/usr/bin/python4' was not found."}, True),
        ({"rc": 127, "module_stderr": "/bin/sh: 1: /usr/bin/python3: not found\n"}, True),
        ({"rc": 1, "msg": "The module interpreter '/usr/bin/python4' was not found."}, False),
        ({"failed": True, "msg": "mx1 is not ready"}, False),
        ({"changed": False}, False),
    ],
)
def test_without_python(result: dict[str, object], told: bool) -> None:
    assert bool(without_python(result)) is told
