# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only AnsibleModule and the only fail_json; a module declares its options and what to do."""

from __future__ import annotations

import os
import traceback
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ._core.sealed import unseal
from ._edge.database.connection import DatabaseError, Login

Options = dict[str, t.Any]
Result = dict[str, t.Any]

# Documented in doc_fragments/database.py.
DATABASE_OPTIONS: Options = {
    "login_host": {"type": "str", "default": ""},
    "login_unix_socket": {"type": "str", "default": ""},
    "login_port": {"type": "int", "default": 5432},
    "login_user": {"type": "str", "default": "mail_admin"},
    "login_password": {"type": "str", "no_log": True},
    "login_db": {"type": "str", "default": "mail"},
    "ssl_mode": {
        "type": "str",
        "default": "prefer",
        "choices": ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    },
    "ca_cert": {"type": "path", "default": ""},
}


class Failure(Exception):
    """Fails the task with a sentence and, beside it, what was found or done until then."""

    def __init__(self, sentence: str, **result: t.Any) -> None:
        super().__init__(sentence)
        self.result = result


def run(act: t.Callable[[Options, bool], Result], options: Options, **rules: t.Any) -> None:
    """Run a module: act(options, check mode) does the work and returns the result.

    Options with no_log arrive sealed by the module's action plugin. A result may hold warnings.
    """
    module = AnsibleModule(argument_spec=options, supports_check_mode=True, **rules)
    try:
        given = {
            name: unseal(value) if value is not None and options[name].get("no_log") else value
            for name, value in module.params.items()
        }
        result = act(given, module.check_mode)
    except Failure as failure:
        module.fail_json(msg=str(failure), **_told(module, failure.result))
    except (ValueError, DatabaseError) as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        what = f"{error.strerror} ({error.filename!s:.200})"
        module.fail_json(msg=f"The host does not do it: {what}.")
    except Exception as error:
        # the error's own words stay away, since they may quote a secret
        frames = traceback.extract_tb(error.__traceback__)
        where = [f"{os.path.basename(one.filename)}:{one.lineno}" for one in frames]
        module.fail_json(msg=_fault_of_ours(module, error, where[-1]), where=where)
    else:
        module.exit_json(**_told(module, result))


def _fault_of_ours(module: AnsibleModule, error: Exception, place: str) -> str:
    return (
        f"{module._name} met what nobody foresaw, a fault of ours: {type(error).__name__} at"
        f" {place}. Report it with what the result names under where."
    )


def _told(module: AnsibleModule, result: Result) -> Result:
    """The result, when its warnings are on their own way to the user."""
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    return result


def login_of(options: Options) -> Login:
    """Read the login options."""
    return Login(
        host=options["login_host"],
        unix_socket=options["login_unix_socket"],
        port=options["login_port"],
        user=options["login_user"],
        password=options["login_password"] or "",
        db=options["login_db"],
        ssl_mode=options["ssl_mode"],
        ca_cert=options["ca_cert"],
    )
