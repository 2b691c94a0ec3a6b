"""An administrator imports a CSV file, twice."""

from __future__ import annotations

import csv
import pathlib
import re

from e2e.clients import Clients
from e2e.connection import Connection, User
from e2e.control import Control

PEOPLE = ("María García", "Jean-Pierre Dubois", "Patrick O'Brien", "Schmidt, Anna")
CHANGED = re.compile(r"changed=(\d+)")


def figures(printed: str) -> dict[str, int]:
    """How many were added, skipped and failed, as the playbook says."""
    return {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", printed)} | {
        word: int(count) for word, count in re.findall(r"(\w+):? (\d+)", printed)
    }


def test_second_import_skips_all(
    tmp_path: pathlib.Path, connection: Connection, control: Control, clients: Clients, run_id: str
) -> None:
    users = [
        User(f"{name}.{run_id}@{connection.domains[1]}", f"Imported, {run_id}!", full_name)
        for name, full_name in zip(("maria", "j-p", "o'brien", "schmidt"), PEOPLE, strict=True)
    ]
    with (tmp_path / "users.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "password", "full_name"])
        rows.writerows([user.email, user.password, user.full_name] for user in users)
    first = control.playbook("import_users", tmp_path, import_users_src="users.csv")
    for user in users:
        clients.imap(user).logout()
    second = control.playbook("import_users", tmp_path, import_users_src="users.csv")
    assert figures(first)["added"] == len(users), first
    assert figures(second)["skipped"] == len(users), second
    assert figures(second)["added"] == 0, second
    assert set(CHANGED.findall(second)) == {"0"}
    assert users[0].password not in first + second
