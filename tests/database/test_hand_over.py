"""Generated passwords: only in the encrypted hand-over file, and never lost on the way there."""

from __future__ import annotations

import csv
import pathlib
import re
import stat
import subprocess
import sys
import typing as t

import pytest
from database.conftest import execute
from database.playbook import Playbook, private, task
from database.tables import stored

FORM = re.compile(r"[a-km-np-z2-9]{4}(-[a-km-np-z2-9]{4}){3}")
NEW = "b@example.test"
USERS = f'email,password,full_name\na@example.test,given,Anna\n{NEW},,"Muster, Ben"\n'


@pytest.fixture
def secret(playbook: Playbook) -> pathlib.Path:
    path = playbook.place / "secret"
    private(path, "opens-it")
    return path


def handed_over(path: pathlib.Path, secret: pathlib.Path) -> list[dict[str, str]]:
    """What ansible-vault view shows."""
    command = [sys.executable, "-m", "ansible", "vault", "view", str(path)]
    done = subprocess.run(
        [*command, "--vault-password-file", secret], capture_output=True, text=True, check=True
    )
    return list(csv.DictReader(done.stdout.splitlines()))


def test_a_generated_password_is_in_the_file_only(playbook: Playbook, secret: pathlib.Path) -> None:
    private(playbook.place / "users.csv", USERS)
    file = playbook.place / "new" / "passwords.vault"
    file.parent.mkdir()
    run = playbook.run
    given: dict[str, t.Any] = {
        "src": "users.csv",
        "rounds": 5000,
        "hand_over": "new/passwords.vault",
    }
    arguments = ["--vault-password-file", str(secret), "-vvvv", "--diff"]
    before = stored(run)
    planned = playbook(task("mail_users", **given), arguments=[*arguments, "--check"])
    assert f'"generated": [ "{NEW}" ]' in planned
    assert list(file.parent.iterdir()) == []
    assert stored(run) == before
    printed = playbook(task("mail_users", **given), arguments=arguments)
    assert f'"hand_over": "{file}"' in printed
    assert f"1 generated password: ansible-vault view {file}" in printed
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = handed_over(file, secret)
    password = row.pop("password")
    assert row == {"email": NEW, "full_name": "Muster, Ben"}
    assert FORM.fullmatch(password)
    again = run.ok("mail_user", email=NEW, password=password, update_password="always")
    assert again["changed"] is False
    assert password not in printed
    assert playbook.files_with(password) == []
    # nobody is new, so neither a free name nor a secret is needed
    third = playbook(task("mail_users", **given), arguments=["-v"])
    assert '"added": 0' in third
    assert "failed=0" in third


def test_without_a_safe_place_nothing_is_written(playbook: Playbook, secret: pathlib.Path) -> None:
    private(playbook.place / "users.csv", USERS)
    for name in ("taken", "left.unconfirmed"):
        private(playbook.place / name, "kept")
    before = stored(playbook.run)

    def attempt(name: str, **options: t.Any) -> dict[str, t.Any]:
        return task("mail_users", src="users.csv", hand_over=name, **options)

    tasks = [attempt(name) for name in ("taken", "left", ".", "nowhere/passwords")]
    printed = playbook(*tasks, arguments=["--vault-password-file", str(secret)])
    for text in (
        "/taken' exists and is never overwritten. Read it with ansible-vault view",
        "/left.unconfirmed' exists and is never overwritten. A run that broke off has left it",
        "'.' is a directory; give hand_over a file name.",
        "'nowhere/passwords' has no place: the directory",
        "ignored=4",
    ):
        assert text in printed, printed
    without = playbook(attempt("passwords"))
    assert "no vault secret was given to encrypt them with. Call ansible-playbook with" in without
    checked = playbook(attempt("passwords"), arguments=["--check"])
    assert "no vault secret was given" in checked
    several = ["--vault-id", f"one@{secret}", "--vault-id", f"two@{secret}"]
    chosen = playbook(
        attempt("passwords"), attempt("passwords", hand_over_vault_id="three"), arguments=several
    )
    assert "The vault secrets one, two were given; choose the one that encrypts" in chosen
    assert "The vault secret hand_over_vault_id='three' was not given; there is one, two." in chosen
    assert stored(playbook.run) == before
    assert (playbook.place / "taken").read_text() == "kept"
    assert (playbook.place / "left.unconfirmed").read_text() == "kept"
    assert not list(playbook.place.glob("passwords*"))


