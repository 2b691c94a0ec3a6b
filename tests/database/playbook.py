"""Runs ansible-playbook on this machine, with every directory that it writes to in one place."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import typing as t

from conftest import COLLECTIONS
from database.modules import Runner


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


def task(module: str, **options: t.Any) -> dict[str, t.Any]:
    return {"name": "Try", f"selfhost.mail.{module}": options}


def private(path: pathlib.Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(text)
