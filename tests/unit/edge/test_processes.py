"""What the kernel says, of real processes."""

from __future__ import annotations

import os
import subprocess

from ansible_collections.selfhost.mail.plugins.module_utils._edge import processes


def test_a_child_is_seen_while_it_lives() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert child.pid in processes.children(os.getpid())
        assert processes.stat(child.pid)[0] in ("R", "S", "D")
        child.kill()
    assert child.pid not in processes.children(os.getpid())
    assert (processes.stat(child.pid), processes.name(child.pid)) == ([], "")


def test_a_process_runs_what_is_installed() -> None:
    assert processes.name(os.getpid())
    assert processes.outdated(os.getpid()) == set()


def test_nobody_has_no_children() -> None:
    assert processes.children(0) == []
