# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a daemon on the host: what is put there as it is, candidates beside the files of its
configuration, all of them exchanged, or put back."""

from __future__ import annotations

import contextlib
import dataclasses
import grp
import os
import pathlib
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
import time
import typing as t

from .._core.configuration import Directory, File, Found

_FORMER = ".former"  # beside a file: what it was before, until the new one is proven
_ABSENT = "/nonexistent"  # where it leads when there was no file
_NEW = ".new"
_STAGE = "/run"
_POLL_S = 0.3


_ACTIVE = "active"
_RUNNING = (_ACTIVE, "reloading", "activating")
_NEVER = 3  # status of a proof that need not be repeated
_START_S = 90
_BAD = re.compile("error|fatal|panic", re.IGNORECASE)


class Refused(Exception):
    """What a command said that did not succeed; `final` means that to wait would not help."""

    def __init__(self, said: str, final: bool = False) -> None:
        super().__init__(said)
        self.final = final


def look(path: str) -> Found:
    try:
        status = os.stat(path)
        content = pathlib.Path(path).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return Found()
    return _found(content, status)


def look_at_directory(path: str) -> Found:
    """Where a link leads, when it is one."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return Found()
    if not stat.S_ISDIR(status.st_mode):
        raise ValueError(f"{path} is to be a directory and is none: move it away.")
    return _found("", status)


def _found(content: str, status: os.stat_result) -> Found:
    return Found(
        content,
        _name(pwd.getpwuid, status.st_uid),
        _name(grp.getgrgid, status.st_gid),
        f"{stat.S_IMODE(status.st_mode):04o}",
    )


def _name(lookup: t.Callable[[int], t.Any], number: int) -> str:
    try:
        return str(lookup(number)[0])
    except KeyError:
        return str(number)


def make(directories: t.Iterable[Directory]) -> None:
    """Also those above them that are missing."""
    for directory in directories:
        numbers = _numbers(directory)
        os.makedirs(directory.path, exist_ok=True)
        os.chown(directory.path, *numbers)
        os.chmod(directory.path, int(directory.mode, 8))


def install(files: t.Iterable[File]) -> None:
    """Each at once, whoever runs the former one."""
    for file in files:
        try:
            _write(file.path + _NEW, file)
            os.replace(file.path + _NEW, file.path)
        finally:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(file.path + _NEW)


@contextlib.contextmanager
def staged(files: t.Iterable[File]) -> t.Iterator[str]:
    """All candidates below a directory that lasts as long as they are looked at."""
    root = tempfile.mkdtemp(
        prefix="selfhost-mail-", dir=_STAGE if os.access(_STAGE, os.W_OK) else None
    )
    try:
        os.chmod(root, 0o755)
        for file in files:
            path = root + file.path
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _write(path, file)
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _write(path: str, file: File) -> None:
    """Nobody else can read it, not even while it is written."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content.encode("utf-8", "surrogateescape"))
            opened.flush()
            os.fsync(descriptor)
            os.fchown(descriptor, *_numbers(file))
            os.fchmod(descriptor, int(file.mode, 8))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def _numbers(place: File | Directory) -> tuple[int, int]:
    try:
        return pwd.getpwnam(place.owner).pw_uid, grp.getgrnam(place.group).gr_gid
    except KeyError as error:
        raise ValueError(
            f"{place.path} cannot be given to {place.owner}:{place.group}: {error.args[0]}."
            " Make that user and group first."
        ) from None


def is_unproven(files: t.Iterable[File]) -> bool:
    """Whether a play ended between writing and proving."""
    return any(os.path.lexists(file.path + _FORMER) for file in files)


def exchange(files: t.Sequence[File]) -> None:
    """Put all of them in place, or none. The former ones stay beside them as links: to bring those
    back needs no room on the disk."""
    try:
        for file in files:
            _write(file.path + _NEW, file)
        for file in files:
            _keep(file.path)
        for file in files:
            os.replace(file.path + _NEW, file.path)
    except OSError:
        put_back(files)
        raise


def _keep(path: str) -> None:
    """The one that was proven last, not one that an interrupted play left."""
    if os.path.lexists(path + _FORMER):
        return
    if os.path.lexists(path):
        os.link(path, path + _FORMER, follow_symlinks=False)
    else:
        os.symlink(_ABSENT, path + _FORMER)


def put_back(files: t.Sequence[File]) -> None:
    for file in files:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(file.path + _NEW)
        if not os.path.lexists(file.path + _FORMER):
            continue
        if os.path.islink(file.path + _FORMER) and os.readlink(file.path + _FORMER) == _ABSENT:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(file.path)
        else:
            os.replace(file.path + _FORMER, file.path)
    forget_former(files)  # two links to one file are left as they are by a rename


def forget_former(files: t.Iterable[File]) -> None:
    for file in files:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file.path + _FORMER)


def succeed(command: t.Sequence[str], seconds: float, **environment: str) -> str:
    """What a command said; Refused when it did not end with 0."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", **environment},
        )
    except subprocess.TimeoutExpired:
        raise Refused(f"{command[0]} did not end within {seconds:.0f} s") from None
    except (OSError, ValueError) as error:
        raise Refused(f"{command[0]!r} cannot be run: {error}", final=True) from None
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        said = said or f"{command[0]} ended with {done.returncode}"
        raise Refused(said, final=done.returncode == _NEVER)
    return said


