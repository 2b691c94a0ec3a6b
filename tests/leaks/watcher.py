"""Looks at command lines, environments and temporary files of a machine while its input is open.

Runs on the controller and, as text, on a mail host. The first line of its input is a JSON with what
it looks for, so no command line of its own has a secret. At the end it prints what it saw as JSON.
"""

from __future__ import annotations

import json
import os
import select
import sys
import typing as t

PAUSE = 0.01  # seconds; a module runs for ten times as long


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1_000_000)
    except OSError:
        return b""


def processes() -> t.Iterator[str]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            yield name


def files(folders: t.Sequence[str]) -> t.Iterator[str]:
    for folder in folders:
        for place, _folders, names in os.walk(folder):
            for name in names:
                yield os.path.join(place, name)


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    secrets = {name: text.encode() for name, text in wanted["secrets"].items()}
    hits: set[tuple[str, str, str]] = set()
    seen: set[tuple[str, bytes]] = set()
    print("watching", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        for pid in processes():
            command = read(f"/proc/{pid}/cmdline")
            seen.add((pid, command))
            for text, kind in ((command, "argv"), (read(f"/proc/{pid}/environ"), "environment")):
                for name, secret in secrets.items():
                    if secret in text:
                        hits.add((name, kind, command.replace(b"\0", b" ")[:200].decode("latin-1")))
        for path in files(wanted["folders"]):
            text = read(path)
            for name, secret in secrets.items():
                if secret in text:
                    hits.add((name, "file", path))
    commands = sorted({command.decode("latin-1") for _pid, command in seen})
    print(json.dumps({"hits": sorted(hits), "processes": len(seen), "commands": commands}))


main()
