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
YOUNG = 0.5
SELDOM = 0.5


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1_000_000)
    except OSError:
        return b""


def last_pid() -> bytes:
    """Of the process or thread that was made last: while it is the same, none is new (proc(5))."""
    return read("/proc/loadavg").split()[-1]


class Rounds:
    """Which processes and files are worth a look this time."""

    def __init__(self, folders: t.Sequence[str]) -> None:
        self.folders = folders
        self._last = b""
        self._born: dict[str, float] = {}
        self._versions: dict[str, tuple[int, ...]] = {}
        self._changed: dict[str, tuple[int, float]] = {}
        self._all_due = 0.0
        self._all = True

    def begin(self) -> None:
        now = time.monotonic()
        self._all = now >= self._all_due
        if self._all:
            self._all_due = now + SELDOM

    def processes(self) -> t.Iterator[str]:
        now, last = time.monotonic(), last_pid()
        if self._all or last != self._last:
            self._last = last
            there = [name for name in os.listdir("/proc") if name.isdigit()]
            self._born = {name: self._born.get(name, now) for name in there}
        for name, born in self._born.items():
            if self._all or now - born < YOUNG:
                yield name

    def files(self) -> t.Iterator[str]:
        """Those of folders in which something came or went lately, and seldom all."""
        if self._all:
            self._changed = {
                place: self._changed.get(place, (0, 0.0))
                for folder in self.folders
                for place, _folders, _names in os.walk(folder)
            }
        now = time.monotonic()
        for place, (before, since) in list(self._changed.items()):
            with contextlib.suppress(OSError):
                changed = os.stat(place).st_mtime_ns
                if changed != before:
                    since = now
                self._changed[place] = changed, since
                if self._all or now - since < YOUNG:
                    yield from self._files_in(place, now)

    def _files_in(self, folder: str, now: float) -> t.Iterator[str]:
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                self._changed.setdefault(entry.path, (0, now))
                continue
            with contextlib.suppress(OSError):
                found = os.lstat(entry.path)
                version = (found.st_ino, found.st_size, found.st_mtime_ns)
                if self._all or self._versions.get(entry.path) != version:
                    self._versions[entry.path] = version
                    yield entry.path


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
