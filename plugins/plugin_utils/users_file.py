# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CSV file of mail_users on the controller, and the file of those rows that are refused."""

from __future__ import annotations

import os
import shlex
import stat
import typing as t
from dataclasses import dataclass, field

from ..module_utils._core.address import parse_own_address
from ..module_utils._core.faults import Fault
from ..module_utils._core.importers.csv_users import (
    Row,
    has_passwords,
    parse_users,
)
from ..module_utils._core.importers.rejects import is_reject_file, rejects
from ..module_utils._core.passwords import DEFAULT_SCHEME
from .private_files import full_path, replace

# Whoever may only write it cannot read it, but give himself an account.
_OTHERS = 0o066
_HEAD = 10_000  # octets, in which a header ends


@dataclass(frozen=True)
class UsersFile:
    path: str
    rejects: str
    mode: int
    octets: bytes = field(repr=False)

    @classmethod
    def read(cls, src: str, rejects_path: t.Any = None) -> UsersFile:
        path = full_path(src)
        try:
            # a pipe without a writer would never answer
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                if not stat.S_ISREG(mode):
                    raise ValueError(f"The file {src!r} of mail_users is no regular file.")
                octets = file.read()
        except OSError as error:
            raise ValueError(
                f"The file {src!r} of mail_users cannot be read on the controller: {error.strerror}"
                f" ({path}); src is relative to the directory in which ansible-playbook was"
                " started."
            ) from None
        stem, extension = os.path.splitext(path)
        to = full_path(str(rejects_path)) if rejects_path else f"{stem}.rejected{extension}"
        return cls(path, to, stat.S_IMODE(mode), octets)

    @property
    def name(self) -> str:
        return os.path.basename(self.path)

    def users(self, scheme: str) -> tuple[list[Row], list[Fault]]:
        """The users in it, and all that is wrong with the file."""
        rows, faults = parse_users(self.octets, self.name, scheme or DEFAULT_SCHEME)
        if self.mode & _OTHERS and has_passwords(self.octets):
            faults.insert(0, Fault(self._too_open(), self.name))
        return rows, faults

    def reject(self, failures: t.Sequence[t.Mapping[str, str]]) -> tuple[str | None, str]:
        """Write the refused rows; the values are their file and what is to be said of it."""
        reasons: dict[str, list[str]] = {}
        for one in failures:
            said = f"{one['column']}: {one['reason']}" if one.get("column") else one["reason"]
            reasons.setdefault(one["origin"], []).append(said)
        content = rejects(self.octets, self.name, reasons)
        if not content:
            return None, ""
        try:
            self._refuse_to_replace()
            replace(self.rejects, content)
        except OSError as error:
            return None, f"The reject file {self.rejects!r} was not written: {error.strerror}."
        return self.rejects, f"The refused rows and their reasons are in {self.rejects!r}."

    def _refuse_to_replace(self) -> None:
        """An older reject file is replaced, anything else is somebody's."""
        if not os.path.lexists(self.rejects):
            return
        with open(self.rejects, "rb") as file:
            if os.path.samestat(os.fstat(file.fileno()), os.stat(self.path)):
                raise OSError(17, "it is the file with the users; give rejects another name")
            if not is_reject_file(file.read(_HEAD)):
                raise OSError(17, "another file has this name; give rejects another one")

    def _too_open(self) -> str:
        return (
            f"It holds passwords in clear text, and others than its owner may read or write it"
            f" (mode {self.mode:04o}); chmod 600 {shlex.quote(self.path)} mends that."
        )


def names_of(rows: t.Iterable[t.Any]) -> dict[str, str]:
    """The full names of the users who have no password."""
    names = {}
    for row in rows:
        one = {"email": row} if isinstance(row, str) else row
        if not isinstance(one, dict) or one.get("password") or one.get("password_hash"):
            continue
        try:
            names[str(parse_own_address(str(one.get("email"))))] = str(one.get("full_name") or "")
        except ValueError:
            continue
    return names
