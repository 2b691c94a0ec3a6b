# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the texts of secret files to mail_configuration without a file."""

from __future__ import annotations

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import (
    Arguments,
    SealedAction,
)


class ActionModule(SealedAction):
    SECRETS = ("sealed_contents",)

    def arguments(self, given: Arguments) -> Arguments:
        contents = {}
        files = []
        for file in given.get("files") or ():
            if isinstance(file, dict) and boolean(file.get("secret", False), strict=False):
                contents[str(file.get("path"))] = file.get("content")
                file = {key: value for key, value in file.items() if key != "content"}
            files.append(file)
        # callbacks may record a task's arguments
        self._task.args = {**self._task.args, "files": files}
        return {**given, "files": files, **({"sealed_contents": contents} if contents else {})}