@dataclasses.dataclass(frozen=True)
class Unit:
    """A unit of systemd. `restart_when` prints something when a reload was not enough."""

    name: str
    proof: t.Sequence[str]
    restart_when: t.Sequence[str]
    patience: float

    def runs(self) -> bool:
        """Also when systemd is about to start it once more."""
        return self._state() in _RUNNING

    def apply(self, files: t.Iterable[File], restart: bool) -> None:
        """Let the daemon take what is on disk, and see that it works with it."""
        if any(file.path.startswith("/etc/systemd/") for file in files):
            succeed(["systemctl", "daemon-reload"], self.patience)
        since = f"@{time.time():.6f}"
        try:
            self._control("restart" if restart or self._state() != _ACTIVE else "reload")
        except Refused:
            # the proof may know why
            self._prove_once(since, final_only=True)
            raise
        if self.restart_when and succeed(self.restart_when, self.patience).strip():
            self._control("restart")
        self._prove(since)

    def stop(self) -> None:
        self._control("stop")

    def _state(self) -> str:
        command = ["systemctl", "show", "--property=ActiveState", self.name]
        try:
            shown = succeed(command, self.patience)
        except Refused as refused:
            said = " ".join(str(refused).split())
            raise ValueError(f"systemd does not say whether {self.name} runs: {said}.") from None
        return shown.strip().partition("=")[2]

    def _prove(self, since: str) -> None:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                self._prove_once(since)
                return
            except Refused as refused:
                if refused.final or time.monotonic() > deadline:
                    raise
            time.sleep(_POLL_S)

    def _prove_once(self, since: str, final_only: bool = False) -> None:
        try:
            if self.proof:
                succeed(self.proof, self.patience, APPLIED=since)
        except Refused as refused:
            if refused.final or not final_only:
                raise

    def _control(self, verb: str) -> None:
        """systemctl knows that it failed, and the daemon's own words why."""
        since = f"@{time.time():.6f}"
        try:
            succeed(["systemctl", verb, self.name], _START_S)
        except Refused as refused:
            raise Refused(self._words(since) or str(refused), final=True) from None

    def _words(self, since: str) -> str:
        """They come a moment later."""
        time.sleep(_POLL_S)
        succeed(["journalctl", "--sync"], self.patience)
        unit = f"_SYSTEMD_UNIT={self.name}.service"
        said = succeed(
            ["journalctl", "-q", "--output=cat", f"--since={since}", unit], self.patience
        )
        bad = [line for line in said.splitlines() if _BAD.search(line)]
        return "\n".join(bad) or said
