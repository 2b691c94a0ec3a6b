# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mail_users does on the controller: the CSV file, its reject file, generated passwords."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.selfhost.mail.plugins.module_utils._core.faults import SHOWN
from ansible_collections.selfhost.mail.plugins.module_utils._edge.generator import (
    generate_password,
)
from ansible_collections.selfhost.mail.plugins.plugin_utils.hand_over import (
    HandOver,
    hand_over,
    reading,
)
from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import (
    Arguments,
    Result,
    SealedAction,
    Variables,
    plain,
)
from ansible_collections.selfhost.mail.plugins.plugin_utils.users_file import UsersFile, names_of


class ActionModule(SealedAction):
    """The users travel as one text, so that no password of theirs is known to Ansible."""

    SECRETS = ("login_password", "sealed_users")
    HIDDEN = ("users",)

    _file: UsersFile | None = None

    def arguments(self, given: Arguments) -> Arguments:
        users = given.pop("users", None)
        src = given.get("src")
        self._file = None
        if src is not None and users is not None:
            raise ValueError("mail_users has src and users; give one of them.")
        if users is not None and not isinstance(users, (list, tuple)):
            raise ValueError("The option users of mail_users is no list.")
        if src is not None:
            self._file = UsersFile.read(str(src), given.get("rejects"))
            rows, faults = self._file.users(str(given.get("scheme") or ""))
            told = [(fault.reason, fault.origin, fault.column) for fault in faults]
            return {**given, "sealed_users": {"rows": rows, "faults": told}}
        if users is not None:
            return {**given, "sealed_users": {"rows": plain(users), "faults": []}}
        return given

    def act(self, arguments: Arguments, task_vars: Variables) -> Result:
        result = self._with_generated(arguments, task_vars)
        if not result.get("failures"):
            return result
        if self._file and "added" not in result and not self._task.check_mode:
            rejects, sentence = self._file.reject(result["failures"])
            result["msg"] = f"{result['msg']}\n{sentence}".strip()
            if rejects:
                result["rejects"] = rejects
        # the message counts the others
        result["failures"] = result["failures"][:SHOWN]
        return result

    def _with_generated(self, arguments: Arguments, task_vars: Variables) -> Result:
        """One call; two when passwords may have to be generated, the first one only plans."""
        sealed = arguments.get("sealed_users") or {"rows": []}
        names = names_of(sealed["rows"])
        path = arguments.get("hand_over")
        if not path or not names:
            return self.call(arguments, task_vars)
        planned = self._call(arguments, task_vars, generated={}, only_plan=True)
        missing = planned.get("generated")
        if planned.get("failed") or (self._task.check_mode and not missing):
            return planned
        if not missing:
            return self._call(arguments, task_vars, generated={})
        file = hand_over(str(path), arguments.get("hand_over_vault_id"), self._loader)
        if self._task.check_mode:
            return planned
        generated = {email: generate_password() for email in missing}
        return self._handed_over(file, arguments, task_vars, generated, names)

    def _handed_over(
        self,
        file: HandOver,
        arguments: Arguments,
        task_vars: Variables,
        generated: dict[str, str],
        names: t.Mapping[str, str],
    ) -> Result:
        """The file comes before the accounts, so that no password is lost whatever happens."""

        def users(emails: t.Iterable[str]) -> list[tuple[str, str, str]]:
            return [(email, generated[email], names.get(email, "")) for email in emails]

        file.begin(users(generated))
        try:
            result = self._call(arguments, task_vars, generated=generated)
        except AnsibleConnectionFailure as error:
            raise AnsibleConnectionFailure(f"{error} {_unknown(file)}") from None
        except AnsibleError as error:
            raise AnsibleError(f"{error} {_unknown(file)}") from None
        if "added" not in result:
            return _not_added(file, result)
        added = [email for email in generated if email in set(result["added"])]
        others = [email for email in generated if email not in set(result["added"])]
        try:
            file.complete(users(added), users(others))
        except OSError as error:
            reason = f"The accounts were written. {file.path!r}: {error.strerror}."
            result.update(failed=True, msg=f"{reason} {_stays(file)}", hand_over=file.unconfirmed)
            return result
        result["hand_over"] = file.path if added else file.unconfirmed
        result["report"] = [*result.get("report", []), *_told(file, len(added), len(others))]
        return result

    def _call(self, arguments: Arguments, task_vars: Variables, **more: t.Any) -> Result:
        sealed = {**arguments["sealed_users"], **more}
        return self.call({**arguments, "sealed_users": sealed}, task_vars)


def _not_added(file: HandOver, result: Result) -> Result:
    if result.get("written") is False:
        file.drop()
        return result
    result["msg"] = f"{result.get('msg', 'The module failed.')} {_unknown(file)}"
    result["hand_over"] = file.unconfirmed
    return result


def _told(file: HandOver, added: int, others: int) -> list[str]:
    """How to read the passwords of those who were added, and what became of the others."""
    lines = []
    if added:
        passwords = "1 generated password" if added == 1 else f"{added} generated passwords"
        lines.append(f"{passwords}: {reading(file.path)}")
    if file.was_typed:
        lines.append("Look now: the vault password was typed only once, and a slip closes the file")
    if others:
        # the connection itself may have begun the call anew, after the first one was done
        lines.append(
            f"{others} came to be while this ran; if this run added them, their passwords are in"
            f" {file.unconfirmed}: {reading(file.unconfirmed)}"
        )
    return lines


def _unknown(file: HandOver) -> str:
    return f"Whether the new users were added is not known. {_stays(file)}"


def _stays(file: HandOver) -> str:
    return f"The generated passwords are in the hand-over file {file.unconfirmed!r}."
