# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands mail_schema the files of the role database."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import (
    Arguments,
    SealedAction,
)

_FILES = Path(__file__).resolve().parents[2] / "roles" / "database" / "files"


class ActionModule(SealedAction):
    """Its only secret is login_password."""

    def arguments(self, given: Arguments) -> Arguments:
        migrations = {
            path.name: path.read_text("utf-8") for path in (_FILES / "migrations").glob("*.sql")
        }
        views = (_FILES / "views.sql").read_text("utf-8")
        return {"migrations": migrations, "views": views, **given}
