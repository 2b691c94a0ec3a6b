# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a daemon's configuration: what differs, and what is said when they are refused."""

from __future__ import annotations

import dataclasses
import re
import typing as t

_MODE = re.compile(r"0?[0-7]{3}")
_LONGEST_REASON = 600


@dataclasses.dataclass(frozen=True)
class File:
    """As it is to be; `restart` says that the daemon reads it at its start only."""

    path: str
    content: str
    owner: str = "root"
    group: str = "root"
    mode: str = "0644"
    secret: bool = False
    restart: bool = False


@dataclasses.dataclass(frozen=True)
class Found:
    """As it is; `content` is None when there is no file."""

    content: str | None = None
    owner: str = ""
    group: str = ""
    mode: str = ""


def parse_files(
    files: t.Sequence[t.Mapping[str, t.Any]], contents: t.Mapping[str, str]
) -> tuple[File, ...]:
    """The texts of secret files come by a way of their own."""
    parsed = tuple(
        File(**{**given, "content": contents.get(given["path"], given["content"] or "")})
        for given in files
    )
    for file in parsed:
        if not file.path.startswith("/"):
            raise ValueError(f"The path {file.path!r} is not absolute; begin it with a slash.")
        if not _MODE.fullmatch(file.mode):
            raise ValueError(f"The mode {file.mode!r} of {file.path} is none; write it as '0644'.")
    return parsed


def differing(wanted: t.Sequence[File], found: t.Mapping[str, Found]) -> tuple[File, ...]:
    return tuple(file for file in wanted if found[file.path] != as_found(file))


def as_found(file: File) -> Found:
    return Found(file.content, file.owner, file.group, file.mode.rjust(4, "0"))


def diff(changes: t.Sequence[File], found: t.Mapping[str, Found]) -> list[dict[str, str]]:
    """Of secret files only that they change."""
    return [
        {
            "before_header": file.path,
            "after_header": file.path,
            "before": "(secret)\n" if file.secret else _shown(found[file.path]),
            "after": "(another secret)\n" if file.secret else _shown(as_found(file)),
        }
        for file in changes
    ]


def _shown(found: Found) -> str:
    if found.content is None:
        return ""
    return f"# {found.owner}:{found.group} {found.mode}\n{found.content}"


def reason(said: str, root: str = "") -> str:
    """What a command said, as one clause that names the files where they will be."""
    lines = [" ".join(line.split()) for line in said.replace(root, "").splitlines() if line.strip()]
    clause = "; ".join(dict.fromkeys(lines)) or "it did not say why"
    return clause[:_LONGEST_REASON].rstrip(" .;")


@dataclasses.dataclass(frozen=True)
class Daemon:
    """`remedy` is what the administrator can correct."""

    name: str
    remedy: str
    running: bool

    def refused(self, why: str) -> str:
        """Before the daemon heard of it."""
        head = f"{self.name} refuses its new configuration: {why}. No file was changed"
        return f"{head}{self._keeps()}. {self._again()}"

    def broken(self, why: str) -> str:
        """Nothing of ours changes, and what is there is not good."""
        head = f"{self.name} refuses the configuration that is on disk: {why}"
        tail = f". {self.name} keeps running, but would not start again" if self.running else ""
        return f"{head}{tail}. {self._again()}"

    def unwritten(self, why: str) -> str:
        head = f"The configuration of {self.name} cannot be written: {why}. No file was changed"
        return f"{head}{self._keeps()}. Make room or mend the file system, and run the play again."

    def unproven(self, why: str, former: str) -> str:
        """After it was written; `former` is why the former one does not work either."""
        head = f"{self.name} does not work with its new configuration: {why}"
        head += ". Its former files are back"
        if former:
            tail = f", but it does not work with them either: {former}"
        else:
            tail = f", and {self.name} runs with them" if self.running else ""
        return f"{head}{tail}. {self._again()}"

    def _keeps(self) -> str:
        return f", and {self.name} keeps running with its former one" if self.running else ""

    def _again(self) -> str:
        return f"Correct {self.remedy}, and run the play again."
