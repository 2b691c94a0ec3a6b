# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller that only their owner may read, there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile


def full_path(path: str) -> str:
    """Where a path leads that somebody wrote: from the directory in which Ansible was started."""
    return os.path.abspath(os.path.expanduser(path))


def claim(path: str) -> None:
    """Make an empty file; raises FileExistsError when there is one, whoever was faster."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def replace(path: str, content: bytes) -> None:
    """Write a file, on the disk before this returns; its place has the old one until then."""
    folder = os.path.dirname(path)
    # with mode 0600 from its first moment
    handle, beside = tempfile.mkstemp(prefix=f".{os.path.basename(path)[:60]}.", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
