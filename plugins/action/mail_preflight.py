# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees whether mail_preflight can work on the host as root, and hands it the controller's time."""

from __future__ import annotations

import time
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.judge import sentence
from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.reach import (
    Way,
    not_root,
    unreached,
    without_python,
)

Result = dict[str, t.Any]


class ActionModule(ActionBase):
    """Runs the module of the same name, when it can be run."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        problem = self._unreached()
        if not problem:
            arguments = {"controller_time": time.time(), **self._task.args}
            result.update(self._execute_module(module_args=arguments, task_vars=task_vars))
            problem = without_python(result)
        if problem:
            host = str((task_vars or {}).get("inventory_hostname", ""))
            return {"failed": True, "msg": sentence(host, [problem]), "problems": [problem]}
        return result

    def _unreached(self) -> str:
        """Why nobody can work on the host as root, or nothing."""
        become = self._connection.become
        way = Way(
            address=str(self._play_context.remote_addr),
            user=str(self._play_context.remote_user or "you"),
            method=str(become.name).rpartition(".")[2] if become else "",
        )
        try:
            execute: t.Callable[[str], Result] = self._low_level_execute_command
            done = execute("id -u")
        except AnsibleError as error:
            return unreached(way, str(error))
        if done["rc"] != 0:
            return unreached(way, f"{done['stdout']} {done['stderr']}")
        return "" if done["stdout"].split()[-1:] == ["0"] else not_root(way)
