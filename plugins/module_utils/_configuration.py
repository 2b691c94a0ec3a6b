# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_configuration does: install, check, exchange, apply, prove, put back what fails."""

from __future__ import annotations

from ._core import configuration as core
from ._edge import configuration as edge
from ._module import Failure, Options, Result

_LONGEST_S = 3600


def configure(options: Options, check_mode: bool) -> Result:
    """All files of the daemon, or none."""
    if not 0 < options["patience"] <= _LONGEST_S:
        raise ValueError(
            f"The patience {options['patience']} is none: give 1 to {_LONGEST_S} seconds."
        )
    directories = core.parse_directories(options["directories"])
    programs = core.parse_files(options["programs"], {})
    files = core.parse_files(options["files"], options["sealed_contents"] or {})
    found = {place.path: edge.look_at_directory(place.path) for place in directories}
    found |= {file.path: edge.look(file.path) for file in (*programs, *files)}
    made, installed = core.differing(directories, found), core.differing(programs, found)
    changes = core.differing(files, found)
    if not check_mode:
        _install(made, installed, options["daemon"])
    unit = edge.Unit(
        options["unit"], options["proof"], options["restart_when"], options["patience"]
    )
    daemon = core.Daemon(options["daemon"], options["remedy"], unit.runs())
    result = {
        "directories": [directory.path for directory in made],
        "files": [file.path for file in (*installed, *changes)],
        "diff": core.diff((*made, *installed, *changes), found),
    }
    unproven = edge.is_unproven(files)
    if changes:
        _check_candidates(files, options, daemon)
    else:
        _check_in_place(options, daemon)
    if not check_mode and (changes or unproven):
        _exchange(changes, options, daemon)
        _apply(files, changes, unit, daemon, restart=unproven)
        edge.forget_former(files)
    return {**result, "changed": bool(made or installed or changes or unproven)}


def _install(
    directories: tuple[core.Directory, ...], programs: tuple[core.File, ...], daemon: str
) -> None:
    try:
        edge.make(directories)
        edge.install(programs)
    except OSError as error:
        raise Failure(core.uninstalled(daemon, _named(error))) from None


def _check_candidates(files: tuple[core.File, ...], options: Options, daemon: core.Daemon) -> None:
    try:
        with edge.staged(files) as root:
            try:
                _check(options, root)
            except edge.Refused as refused:
                raise Failure(daemon.refused(core.reason(str(refused), root))) from None
    except OSError as error:
        raise Failure(daemon.unwritten(_named(error))) from None


def _check_in_place(options: Options, daemon: core.Daemon) -> None:
    """Files of somebody else that ours include may have changed."""
    try:
        _check(options, "/")
    except edge.Refused as refused:
        raise Failure(daemon.broken(core.reason(str(refused)))) from None


def _check(options: Options, root: str) -> None:
    """The check gets the directory below which the files lie."""
    edge.succeed([*options["check"], root], options["patience"])


def _exchange(changes: tuple[core.File, ...], options: Options, daemon: core.Daemon) -> None:
    """What can only be judged in place is judged before the daemon hears of it."""
    try:
        edge.exchange(changes)
        _check(options, "/")
    except OSError as error:
        raise Failure(daemon.unwritten(_named(error))) from None
    except edge.Refused as refused:
        edge.put_back(changes)
        raise Failure(daemon.refused(core.reason(str(refused)))) from None


def _apply(
    files: tuple[core.File, ...],
    changes: tuple[core.File, ...],
    unit: edge.Unit,
    daemon: core.Daemon,
    restart: bool,
) -> None:
    restart = restart or any(file.restart for file in changes)
    try:
        unit.apply(changes, restart)
    except edge.Refused as refused:
        edge.put_back(files)
        former = _revive(changes, unit, daemon, restart)
        raise Failure(daemon.unproven(core.reason(str(refused)), former)) from None


def _revive(
    changes: tuple[core.File, ...], unit: edge.Unit, daemon: core.Daemon, restart: bool
) -> str:
    """Why it does not work with its former files either; one that did not run is not started."""
    if not daemon.running:
        unit.stop()
        return ""
    try:
        unit.apply(changes, restart)
    except edge.Refused:
        # a reload may have ended it
        try:
            unit.apply(changes, restart=True)
        except edge.Refused as refused:
            return core.reason(str(refused))
    return ""


def _named(error: OSError) -> str:
    """With the file's own name, not that of what was written beside it."""
    return f"{error.strerror} ({str(error.filename).removesuffix('.new')})"
