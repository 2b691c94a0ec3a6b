# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook that finds no host of its own says so and fails."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_inventory_without_a_mail_host(name: str, tmp_path: pathlib.Path) -> None:
    inventory = tmp_path / "inventory"
    inventory.write_text("[web]\nwww.example.org\n")
    prompts = ["-e", '{"email": "a@example.org", "password": "x", "full_name": "A"}']
    done = subprocess.run(
        ["ansible-playbook", "-i", inventory, f"selfhost.mail.{name}", *prompts],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "The inventory names no host in the group mail_store." in " ".join(done.stdout.split())


def test_there_are_playbooks() -> None:
    assert "site" in PLAYBOOKS
