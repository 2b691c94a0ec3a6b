# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the secret options of mail_health over without a file, and shows its report as it is."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import (
    Result,
    SealedAction,
)


class ActionModule(SealedAction):
    """Its only secret is login_password. The report is the store's; of another part of a mail
    system it would be half a one."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        result = super().run(tmp, task_vars)
        if "report" in result and "store" in self._task.args.get("parts", ["store"]):
            Display().display(f"\n{result['report']}\n")
        return result
