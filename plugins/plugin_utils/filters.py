# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all filters share: whatever is wrong with their input ends as a sentence."""

from __future__ import annotations

import functools
import typing as t

from ansible.errors import AnsibleFilterError

Filter = t.Callable[..., t.Any]


def filters(**functions: Filter) -> dict[str, Filter]:
    """What a FilterModule returns: these functions, each with its errors as sentences."""
    return {name: _speaking(name, function) for name, function in functions.items()}


def _speaking(name: str, function: Filter) -> Filter:
    @functools.wraps(function)
    def call(*values: t.Any, **options: t.Any) -> t.Any:
        try:
            return function(*values, **options)
        except ValueError as error:
            raise AnsibleFilterError(str(error)) from None
        except (TypeError, AttributeError, LookupError):
            raise AnsibleFilterError(
                f"The filter selfhost.mail.{name} was given something else than it takes;"
                f" `ansible-doc -t filter selfhost.mail.{name}` says what."
            ) from None

    return call