def test_the_chosen_secret_encrypts_for_a_list_too(
    playbook: Playbook, secret: pathlib.Path
) -> None:
    other = playbook.place / "other"
    private(other, "opens-other-things")
    users = [{"email": NEW, "full_name": "Ben"}, {"email": "a@example.test", "password": ""}]
    options = {"users": users, "hand_over": "p", "hand_over_vault_id": "people", "rounds": 5000}
    printed = playbook(
        task("mail_users", **options),
        arguments=["--vault-id", f"other@{other}", "--vault-id", f"people@{secret}", "-v"],
    )
    assert "2 generated passwords: ansible-vault view" in printed
    rows = handed_over(playbook.place / "p", secret)
    assert [row["email"] for row in rows] == ["a@example.test", NEW]
    assert (playbook.place / "p").read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;people\n")


def test_a_run_that_breaks_off_leaves_the_passwords(
    playbook: Playbook, secret: pathlib.Path
) -> None:
    """The database ends the session while it commits, and nobody knows what became of it."""
    break_off(playbook, "CONSTRAINT TRIGGER broken AFTER INSERT", "DEFERRABLE INITIALLY DEFERRED")
    file = playbook.place / "p.unconfirmed"
    given = task("mail_users", users=[{"email": NEW}], hand_over="p", rounds=5000)
    printed = playbook(given, arguments=["--vault-password-file", str(secret), "-v"])
    assert (
        "Whether the new users were added is not known. The generated passwords are in" in printed
    )
    assert f'"hand_over": "{file}"' in printed
    assert not (playbook.place / "p").exists()
    command = [sys.executable, "-m", "ansible", "vault", "view", str(file)]
    seen = subprocess.run(
        [*command, "--vault-password-file", secret], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert seen[0].startswith("# UNCONFIRMED: it is not known whether this run added")
    assert seen[1] == "email,password,full_name"
    assert FORM.fullmatch(seen[2].split(",")[1])


def test_a_database_that_breaks_before_leaves_no_file(
    playbook: Playbook, secret: pathlib.Path
) -> None:
    break_off(playbook, "TRIGGER broken AFTER INSERT", "")
    given = task("mail_users", users=[{"email": NEW}], hand_over="p", rounds=5000)
    printed = playbook(given, arguments=["--vault-password-file", str(secret), "-v"])
    assert "Nothing was written. Run this again when the server is up." in printed
    assert "is not known" not in printed
    assert not list(playbook.place.glob("p*"))


def break_off(playbook: Playbook, trigger: str, when: str) -> None:
    """Let the database end the session of whoever adds a mailbox."""
    execute(
        playbook.run.socket,
        playbook.run.database,
        "CREATE FUNCTION public.break_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;"
        f"CREATE {trigger} ON mail.mailbox {when} FOR EACH ROW EXECUTE FUNCTION public.break_off()",
    )


def test_a_refusal_after_the_plan_leaves_no_file(playbook: Playbook, secret: pathlib.Path) -> None:
    """A row is refused by the plan of the first call already, so that no password is made."""
    private(playbook.place / "users.csv", USERS + "c@example.org,,C\n")
    given = task("mail_users", src="users.csv", hand_over="p")
    printed = playbook(given, arguments=["--vault-password-file", str(secret)])
    assert "users.csv line 4, column email" in printed
    assert not list(playbook.place.glob("p*"))
    assert (playbook.place / "users.rejected.csv").exists()
