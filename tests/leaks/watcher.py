"""Looks at command lines, environments and temporary files of a machine while its input is open.

Runs on the controller and, as text, on a mail host. The first line of its input is a JSON with what
it looks for, so no command line of its own has a secret. At the end it prints what it saw as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import time
import typing as t

PAUSE = 0.01  # seconds; a module runs for ten times as long
# A process is looked at each time for so many seconds, in which it becomes what it is; then, as a
# file that has not changed, seldom.
YOUNG = 2.0
SELDOM = 0.5


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1_000_000)
    except OSError:
        return b""


class Rounds:
    """Which processes and files are worth a look this time."""

    def __init__(self, folders: t.Sequence[str]) -> None:
        self.folders = folders
        self._born: dict[str, float] = {}
        self._versions: dict[str, tuple[int, ...]] = {}
        self._all_due = 0.0
        self._all = True

    def begin(self) -> None:
        now = time.monotonic()
        self._all = now >= self._all_due
        if self._all:
            self._all_due = now + SELDOM

    def processes(self) -> t.Iterator[str]:
        now = time.monotonic()
        there = [name for name in os.listdir("/proc") if name.isdigit()]
        self._born = {name: self._born.get(name, now) for name in there}
        for name, born in self._born.items():
            if self._all or now - born < YOUNG:
                yield name

    def files(self) -> t.Iterator[str]:
        before, self._versions = self._versions, {}
        for folder in self.folders:
            for place, _folders, names in os.walk(folder):
                for name in names:
                    path = os.path.join(place, name)
                    with contextlib.suppress(OSError):
                        found = os.lstat(path)
                        version = (found.st_ino, found.st_size, found.st_mtime_ns)
                        self._versions[path] = version
                        if self._all or before.get(path) != version:
                            yield path


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    secrets = {name: text.encode() for name, text in wanted["secrets"].items()}
    hits: set[tuple[str, str, str]] = set()
    seen: set[tuple[str, bytes]] = set()
    rounds = Rounds(wanted["folders"])
    print("watching", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        rounds.begin()
        for pid in rounds.processes():
            command = read(f"/proc/{pid}/cmdline")
            seen.add((pid, command))
            for text, kind in ((command, "argv"), (read(f"/proc/{pid}/environ"), "environment")):
                for name, secret in secrets.items():
                    if secret in text:
                        hits.add((name, kind, command.replace(b"\0", b" ")[:200].decode("latin-1")))
        for path in rounds.files():
            text = read(path)
            for name, secret in secrets.items():
                if secret in text:
                    hits.add((name, "file", path))
    commands = sorted({command.decode("latin-1") for _pid, command in seen})
    print(json.dumps({"hits": sorted(hits), "processes": len(seen), "commands": commands}))


main()
