"""What an administrator does with a host that he did not make, and what he is told."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import typing as t

from e2e.control import ROOT, SETTINGS

PATIENCE = 200  # seconds
NOT_READY = "is not ready for a mail system, and nothing was changed."
_RECAP = re.compile(r"^\S+ +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)
_FATAL = re.compile(r"^fatal: \[(\S+)\]: \w+! => (.+)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Play:
    """How a playbook ended."""

    status: int
    output: str

    @property
    def said(self) -> str:
        """Its output on one line, however wide the terminal was."""
        return " ".join(self.output.split())

    @property
    def changed(self) -> int:
        return sum(int(found[0]) for found in _RECAP.findall(self.output))

    def messages(self) -> dict[str, str]:
        """What each host that failed said."""
        found = _FATAL.findall(self.output)
        return {host: str(json.loads(result)["msg"]) for host, result in found}


@dataclasses.dataclass(frozen=True)
class Administrator:
    inventory: str

    def play(self, name: str, *options: str, **variables: t.Any) -> Play:
        """Run one of our playbooks."""
        command = ("ansible-playbook", f"selfhost.mail.{name}", "-e", json.dumps(variables))
        return self._run(*command, *options)

    def preflight(self, **variables: t.Any) -> Play:
        """What site.yml does before it changes anything."""
        role = ("-m", "include_role", "-a", "name=selfhost.mail.preflight")
        return self._run("ansible", "mail", *role, "-e", json.dumps(variables))

    def variables(self, name: str) -> dict[str, t.Any]:
        """What the inventory says of a host."""
        shown = self._run("ansible-inventory", "--host", name)
        assert shown.status == 0, shown.output
        found: dict[str, t.Any] = json.loads(shown.output)
        return found

    def _run(self, *command: str) -> Play:
        process = subprocess.run(
            [*command, "-i", self.inventory],
            cwd=ROOT,
            env={**os.environ, **SETTINGS, "ANSIBLE_FORKS": "10"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Play(process.returncode, process.stdout + process.stderr)

    def succeed(self, name: str, *options: str, **variables: t.Any) -> Play:
        done = self.play(name, *options, **variables)
        assert done.status == 0, done.output
        return done

    def refused(self, **variables: t.Any) -> list[str]:
        """Let site.yml refuse one host, and return the problems it numbers."""
        done = self.play("site", **variables)
        assert done.status != 0, done.output
        assert done.changed == 0, done.output
        assert NOT_READY in done.said, done.output
        return problems(done.output)


def problems(output: str) -> list[str]:
    """The numbered sentences of the first list."""
    listed = output.partition(NOT_READY)[2].splitlines()[1:]
    found: list[str] = []
    for line in listed:
        if not line.startswith(f"{len(found) + 1}. "):
            break
        found.append(line.partition(". ")[2])
    return found


def inventory_of(folder: pathlib.Path, hosts: t.Mapping[str, t.Mapping[str, t.Any]]) -> str:
    """An inventory in which the first host is the store, and the others are edges."""
    store, *edges = hosts
    groups = {"mail_database": [store, *edges], "mail_store": [store], "mail_edge": edges}
    children = {name: {"hosts": dict.fromkeys(members)} for name, members in groups.items()}
    path = folder / "inventory.json"
    path.write_text(json.dumps({"all": {"children": {"mail": {"hosts": hosts}, **children}}}))
    return str(path)
