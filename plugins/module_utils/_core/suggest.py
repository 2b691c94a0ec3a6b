# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody meant who wrote a name that is not there."""

from __future__ import annotations

import difflib
import typing as t

_ALIKE = 0.6
_PART_OF = 0.8
_SHORTEST_PART = 3
# A second name is told only when it is nearly as good.
_NEAR = 0.1


def did_you_mean(text: str, names: t.Iterable[str]) -> str:
    """The end of a sentence: the names that are most like this one, or a full stop."""
    rated = [(_likeness(text, name), name) for name in names]
    close = sorted((-rating, name) for rating, name in rated if rating)[:2]
    if not close:
        return "."
    told = [f"'{name}'" for rating, name in close if rating <= close[0][0] + _NEAR]
    return f"; did you mean {' or '.join(told)}?"


def _likeness(text: str, name: str) -> float:
    """Of addresses both halves have to be alike, since all of a domain have the longer one."""
    before, _at, domain = text.partition("@")
    other, _at, other_domain = name.partition("@")
    likeness = (_ratio(before, other), _ratio(domain, other_domain))
    return likeness[0] * likeness[1] if min(likeness) >= _ALIKE else 0.0


def _ratio(one: str, other: str) -> float:
    if one == other:
        return 1.0
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= _SHORTEST_PART and shorter in longer:
        return _PART_OF
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    # the first two are quick and never less than the third
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0.0
    return matcher.ratio()
