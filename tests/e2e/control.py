"""What an administrator does to the host: modules and playbooks, run as he runs them."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import typing as t

from e2e.connection import Connection

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETTINGS = {
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache/collections"),
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
    "ANSIBLE_HOME": str(ROOT / ".cache/ansible"),
    # Molecule wants failures elsewhere
    "ANSIBLE_DISPLAY_FAILED_STDERR": "0",
    "ANSIBLE_NOCOLOR": "1",
    "LC_ALL": "C.UTF-8",
}
LIMIT = 120  # seconds


@dataclasses.dataclass(frozen=True)
class Control:
    connection: Connection

    def module(self, module: str, /, **options: t.Any) -> dict[str, t.Any]:
        """Run one of our modules on the host that has the accounts and return its result."""
        result = self.attempt(module, **options)
        assert not (result.get("failed") or result.get("unreachable")), result.get("msg")
        return result

    def attempt(self, module: str, /, limit: int = LIMIT, **options: t.Any) -> dict[str, t.Any]:
        """The result of one that may fail, or that may not reach the host."""
        command = ["ansible", "mail_store[0]", "-m", f"selfhost.mail.{module}"]
        arguments = json.dumps({**self.login(), **options})
        process = self._run([*command, "-a", arguments], ROOT, limit)
        head, arrow, result = process.stdout.partition("=> ")
        assert arrow, process.stdout + process.stderr
        parsed: dict[str, t.Any] = json.loads(result)
        # what Ansible prints says so before the result only
        return {**parsed, "failed": head.endswith("FAILED! ")}

    def login(self) -> dict[str, str]:
        """How our modules log in to the database; playbooks learn it from role site."""
        database = self.connection.database
        if not database.host:
            return {}
        return {
            "login_host": database.host,
            "login_password": database.passwords["mail_admin"],
            "ca_cert": database.ca_file,
        }

    def playbook(self, name: str, folder: pathlib.Path, **variables: t.Any) -> str:
        """Run one of our playbooks in the administrator's folder and return what it printed."""
        command = ["ansible-playbook", f"selfhost.mail.{name}", "-e", json.dumps(variables)]
        process = self._run(command, folder)
        assert process.returncode == 0, process.stdout + process.stderr
        return process.stdout

    def role(self, name: str, **variables: t.Any) -> None:
        """Run one of our roles alone, with other variables than the inventory's."""
        command = ["ansible", "mail", "-m", "include_role", "-a", f"name=selfhost.mail.{name}"]
        process = self._run([*command, "-e", json.dumps(variables)], ROOT)
        assert process.returncode == 0, process.stdout + process.stderr

    def play(self, playbook: pathlib.Path, **variables: t.Any) -> str:
        """Run a playbook of the tests and return what it printed, as JSON."""
        command = ["ansible-playbook", str(playbook), "-e", json.dumps(variables)]
        process = self._run(
            command, ROOT, ANSIBLE_STDOUT_CALLBACK="ansible.posix.json", limit=3 * LIMIT
        )
        assert process.stdout.startswith("{"), process.stdout + process.stderr
        return process.stdout

    def refusal(self, *command: str, **variables: t.Any) -> str:
        """Run what must be refused, and return what it said."""
        process = self._run([*command, "-e", json.dumps(variables)], ROOT)
        assert process.returncode != 0, process.stdout
        return process.stdout + process.stderr

    def _run(
        self, command: list[str], folder: pathlib.Path, limit: int = LIMIT, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, "-i", str(pathlib.Path(self.connection.inventory).resolve())],
            cwd=folder,
            env={**os.environ, **SETTINGS, **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
