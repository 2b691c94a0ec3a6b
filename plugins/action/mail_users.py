# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the CSV file of mail_users on the controller, and hands its rows over without a file."""

from __future__ import annotations

import os

from ansible_collections.selfhost.mail.plugins.module_utils._core.faults import Fault
from ansible_collections.selfhost.mail.plugins.module_utils._core.importers.csv_users import (
    parse_users,
)
from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import (
    Arguments,
    SealedAction,
)


class ActionModule(SealedAction):
    """The users travel as one text, so that no password of theirs is known to Ansible."""

    SECRETS = ("login_password", "sealed_users")

    def arguments(self, given: Arguments) -> Arguments:
        users = given.pop("users", None)
        src = given.get("src")
        if src is not None and users is not None:
            raise ValueError("mail_users has src and users; give one of them.")
        if src is None and users is None:
            return given
        rows, faults = (users, []) if src is None else _read(str(src))
        told = [(fault.reason, fault.origin) for fault in faults]
        return {**given, "sealed_users": {"rows": rows, "faults": told}}


def _read(src: str) -> tuple[list[dict[str, str]], list[Fault]]:
    path = os.path.abspath(os.path.expanduser(src))
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise ValueError(
            f"The file {src!r} of mail_users cannot be read on the controller: {error.strerror}"
            f" ({path}); src is relative to the directory in which ansible-playbook was started."
        ) from None
    return parse_users(text, os.path.basename(path))
