"""Watching and searching a machine: the controller, or a mail host by its administrator's way."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import shlex
import subprocess
import sys
import typing as t

HERE = pathlib.Path(__file__).parent
Hit = tuple[str, str, str]  # which secret, where, and what there


@dataclasses.dataclass
class Watched:
    """What a watcher saw; known when the watching has ended."""

    hits: list[Hit] = dataclasses.field(default_factory=list)
    processes: int = 0
    commands: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Machine:
    """A name, the way to run a program there as root, and the folders of temporary files."""

    name: str
    way: tuple[str, ...]
    temporary: tuple[str, ...]
    searched: tuple[str, ...]
    has_journal: bool

    @contextlib.contextmanager
    def watched(self, secrets: t.Mapping[str, str]) -> t.Iterator[Watched]:
        """Look at its processes and temporary files meanwhile."""
        program = self._program("watcher.py")
        process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin
        assert process.stdout
        wanted = {"secrets": dict(secrets), "folders": self.temporary}
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "watching\n"
        seen = Watched()
        try:
            yield seen
        finally:
            said, _none = process.communicate("end\n", timeout=30)
            told = json.loads(said)
            seen.hits = [(self.name + " " + kind, name, what) for name, kind, what in told["hits"]]
            seen.processes, seen.commands = told["processes"], tuple(told["commands"])

    def search(self, secrets: t.Mapping[str, str], since: float) -> tuple[list[Hit], int]:
        """What it has written since then with one of them in it, and how much was looked at."""
        wanted = {
            "secrets": dict(secrets),
            "since": since,
            "folders": self.searched,
            "journal": self.has_journal,
        }
        done = subprocess.run(
            self._program("searcher.py"),
            input=json.dumps(wanted),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        told = json.loads(done.stdout)
        hits = [(self.name + " " + kind, name, what) for name, kind, what in told["hits"]]
        return hits, told["looked"]

    def _program(self, name: str) -> list[str]:
        """The program's text travels as an argument, its input holds the secrets."""
        text = (HERE / name).read_text()
        if not self.way:
            return [sys.executable, "-c", text]
        return [*self.way, shlex.join(["sudo", "python3", "-c", text])]
