"""A tree of files as the checks see it: path from the repository's root → text."""

from __future__ import annotations

import dataclasses
import fnmatch
import pathlib
import subprocess
import typing as t

Tree = t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


CheckFunction = t.Callable[[Tree], t.Iterable[Finding]]


@dataclasses.dataclass(frozen=True)
class Check:
    """A pure function over the files that match its patterns; each pattern must match one."""

    id: str
    patterns: tuple[str, ...]
    function: CheckFunction

    def run(self, tree: Tree) -> tuple[int, list[Finding]]:
        """Number of files looked at, and what is wrong with them."""
        empty = [pattern for pattern in self.patterns if not select(tree, pattern)]
        files = select(tree, *self.patterns)
        findings = [Finding(p, 0, "no file matches, so nothing was checked") for p in empty]
        return len(files), findings + list(self.function(files))


CHECKS: dict[str, Check] = {}


def check(check_id: str, *patterns: str) -> t.Callable[[CheckFunction], CheckFunction]:
    """Register a check of the house under a fixed id."""

    def register(function: CheckFunction) -> CheckFunction:
        if check_id in CHECKS:
            raise ValueError(f"two checks are called {check_id!r}; give one of them another id")
        CHECKS[check_id] = Check(check_id, patterns, function)
        return function

    return register


def select(tree: Tree, *patterns: str) -> dict[str, str]:
    """Files whose path matches one of the patterns; `*` also crosses folders."""
    return {
        path: text
        for path, text in tree.items()
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
    }


def tracked(root: pathlib.Path) -> list[str]:
    """Paths that git tracks or would track."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted({p for p in listing.split("\0") if p and (root / p).is_file()})


def read_tree(root: pathlib.Path) -> dict[str, str]:
    """Text of every tracked file; binary files are left out."""
    tree = {}
    for path in tracked(root):
        data = (root / path).read_bytes()
        if b"\0" not in data:
            tree[path] = data.decode()
    return tree


def lines_with(text: str, found: t.Callable[[str], object]) -> t.Iterator[tuple[int, str]]:
    """Numbered lines for which `found` says so."""
    return ((n, line) for n, line in enumerate(text.splitlines(), 1) if found(line))
