# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_configuration does: check, exchange, apply, prove, and put back what does not work."""

from __future__ import annotations

from ._core import configuration as core
from ._edge import configuration as edge
from ._module import Failure, Options, Result


def configure(options: Options, check_mode: bool) -> Result:
    """All files of the daemon, or none."""
    files = core.parse_files(options["files"], options["sealed_contents"] or {})
    found = {file.path: edge.look(file.path) for file in files}
    changes = core.differing(files, found)
    unit = edge.Unit(
        options["unit"], options["proof"], options["restart_when"], options["patience"]
    )
    daemon = core.Daemon(options["daemon"], options["remedy"], unit.runs())
    result = {
        "changed": bool(changes),
        "files": [file.path for file in changes],
        "diff": core.diff(changes, found),
    }
    _check(files, options, daemon, changing=bool(changes))
    unproven = edge.is_unproven(files)
    if not check_mode and (changes or unproven):
        _exchange(changes, daemon)
        _apply(files, changes, unit, daemon, restart=unproven)
        edge.forget_former(files)
    return {**result, "changed": bool(changes or unproven)}


def _check(
    files: tuple[core.File, ...], options: Options, daemon: core.Daemon, changing: bool
) -> None:
    """The check gets the directory of the candidates."""
    try:
        with edge.staged(files) as root:
            try:
                edge.succeed([*options["check"], root], options["patience"])
            except edge.Refused as refused:
                why = core.reason(str(refused), root)
                raise Failure(daemon.refused(why, changing)) from None
    except OSError as error:
        raise Failure(daemon.unwritten(_named(error))) from None


def _exchange(changes: tuple[core.File, ...], daemon: core.Daemon) -> None:
    try:
        edge.exchange(changes)
    except OSError as error:
        raise Failure(daemon.unwritten(_named(error))) from None


def _apply(
    files: tuple[core.File, ...],
    changes: tuple[core.File, ...],
    unit: edge.Unit,
    daemon: core.Daemon,
    restart: bool,
) -> None:
    """With the former files back the daemon is proven again: nothing else says that it works."""
    restart = restart or any(file.restart for file in changes)
    try:
        unit.apply(changes, restart)
    except edge.Refused as refused:
        edge.put_back(files)
        former = ""
        try:
            if daemon.running:
                unit.apply(changes, restart)
            else:
                unit.stop()
        except edge.Refused as again:
            former = core.reason(str(again))
        raise Failure(daemon.unproven(core.reason(str(refused)), former)) from None


def _named(error: OSError) -> str:
    return f"{error.strerror} ({error.filename})" if error.filename else str(error.strerror)
