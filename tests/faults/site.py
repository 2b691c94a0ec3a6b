"""The system a trial runs on: where its parts are, and scripts there."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import functools
import json
import os
import pathlib
import subprocess
import time
import typing as t

from bed import machines
from e2e.connection import Connection
from faults.model import Place

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTER = str(ROOT / "tests" / "bed" / "enter")
REPAIR = ROOT / "tests" / "faults" / "stock" / "repair"
# where mailboxes lie; the guides for a host by hand name the same place
MAIL_ROOT = "/var/mail/vmail"
PATIENCE = 300  # seconds; a package's scripts take their time
SSH_FAILED = 255

Kind = t.Literal["ours", "stock"]


class ScriptFailed(Exception):
    """A script that had to succeed, with what it said."""


def failed(script: str, at: Place, done: subprocess.CompletedProcess[str]) -> ScriptFailed:
    said = (done.stdout + done.stderr).strip()
    return ScriptFailed(f"at {at}, status {done.returncode}: {said}\n{script}")


@dataclasses.dataclass(frozen=True)
class Site:
    connection: Connection
    kind: Kind

    @functools.cached_property
    def folder(self) -> pathlib.Path:
        return pathlib.Path(self.connection.ssh_config).parent

    @functools.cached_property
    def bed(self) -> machines.Bed:
        return machines.bed(self.folder.name)

    @contextlib.contextmanager
    def alone(self) -> t.Iterator[None]:
        """Wait until no other trial is on this bed: two would measure each other."""
        with (self.folder / "trial.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(f"{self.bed.name}: waiting for the trial that runs there", flush=True)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def environment(self) -> dict[str, str]:
        """What a fault's script finds; at "bed" the names of containers, where podman works."""
        named = {"CLIENT": machines.OUTSIDE, "RESOLVER": machines.RESOLVER, "NS1": machines.NS1}
        named |= {part.upper(): machine for part, machine in self.bed.parts.items()}
        containers = {name: self.bed.container(machine) for name, machine in named.items()}
        return {**containers, "CONTAINER": containers["EDGE"], "MAIL_ROOT": MAIL_ROOT}

    def run(self, script: str, at: Place = "edge", patience: float = PATIENCE) -> str:
        """Run a script of bash as root at one part of the system; it has to succeed."""
        done = self.ask(script, at, patience)
        if done.returncode:
            raise failed(script, at, done)
        return done.stdout

    def ask(
        self, script: str, at: Place = "edge", patience: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """Run it and return what came of it; a machine that is just starting is asked again."""
        deadline = time.monotonic() + patience
        while True:
            done = self._once(script, at, patience)
            unreached = at != "bed" and done.returncode == SSH_FAILED
            if not unreached or time.monotonic() > deadline:
                return done
            time.sleep(0.5)

    def _once(self, script: str, at: Place, patience: float) -> subprocess.CompletedProcess[str]:
        given = "".join(f"export {name}='{value}'\n" for name, value in self.environment().items())
        if at == "bed":
            command = [ENTER, "bash", "-eu", "-s"]
        else:
            options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=5"]
            name = self.connection.parts[at].name
            command = ["ssh", "-F", self.connection.ssh_config, *options, name]
            command += ["sudo", "bash", "-eu", "-s"]
        return subprocess.run(
            command,
            input=given + script,
            env={**os.environ},
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )

    def waiting(self) -> int:
        """Messages in the queue of the edge, those not yet picked up included."""
        shown = self.run("postqueue -j; ls /var/spool/postfix/maildrop | sed 's/^/{}/'")
        return sum(1 for line in shown.splitlines() if line.startswith("{"))

    def queued(self) -> list[str]:
        """Why messages wait, for a report."""
        entries = [json.loads(line) for line in self.run("postqueue -j").splitlines()]
        return [
            f"{entry['queue_id']} {entry['queue_name']} {recipient['address']}:"
            f" {recipient.get('delay_reason', '')}"
            for entry in entries
            for recipient in entry["recipients"]
        ]

    def repair(self) -> None:
        """What a person does when nothing comes back, so that the next trial can begin."""
        self.run(REPAIR.read_text())
