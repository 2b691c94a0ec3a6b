# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix and Dovecot drained, stopped, kept stopped, started, and asked whether they answer."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import typing as t

from .._core.daemons import DOVECOT, POSTFIX, Unit, is_mail_file, serves
from .probes import ports, tls
from .probes.command import run
from .probes.conversation import Trouble

if t.TYPE_CHECKING:
    from .probes.settings import Service

_BETWEEN_LOOKS_S = 0.02
_COMMAND_S = 120.0
_START_S = 30.0
_NOBODY = 67  # what doveadm says when a user is not there, and so could be looked for


def look(name: str) -> Unit:
    shown = run("systemctl", "show", "--property=LoadState,ActiveState", name)
    found = dict(line.split("=", 1) for line in shown.output.splitlines() if "=" in line)
    load, active = found.get("LoadState", ""), found.get("ActiveState", "")
    if not load:
        raise ValueError(f"systemd says nothing about {name}: {shown.errors or 'no answer'}.")
    going = active in ("active", "activating", "reloading", "deactivating")
    return Unit(name, load in ("loaded", "masked"), going, load == "masked")


def queue_length() -> int:
    """How many messages wait; it is read without Postfix when that is stopped."""
    return len(_demand("postqueue", "-j").splitlines())


def flush() -> None:
    _demand("postqueue", "-f")


def systemctl(verb: str, name: str) -> None:
    _demand("systemctl", verb, f"{name}.service")


def _demand(*arguments: str) -> str:
    done = run(*arguments, seconds=_COMMAND_S)
    if done.status != 0:
        said = done.errors or done.output or "nothing"
        raise ValueError(f"The command `{done.line}` failed (status {done.status}): {said}")
    return done.output


@contextlib.contextmanager
def drained(name: str, patience: float) -> t.Iterator[int]:
    """Wait until no message is on its way in or out; yields how many still are after that.

    Nothing new begins as far as the daemon lets us have that. Stop it before leaving.
    """
    with _no_new_deliveries() if name == POSTFIX else _no_new_sessions():
        deadline = time.monotonic() + patience
        while (busy := _busy(name)) and time.monotonic() < deadline:
            time.sleep(_BETWEEN_LOOKS_S)
        if name == DOVECOT:
            # systemctl stop alone closes connections without a word; this says BYE
            run("doveadm", "kick", "*", seconds=_COMMAND_S)
        yield busy


@contextlib.contextmanager
def _no_new_sessions() -> t.Iterator[None]:
    """Close Dovecot's ports; sessions go on. Only a start or a reload opens them again."""
    status = _demand("doveadm", "service", "status")
    names = [line[6:] for line in status.splitlines() if line.startswith("name: ")]
    doors = [name for name in names if name.endswith("-login") or name == "lmtp"]
    _demand("doveadm", "service", "stop", *doors)
    try:
        yield
    except BaseException:
        run("doveadm", "reload")
        raise


@contextlib.contextmanager
def _no_new_deliveries() -> t.Iterator[None]:
    """Freeze the queue manager: a delivery that is cut after the reply would be made twice.

    Nobody but Postfix can end an SMTP session with 421, and it does not: stopped, it closes them.
    """
    managers = [pid for pid in _children(POSTFIX) if _name(pid) == "qmgr"]
    # the end of this process must not leave it frozen
    signal.signal(signal.SIGTERM, _give_up)
    signal.signal(signal.SIGHUP, _give_up)
    try:
        for pid in managers:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in managers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _give_up(_number: int, _frame: object) -> t.NoReturn:
    raise SystemExit(1)


def _busy(name: str) -> int:
    """How many files of messages the daemon's processes hold open."""
    return sum(is_mail_file(path) for pid in _children(name) for path in _open_files(pid))


def _children(name: str) -> list[int]:
    """The processes that the main process of a unit has started; all do its work."""
    main = run("systemctl", "show", "--property=MainPID", "--value", name).output
    pids = [int(one) for one in os.listdir("/proc") if one.isdecimal()]
    return [pid for pid in pids if main != "0" and _stat(pid)[1:2] == [main]]


def _stat(pid: int) -> list[str]:
    """State, parent and so on; they follow the name, which may hold anything, in brackets."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return []


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as name:
            return name.read().strip()
    except OSError:
        return ""


def _open_files(pid: int) -> t.Iterator[str]:
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for one in os.listdir(folder):
            with contextlib.suppress(OSError):
                yield os.readlink(f"{folder}/{one}")


def wait_until_it_answers(name: str, services: t.Sequence[Service]) -> None:
    """Return when the unit answers everywhere, or ValueError."""
    deadline = time.monotonic() + _START_S
    silent = _silence(name, services)
    while silent and time.monotonic() < deadline:
        time.sleep(_BETWEEN_LOOKS_S)
        silent = _silence(name, services)
    if silent:
        raise ValueError(
            f"{name} was started and does not answer after {_START_S:.0f} s: {silent}."
            f" `journalctl -u {name}` says why."
        )


def _silence(name: str, services: t.Sequence[Service]) -> str:
    """Where it does not answer, and why not; nothing when all is well."""
    if not look(name).active:
        return "it is not active"
    if name == DOVECOT:
        asked = run("doveadm", "user", "nobody@invalid")
        if asked.status != _NOBODY:
            return f"it cannot look up users: {asked.errors or asked.output or 'no answer'}"
    for service in services:
        if serves(name, service.name):
            try:
                ports.open_talk(service, tls.careless(), ports.as_neighbour(service)).close()
            except Trouble as trouble:
                return f"{service.target}: {trouble}"
    return ""
