# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets travel to a module as one opaque text.

Ansible blanks every occurrence of a no_log value in a result, and a password such as "example"
would blank half of each address. It knows the sealed text only, which occurs nowhere else.
"""

from __future__ import annotations

import json
import typing as t

_MARK = "selfhost.mail"


def seal(secret: t.Any) -> str:
    """Wrap a secret for its way to a module."""
    return json.dumps({_MARK: secret})


def unseal(text: str) -> t.Any:
    """Unwrap what seal() made; anything else came past the action plugin and is refused."""
    try:
        return json.loads(text)[_MARK]
    except (ValueError, KeyError, TypeError):
        raise ValueError(
            "A secret option reached the module by a way on which it could be written to a file;"
            " call the module from a task, so that its action plugin runs."
        ) from None
