# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix and Dovecot drained, stopped, kept stopped, started, and asked whether they answer."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import typing as t

from .._core.daemons import DOVECOT, POSTFIX, Unit, is_busy, serves
from . import doveadm, processes
from .probes import ports, tls
from .probes.command import run
from .probes.conversation import Trouble

if t.TYPE_CHECKING:
    from .probes.settings import Service

_BETWEEN_LOOKS_S = 0.02
# So often in a row nothing is seen; between two files of one transfer none is open.
_QUIET_LOOKS = 3
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
    file = f"/etc/systemd/system/{name}.service"
    own_file = file if os.path.lexists(file) and load != "masked" else ""
    return Unit(name, load in ("loaded", "masked"), going, load == "masked", own_file)


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
    with _no_new_deliveries(), _no_new_sessions(name):
        deadline, quiet = time.monotonic() + patience, 0
        while quiet < _QUIET_LOOKS and time.monotonic() < deadline:
            busy = _busy(name)
            quiet = 0 if busy else quiet + 1
            time.sleep(_BETWEEN_LOOKS_S)
        busy = _busy(name)
        if name == DOVECOT:
            # systemctl stop alone closes connections without a word; this says BYE
            run("doveadm", "kick", "*", seconds=_COMMAND_S)
        yield busy


@contextlib.contextmanager
def _no_new_sessions(name: str) -> t.Iterator[None]:
    """Close Dovecot's ports; sessions go on. Only a start or a reload opens them again.

    Postfix has no such thing: it takes in mail as long as it runs, and ends sessions without 421.
    """
    if name == POSTFIX:
        yield
        return
    status = _demand("doveadm", "service", "status")
    names = [line[6:] for line in status.splitlines() if line.startswith("name: ")]
    # lmtp would break off what it has under way
    doors = [name for name in names if name.endswith("-login")]
    _demand("doveadm", "service", "stop", *doors)
    try:
        yield
    except BaseException:
        run("doveadm", "reload")
        raise


@contextlib.contextmanager
def _no_new_deliveries() -> t.Iterator[None]:
    """Freeze the queue manager: what is cut between a delivery and its reply is delivered twice."""
    managers = [pid for pid in _children(POSTFIX) if processes.name(pid) == "qmgr"]
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
    """How many of the daemon's processes move a message at this moment."""
    pids = _children(name)
    if name == POSTFIX:
        # what it has just given to the Dovecot of this host
        pids += [pid for pid in _children(DOVECOT) if processes.name(pid) == "lmtp"]
    connections = _tcp_sockets()
    return sum(_is_busy(pid, connections) for pid in pids)


def _is_busy(pid: int, connections: t.Container[str]) -> bool:
    files = list(_open_files(pid))
    return is_busy(files, any(file in connections for file in files))


def _tcp_sockets() -> set[str]:
    """TCP connections as they stand among the open files of a process."""
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError), open(f"/proc/net/{table}", encoding="ascii") as lines:
            found |= {f"socket:[{line.split()[9]}]" for line in lines if ": " in line}
    return found


def _children(unit: str) -> list[int]:
    """The processes that the main process of a unit has started; all do its work."""
    main = run("systemctl", "show", "--property=MainPID", "--value", unit).output
    return processes.children(int(main or "0"))


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
        asked = doveadm.look_up("nobody@invalid")
        if asked.status != _NOBODY:
            return f"it cannot look up users: {asked.errors or asked.output or 'no answer'}"
    for service in services:
        if serves(name, service.name):
            try:
                ports.open_talk(service, tls.careless(), ports.as_neighbour(service)).close()
            except Trouble as trouble:
                return f"{service.target}: {trouble}"
    return ""
