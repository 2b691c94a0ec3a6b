# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What watch does at its host: its place in /run, two deeds, and a word to systemd."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import socket
import subprocess
import typing as t

from ..._core.watch.decision import FLUSH, RELOAD

FOLDER = pathlib.Path("/run/selfhost-mail-watch")
STATE = FOLDER / "state.json"
# systemd starts selfhost-mail-reload.service when it appears; that removes it.
REQUEST = FOLDER / "reload"
_LOCK = FOLDER / "lock"
_FLUSH_S = 5.0


@contextlib.contextmanager
def alone() -> t.Iterator[None]:
    """There is one watch on a host, or ValueError."""
    try:
        lock = os.open(_LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ValueError(
            f"watch cannot use its place in /run: {error.strerror} ({_LOCK})."
            " Start it with systemctl start selfhost-mail-watch, which makes that."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ValueError(
            f"Another watch runs on this host already, process {os.read(lock, 20).decode()};"
            " one is enough, so this one ends."
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    yield


def read_state() -> str:
    try:
        return STATE.read_text(encoding="ascii")
    except OSError:
        return ""


def write_state(text: str) -> str:
    """Why it could not be written, or nothing."""
    new = STATE.with_suffix(".new")
    try:
        new.write_text(text, encoding="ascii")
        new.replace(STATE)
    except OSError as error:
        return f"The state cannot be written: {error.strerror} ({error.filename})."
    return ""


def reloading() -> bool:
    return REQUEST.exists()


def do(action: str) -> str:
    """Why it could not be done, or nothing."""
    return {RELOAD: _reload, FLUSH: _flush}[action]()


def _reload() -> str:
    try:
        REQUEST.touch()
    except OSError as error:
        return f"Postfix cannot be reloaded: {error.strerror} ({REQUEST})."
    return ""


def _flush() -> str:
    """A Postfix that does not run is left alone; when it starts, it looks at its queue."""
    try:
        done = subprocess.run(
            ["/usr/sbin/postqueue", "-f"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_FLUSH_S,
            check=False,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        return f"postqueue -f did not end within {_FLUSH_S:g} s."
    except OSError as error:
        return f"postqueue -f cannot be run: {error.strerror}."
    said = done.stderr.decode(errors="replace").strip()
    return f"postqueue -f ended with {done.returncode}: {said}." if done.returncode else ""


def notify(words: str) -> None:
    """To systemd, when that has started us."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        line.settimeout(1.0)
        line.sendto(words.encode(), address.replace("@", "\0", 1))
