"""Runs a module's real main() in this process, with the options that its action plugin sends."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import json
import typing as t

from ansible.module_utils.testing import patch_module_args

from ansible_collections.selfhost.mail.plugins.module_utils._core.sealed import seal

PLUGINS = "ansible_collections.selfhost.mail.plugins.modules"
SECRETS = (
    "password",
    "passwords",
    "password_hash",
    "login_password",
    "private_key",
    "sealed_users",
)


@dataclasses.dataclass(frozen=True)
class Runner:
    """Calls modules on one database."""

    socket: str
    database: str
    login_user: str = "mail_admin"
    seals: tuple[str, ...] = SECRETS

    def __call__(self, module: str, *, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        """The result of a run, whether it went well or not."""
        arguments = {"_ansible_check_mode": check, "_ansible_diff": True, **self.login(), **options}
        if "users" in arguments and module == "mail_users":
            given = arguments.pop("users")
            rows, faults = given if isinstance(given, tuple) else (given, [])
            told = [dataclasses.astuple(fault) for fault in faults]
            arguments["sealed_users"] = {"rows": rows, "faults": told}
        for name in self.seals:
            if arguments.get(name) is not None:
                arguments[name] = seal(arguments[name])
        return self.main(module, arguments)

    def login(self) -> dict[str, t.Any]:
        """The options that lead to the database."""
        return {
            "login_unix_socket": self.socket,
            "login_db": self.database,
            "login_user": self.login_user,
        }

    def main(self, module: str, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        """Run main() with these very options."""
        return self.printed(importlib.import_module(f"{PLUGINS}.{module}").main, arguments)

    def printed(self, main: t.Callable[[], None], arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        """What a main() prints that is called with these options."""
        printed = io.StringIO()
        with (
            patch_module_args(arguments),
            contextlib.redirect_stdout(printed),
            contextlib.suppress(SystemExit),
        ):
            main()
        return dict(json.loads(printed.getvalue()))

    def ok(self, module: str, **options: t.Any) -> dict[str, t.Any]:
        """The result of a run that has to go well."""
        result = self(module, **options)
        assert not result.get("failed"), result["msg"]
        return result
