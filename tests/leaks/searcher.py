"""Searches what a machine has written since a moment: its files and its journal.

Runs on the controller and, as text, on a mail host. Its input is a JSON with what it looks for, its
output one with what it found.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import typing as t

# the journal is asked by its own program, for what came since then alone
NOT_HERE = ("/proc", "/sys", "/dev", "/var/log/journal")


def files(folders: t.Sequence[str], since: float) -> t.Iterator[str]:
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner[:] = [one for one in inner if os.path.join(place, one) not in NOT_HERE]
            for name in names:
                path = os.path.join(place, name)
                try:
                    known = os.lstat(path)
                except OSError:
                    continue
                if stat.S_ISREG(known.st_mode) and max(known.st_mtime, known.st_ctime) >= since:
                    yield path


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def main() -> None:
    wanted = json.load(sys.stdin)
    secrets = {name: text.encode() for name, text in wanted["secrets"].items()}
    hits: list[tuple[str, str, str]] = []
    looked = 0
    for path in files(wanted["folders"], wanted["since"]):
        text = read(path)
        looked += 1
        hits += [(name, "file", path) for name, secret in secrets.items() if secret in text]
    if wanted["journal"]:
        # the files of the journal are compressed
        since = f"--since=@{int(wanted['since'])}"
        command = ["journalctl", "--quiet", "--all", "--output=export", since]
        text = subprocess.run(command, capture_output=True, check=True).stdout
        looked += 1
        for name, secret in secrets.items():
            at = text.find(secret)
            if at >= 0:
                hits.append((name, "journal", text[max(0, at - 100) : at + 100].decode("latin-1")))
    print(json.dumps({"hits": hits, "looked": looked}))


main()
