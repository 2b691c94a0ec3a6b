"""Runs the playbooks of daily work as an administrator does, with and without a terminal."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import typing as t

from e2e.control import LIMIT, SETTINGS
from readme.dialogue import talk

RESULT = re.compile(r"^ok: \[.*?\] => (\{.*?^\})", re.MULTILINE | re.DOTALL)
REFUSAL = re.compile(r'^fatal: \[.*?\]: FAILED! => (\{.*"msg".*)', re.MULTILINE)

Report = list[str]


def reports(printed: str) -> list[Report]:
    """The reports at the ends of the playbooks. Pure."""
    shown = [json.loads(text)["msg"] for text in RESULT.findall(printed)]
    return [message for message in shown if isinstance(message, list)]


@dataclasses.dataclass(frozen=True)
class Playbooks:
    inventory: str
    folder: pathlib.Path

    def check(self, *names: str, **variables: t.Any) -> list[Report]:
        """What would be done."""
        return self.run("--check", *names, **variables)

    def run(self, *names: str, **variables: t.Any) -> list[Report]:
        """Run playbooks one after the other with the same variables; the report of each."""
        done = self.start(*names, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        found = reports(done.stdout)
        assert len(found) == sum(not name.startswith("-") for name in names), done.stdout
        return found

    def refusal(self, name: str, **variables: t.Any) -> str:
        """The sentence with which a playbook refuses to work."""
        done = self.start(name, **variables)
        assert done.returncode != 0, done.stdout
        sentences = [json.loads(text)["msg"] for text in REFUSAL.findall(done.stdout)]
        assert len(sentences) == 1, done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        return str(sentences[0])

    def talk(self, name: str, *answers: tuple[str, str], options: t.Sequence[str] = ()) -> str:
        """Run a playbook on a terminal and type each answer after its question."""
        command = [*self._command(name), *options]
        status, printed = talk(command, str(self.folder), self._environment(), answers)
        assert status == 0, printed
        return printed.replace("\r\n", "\n")

    def start(self, *words: str, **variables: t.Any) -> subprocess.CompletedProcess[str]:
        """Run without a terminal, whatever comes of it."""
        return subprocess.run(
            [*self._command(*words), "-e", json.dumps(variables)],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    def _command(self, *words: str) -> list[str]:
        names = [word if word.startswith("-") else f"selfhost.mail.{word}" for word in words]
        return ["ansible-playbook", "-i", self.inventory, *names]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **SETTINGS}
