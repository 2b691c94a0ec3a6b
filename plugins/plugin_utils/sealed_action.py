# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of secrets from a task to a module: sealed, through a pipe, never through a file."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ..module_utils._core.sealed import seal

Arguments = dict[str, t.Any]
Result = dict[str, t.Any]
Variables = t.Optional[dict[str, t.Any]]

_HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class SealedAction(ActionBase):
    """Runs the module of the same name with its secret options sealed."""

    TRANSFERS_FILES = False
    SECRETS: tuple[str, ...] = ("login_password",)
    # further options with secrets in them, which never reach the module as they are
    HIDDEN: tuple[str, ...] = ()

    _given: Arguments | None = None
    _has_secrets = False

    def run(self, tmp: str | None = None, task_vars: Variables = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        if self._given is None:
            self._given = dict(self._task.args)
        # callbacks may record a task's arguments when it is done; a retry finds them in _given
        hidden = (name for name in (*self.SECRETS, *self.HIDDEN) if name in self._given)
        self._task.args = {**self._task.args, **dict.fromkeys(hidden, _HIDDEN)}
        try:
            arguments = self.arguments(dict(self._given))
            secrets = [name for name in self.SECRETS if arguments.get(name) is not None]
            if secrets:
                self._demand_pipelining(secrets)
            result.update(self.act(arguments, task_vars))
        except ValueError as reason:
            result.update(failed=True, msg=str(reason))
        return result

    def act(self, arguments: Arguments, task_vars: Variables) -> Result:
        """Everything that is done with the module; usually one call."""
        return self.call(arguments, task_vars)

    def call(self, arguments: Arguments, task_vars: Variables) -> Result:
        """Run the module with its secrets sealed."""
        secrets = [name for name in self.SECRETS if arguments.get(name) is not None]
        sealed = {name: seal(plain(arguments[name])) for name in secrets}
        result: Result = self._execute_module(
            module_args={**arguments, **sealed}, task_vars=task_vars
        )
        return result

    def arguments(self, given: Arguments) -> Arguments:
        """The module's options for the task's; what only the controller has is added here."""
        return given

    def _demand_pipelining(self, secrets: list[str]) -> None:
        connection = self._connection
        refused = f"The option {secrets[0]} of {self._task.action} is secret, and"
        if not connection.has_pipelining:
            raise ValueError(
                f"{refused} the connection plugin {connection.transport!r} has no pipelining, so it"
                " would be written to a file on the host; connect by ssh or local."
            )
        become = connection.become
        # ansible-core 2.18 knows su by its name only
        if become and (become.name == "su" or not getattr(become, "pipelining", True)):
            raise ValueError(
                f"{refused} the become method {become.name!r} works without pipelining, so it would"
                " be written to a file on the host; become by sudo."
            )
        # local with a become password opens a terminal, past which no module gets, unless told so
        connection.set_option("pipelining", True)
        self._has_secrets = True

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        """Configured or not, and with ANSIBLE_KEEP_REMOTE_FILES as well."""
        if self._has_secrets:
            return module_style == "new"
        return bool(super()._is_pipelining_enabled(module_style, wrap_async))


def plain(value: t.Any) -> t.Any:
    """The value without Ansible's own types, whose texts may still be encrypted."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)
