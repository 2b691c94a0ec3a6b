"""Secrets on their way from a task to a module: real runs of ansible-playbook on this machine."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest
from conftest import COLLECTIONS
from database.modules import Runner

A = "alice@example.test"
SECRET = "Zq7-unmistakable"


@dataclasses.dataclass(frozen=True)
class Playbook:
    """Runs tasks, with every directory that Ansible writes to in one place."""

    place: pathlib.Path
    run: Runner

    def __call__(
        self,
        *tasks: dict[str, t.Any],
        arguments: t.Sequence[str] = (),
        variables: dict[str, t.Any] | None = None,
    ) -> str:
        """What was printed, in one line."""
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable, **(variables or {})},
            "module_defaults": {"group/selfhost.mail.mail": self.run.login()},
            "tasks": [{**task, "ignore_errors": True} for task in tasks],
        }
        (self.place / "ansible.cfg").touch()
        playbook = self.place / "playbook.yml"
        playbook.write_text(json.dumps([play]))
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", "-c", "local", *arguments, playbook],
            cwd=self.place,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        playbook.unlink()
        return " ".join(f"{done.stdout} {done.stderr}".split())

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CONFIG": str(self.place / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.place / "home"),
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_LOG_PATH": str(self.place / "log"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "0",
            "ANSIBLE_REMOTE_TMP": str(self.place / "remote"),
            "TMPDIR": str(self.place),
        }

    def files_with(self, text: str) -> list[pathlib.Path]:
        """The files that a run has left with this text in them."""
        return [
            path
            for path in self.place.rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]


@pytest.fixture
def playbook(run: Runner, tmp_path: pathlib.Path) -> Playbook:
    run.ok("mail_domain", name="example.test")
    return Playbook(tmp_path, run)


def task(module: str, **options: t.Any) -> dict[str, t.Any]:
    return {"name": "Try", f"selfhost.mail.{module}": options}


def test_no_password_is_in_a_file_or_in_what_is_printed(playbook: Playbook) -> None:
    (playbook.place / "users.csv").write_text("carol@example.test,example,Carol\n")
    control = {"name": "Control", "ansible.builtin.ping": {"data": "seen-in-a-file"}}
    users = [{"email": "bob@example.test", "password": f"{SECRET}2"}]
    printed = playbook(
        control,
        task("mail_user", email=A, password=SECRET, rounds=5000),
        task("mail_user", email=A, password_hash=f"{{SSHA512}}{SECRET}", update_password="always"),
        task("mail_users", users=users, rounds=5000),
        task("mail_users", src="users.csv", rounds=5000),
        arguments=["-vvvv", "--diff"],
    )
    assert "changed=3" in printed, printed[-2000:]
    assert playbook.files_with("seen-in-a-file"), "this test would not see a file"
    assert SECRET not in printed
    assert playbook.files_with(SECRET) == []
    stored = playbook.run.ok("mail_info", gather=["users"])["users"]
    assert [one["email"].partition("@")[0] for one in stored] == ["alice", "bob", "carol"]


def test_results_stay_readable_whatever_the_password_is(playbook: Playbook) -> None:
    printed = playbook(
        task("mail_user", email=A, password="example", rounds=5000),
        task("mail_user", email=A, password="alice", update_password="always", rounds=5000),
        task("mail_user", email=A, password="{{ 'exam' + 'ple' }}", update_password="always"),
        task("mail_users", users=[{"email": "bob@example.test", "password": "test"}], rounds=5000),
        arguments=["-v", "--diff"],
    )
    assert printed.count(f'"email": "{A}"') == 6
    assert "DEPRECATION" not in printed
    for text in ("changed=4", "bob@example.test", '"password": "(set)"', '"password": "(changed)"'):
        assert text in printed, printed


def test_a_password_arrives_as_it_is(playbook: Playbook) -> None:
    password = " ä\"'\\ \t{{x}}$6 "
    vault = playbook.place / "vault-password"
    vault.write_text("opens-the-vault")
    vaulted = playbook.place / "vaulted.yml"
    vaulted.write_text(f"vaulted: {SECRET}\n")
    command = [sys.executable, "-m", "ansible", "vault", "encrypt", str(vaulted)]
    subprocess.run([*command, "--vault-password-file", vault], check=True, capture_output=True)
    printed = playbook(
        task("mail_user", email=A, password="{{ given }}", rounds=5000),
        task("mail_user", email="bob@example.test", password="{{ vaulted }}", rounds=5000),
        arguments=["--vault-password-file", str(vault), "-e", f"@{vaulted}"],
        variables={"given": "{% raw %}" + password + "{% endraw %}"},
    )
    assert "changed=2" in printed, printed
    for email, expected in ((A, password), ("bob@example.test", SECRET)):
        again = playbook.run.ok(
            "mail_user", email=email, password=expected, update_password="always"
        )
        assert again["changed"] is False


def test_a_way_through_a_file_is_refused(playbook: Playbook) -> None:
    given = task("mail_user", email=A, password=SECRET)
    podman = {"ansible_connection": "containers.podman.podman"}
    su = {"ansible_become": True, "ansible_become_method": "ansible.builtin.su"}
    printed = playbook(
        {**given, "vars": podman}, {**given, "vars": su}, {**given, "async": 30, "poll": 1}
    )
    for text in (
        "the connection plugin 'containers.podman.podman' has no pipelining",
        "the become method 'su' works without pipelining",
        "does not support async",
        "ignored=3",
    ):
        assert text in printed, printed
    assert SECRET not in printed
    assert playbook.files_with(SECRET) == []


def test_a_csv_file_is_read_where_the_playbook_was_started(playbook: Playbook) -> None:
    (playbook.place / "users.csv").write_text(f"{A},example,Alice\nbob@example.test,{SECRET},Bob\n")
    (playbook.place / "quote.csv").write_text(f'"a,{SECRET}\n')
    (playbook.place / "faults.csv").write_text(f"a@example.test\nb@,{SECRET},c,d\n")
    printed = playbook(
        task("mail_users", src="users.csv", rounds=5000),
        task("mail_users", src="users.csv", rounds=5000),
        task("mail_users", src="elsewhere.csv"),
        task("mail_users", src="quote.csv"),
        task("mail_users", src="faults.csv"),
        arguments=["-v"],
    )
    for text in (
        '"added": 2, "failed": 0, "skipped": 0, "total": 2',
        '"added": 0, "failed": 0, "skipped": 2, "total": 2',
        # a key named skipped would make the whole task a skipped one
        "ok=5 changed=1 unreachable=0 failed=0 skipped=0",
        "The file 'elsewhere.csv' of mail_users cannot be read on the controller",
        "quote.csv line 1: The quoting is broken here",
        "2 faults, nothing was written",
        "faults.csv line 1: There is no value for the column password",
        "faults.csv line 2: There are 4 values for the 3 columns",
    ):
        assert text in printed, printed
    assert SECRET not in printed


def test_the_schema_comes_from_the_collection(playbook: Playbook) -> None:
    options = {**playbook.run.login(), "login_user": "postgres"}
    printed = playbook(task("mail_schema", **options), arguments=["-v"])
    assert '"applied": []' in printed
    assert '"changed": false' in printed
