"""Secrets on their way from a task to a module: real runs of ansible-playbook on this machine."""

from __future__ import annotations

import subprocess
import sys

from database.playbook import Playbook, private, task

A = "alice@example.test"
SECRET = "Zq7-unmistakable"


def test_no_password_is_in_a_file_or_in_what_is_printed(playbook: Playbook) -> None:
    private(playbook.place / "users.csv", "carol@example.test,example,Carol\n")
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


def test_an_import_stays_readable_whatever_the_passwords_are(playbook: Playbook) -> None:
    passwords = ("a", "ok", "changed", "true", "example", "added", "1", "users", "sealed_users")
    users = "".join(f"{number}@example.test,{word},A\n" for number, word in enumerate(passwords))
    private(playbook.place / "users.csv", users)
    given = task("mail_users", src="users.csv", rounds=5000)
    printed = playbook(given, arguments=["-vvv", "--diff"])
    for text in (
        '"counts": { "added": 9, "failed": 0, "skipped": 0, "total": 9, "updated": 0 }',
        "9 users: 9 added, 0 updated, 0 skipped, 0 failed.",
        "8@example.test added",
        '"changed": true',
        '"sealed_users": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"',
        "ok=1 changed=1 ",
    ):
        assert text in printed, printed
    result = printed.partition("changed: [localhost] => ")[2].partition("PLAY RECAP")[0]
    assert "******" not in result
    assert len(result) > 1000


RECORDER = """
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "recorder"

    def v2_runner_on_ok(self, result):
        kept = (result._task.serialize(), result._task_fields, result._result)
        with open("recorded", "a") as file:
            print(*map(repr, kept), file=file)
"""


def test_what_callbacks_may_record_has_no_password(playbook: Playbook) -> None:
    plugins = playbook.place / "callback_plugins"
    plugins.mkdir()
    (plugins / "recorder.py").write_text(RECORDER)
    private(playbook.place / "users.csv", f"carol@example.test,{SECRET},Carol\n")
    printed = playbook(
        task("mail_users", src="users.csv", rounds=5000),
        task("mail_users", users=[{"email": A, "password": "{{ secret }}"}], rounds=5000),
        task("mail_user", email=A, password="{{ secret }}", rounds=5000),
        variables={"secret": f"{{{{ '{SECRET[:4]}' + '{SECRET[4:]}' }}}}"},
    )
    recorded = (playbook.place / "recorded").read_text()
    assert "ok=3 changed=2" in printed, printed
    assert recorded.count("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER") >= 3
    assert SECRET not in recorded


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
    private(playbook.place / "users.csv", f"{A},example,Alice\nbob@example.test,{SECRET},Bob\n")
    private(playbook.place / "quote.csv", f'"a,{SECRET}\n')
    private(playbook.place / "faults.csv", f"a@example.test\nb@,{SECRET},c,d\n")
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
        "quote.csv line 1: A quote is opened here and never closed",
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
