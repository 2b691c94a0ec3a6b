# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a daemon: what differs, and what is said when its configuration is refused."""

from __future__ import annotations

import dataclasses
import re
import typing as t

_MODE = re.compile(r"[0-7]{3,4}")
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

    def as_found(self) -> Found:
        return Found(self.content, self.owner, self.group, self.mode.rjust(4, "0"))


@dataclasses.dataclass(frozen=True)
class Directory:
    """As it is to be; nothing is said of what lies in it."""

    path: str
    owner: str = "root"
    group: str = "root"
    mode: str = "0755"

    secret: t.ClassVar[bool] = False

    def as_found(self) -> Found:
        return Found("", self.owner, self.group, self.mode.rjust(4, "0"))


Place = t.TypeVar("Place", File, Directory)


@dataclasses.dataclass(frozen=True)
class Found:
    """As it is; `content` is None when nothing is there, and empty for a directory."""

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
    return _well_formed(parsed)


def parse_directories(directories: t.Iterable[t.Mapping[str, str]]) -> tuple[Directory, ...]:
    return _well_formed(tuple(Directory(**given) for given in directories))


def _well_formed(places: tuple[Place, ...]) -> tuple[Place, ...]:
    for place in places:
        if not place.path.startswith("/"):
            raise ValueError(f"The path {place.path!r} is not absolute; begin it with a slash.")
        if not _MODE.fullmatch(place.mode):
            raise ValueError(
                f"The mode {place.mode!r} of {place.path} is none; write it as '0644'."
            )
    return places


def differing(wanted: t.Sequence[Place], found: t.Mapping[str, Found]) -> tuple[Place, ...]:
    return tuple(place for place in wanted if found[place.path] != place.as_found())


def diff(
    changes: t.Sequence[File | Directory], found: t.Mapping[str, Found]
) -> list[dict[str, str]]:
    """Of secret files only that they change."""
    return [
        {
            "before_header": file.path,
            "after_header": file.path,
            "before": "(secret)\n" if file.secret else _shown(found[file.path]),
            "after": "(another secret)\n" if file.secret else _shown(file.as_found()),
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


def uninstalled(daemon: str, why: str) -> str:
    return (
        f"What {daemon} needs beside its configuration cannot be written: {why}."
        " Make room or mend the file system, and run the play again."
    )


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
