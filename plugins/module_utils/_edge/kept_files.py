# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps copies of files with all that belongs to them, and puts them back."""

from __future__ import annotations

import os
import shutil
import typing as t

from .._core.kept_files import PLACES, SUFFIX, Return, is_managed
from .installed import files_of, read

# ours, too; its lines are passwords alone
_PASSWORDS = "/pgpass"


def without_copy(paths: t.Iterable[str]) -> list[str]:
    """Of these files those that have none yet: the first one is the one made by hand."""
    return [path for path in paths if not os.path.lexists(f"{path}{SUFFIX}")]


def keep(path: str) -> None:
    """Beside the file under the final name in one step, so that a copy is never half of one."""
    unfinished = f"{path}{SUFFIX}.new"
    shutil.copy2(path, unfinished, follow_symlinks=False)
    found = os.lstat(path)
    os.chown(unfinished, found.st_uid, found.st_gid, follow_symlinks=False)
    os.rename(unfinished, f"{path}{SUFFIX}")


def look() -> tuple[list[str], list[str]]:
    """All files of the daemons, and those of our making."""
    paths = sorted(files_of(PLACES))
    return paths, [path for path in paths if path.endswith(_PASSWORDS) or is_managed(read(path))]


def give_back(way: Return) -> None:
    for path in way.restored:
        os.replace(f"{path}{SUFFIX}", path)
    for path in way.removed:
        os.remove(path)


def had_exim() -> bool:
    """Whether its configuration is all that is left of exim4."""
    return os.path.exists("/etc/exim4") and not os.path.exists("/usr/sbin/exim4")
