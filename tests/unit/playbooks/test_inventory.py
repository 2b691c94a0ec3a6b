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


GROUPS = """
[mail_database]
{database}
[mail_store]
{store}
[mail_edge]
{edge}
[mail:children]
mail_database
mail_store
mail_edge
"""
STORE, EDGE = "store1 site_internal_address=10.0.0.12", "mx1 site_internal_address=10.0.0.10"


@pytest.mark.parametrize(
    ("store", "edge", "sentence"),
    [
        ("mx1", "mx1", ""),
        (STORE, EDGE, ""),
        (STORE, f"{EDGE}\nmx2 site_internal_address=10.0.0.11", ""),
        (f"{STORE}\nstore2", EDGE, "The group mail_store has 2 hosts (store1, store2)"),
        (EDGE, f"{EDGE}\nmx2", "mx1 is a store and an edge, and mx2 an edge beside it"),
        ("store1", EDGE, "store1 has no site_internal_address"),
        (STORE, "mx1", "mx1 has no site_internal_address"),
    ],
)
def test_several_hosts(store: str, edge: str, sentence: str, tmp_path: pathlib.Path) -> None:
    inventory = tmp_path / "inventory"
    inventory.write_text(GROUPS.format(database="db1", store=store, edge=edge))
    done = subprocess.run(
        ["ansible-playbook", "-i", inventory, "selfhost.mail.inventory"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode == 0) == (sentence == ""), done.stdout
    assert sentence in " ".join(done.stdout.split())


def test_there_are_playbooks() -> None:
    assert "site" in PLAYBOOKS
