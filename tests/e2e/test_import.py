"""An administrator imports CSV files: odd and generated passwords, twice, and with mistakes."""

from __future__ import annotations

import csv
import os
import pathlib
import re
import stat
import subprocess
import typing as t

import pytest

from e2e.clients import Clients
from e2e.connection import Connection, User
from e2e.control import Control

PEOPLE = ("María García", "Jean-Pierre Dubois", "Patrick O'Brien", "Schmidt, Anna")
CHANGED = re.compile(r"changed=(\d+)")
# what a spreadsheet, a shell, a template, SQL or a log could take for something else
ODD = (
    " blanks at both ends ",
    "semi;colon, comma",
    'quo"te',
    '"quoted"',
    "€{%",
    "{{ lookup('pipe', 'id') }}",
    "'; DROP TABLE mail.mailbox; --",
    "=cmd|' /C calc'!A0",
    "back\\slash $HOME `id`",
    "ümläut☃",
    "a",
    "ok",
    "changed",
)


def figures(printed: str) -> dict[str, int]:
    """How many were added, skipped and failed, as the playbook says."""
    return {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", printed)} | {
        word: int(count) for word, count in re.findall(r"(\w+):? (\d+)", printed)
    }


def write(path: pathlib.Path, users: t.Iterable[User], **dialect: t.Any) -> None:
    """A file as a spreadsheet writes it, which only its owner may read."""
    path.touch(mode=0o600)
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file, **dialect)
        rows.writerows([user.email, user.password, user.full_name] for user in users)


def log_in(clients: Clients, user: User) -> None:
    """By AUTHENTICATE PLAIN, which takes every octet as it is."""
    client = clients.imap()
    client.authenticate("PLAIN", lambda _: f"\0{user.email}\0{user.password}".encode())
    client.logout()


@pytest.fixture
def vault(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What encrypts the hand-over file, set as administrators set it."""
    path = tmp_path / "vault-password"
    path.write_text("opens-the-hand-over-file")
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(path))


@pytest.mark.usefixtures("vault")
def test_passwords_are_taken_as_they_are_or_generated(
    tmp_path: pathlib.Path, connection: Connection, control: Control, clients: Clients, run_id: str
) -> None:
    domain = connection.domains[1]
    people = [
        User(f"{name}.{run_id}@{domain}", f"Imported, {run_id}!", full_name)
        for name, full_name in zip(("maria", "j-p", "o'brien", "schmidt"), PEOPLE, strict=True)
    ]
    odd = [
        User(f"email.{number}.{run_id}@{domain}", password, password)
        for number, password in enumerate(ODD)
    ]
    new = User(f"new.{run_id}@{domain}", "", "Muster, Lena")
    users = [*odd, *people, new]
    write(tmp_path / "users.csv", users, delimiter=";")
    given = {"import_users_src": "users.csv", "hand_over": "passwords.vault"}
    first = control.playbook("import_users", tmp_path, **given)
    assert figures(first)["added"] == len(users), first
    file = tmp_path / "passwords.vault"
    assert f"1 generated password: ansible-vault view {file}" in first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    command = ["ansible-vault", "view", str(file)]
    view = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    (row,) = csv.DictReader(view.stdout.splitlines())
    assert (row["email"], row["full_name"]) == (new.email, new.full_name)
    for user in (*people, *odd, User(row["email"], row["password"])):
        log_in(clients, user)
    second = control.playbook("import_users", tmp_path, **given)
    assert figures(second)["skipped"] == len(users), second
    assert figures(second)["added"] == 0, second
    assert set(CHANGED.findall(second)) == {"0"}
    for secret in (people[0].password, row["password"]):
        assert secret not in first + second


def test_mistakes_come_back_in_a_file_of_their_own(
    tmp_path: pathlib.Path, connection: Connection, control: Control, clients: Clients, run_id: str
) -> None:
    domain = connection.domains[1]
    secret = f"Kept-{run_id}"
    good, bad = (User(f"{name}.mended.{run_id}@{domain}", secret) for name in ("good", "bad"))
    wrong = User(f"bad..mended.{run_id}@{domain}", secret)
    source, rejected = tmp_path / "users.csv", tmp_path / "users.rejected.csv"
    write(source, [good, wrong, User(connection.administrator.replace("@", "+x@"), secret)])
    playbook = ("ansible-playbook", "selfhost.mail.import_users")
    said = control.refusal(*playbook, src=str(source))
    report = said.index("Report what went wrong")
    assert "users.csv line 2, column email: The address 'bad..mended" in said[report:]
    assert "users.csv line 3, column email: " in said[report:]
    assert said.index("did not go well; the report above says why", report)
    assert secret not in said
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    lines = rejected.read_text(encoding="utf-8-sig").splitlines()
    assert [line.partition(",")[0] for line in lines[:2]] == ["email", wrong.email]
    rejected.write_text("\n".join([lines[0], lines[1].replace(wrong.email, bad.email)]))
    mended = control.playbook("import_users", tmp_path, src="users.rejected.csv")
    assert figures(mended)["added"] == 1, mended
    log_in(clients, bad)
