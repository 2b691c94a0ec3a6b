# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What should be in DNS, set against what was seen there."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ..dkim import judge_texts, parse_record
from .site import DMARC_POLICIES

if t.TYPE_CHECKING:
    from .answer import Answer
    from .records import Record

MISSING, DIFFERENT, DUPLICATE, FOREIGN, UNKNOWN = (
    "missing",
    "different",
    "duplicate",
    "foreign",
    "unknown",
)


@dataclasses.dataclass(frozen=True)
class Difference:
    """One thing in DNS that is not as it should be.

    `foreign` is a record beside ours that leads mail elsewhere; `unknown`: nobody answered.
    """

    kind: str
    name: str
    type: str
    expected: tuple[str, ...]
    observed: tuple[str, ...]
    sentence: str


def compare(expected: t.Iterable[Record], observed: t.Iterable[Answer]) -> list[Difference]:
    """All differences; none when DNS says what it should."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for record in expected:
        wanted.setdefault((record.name, record.type), []).append(record.value)
    answers: dict[tuple[str, str], list[Answer]] = {}
    for answer in observed:
        answers.setdefault((answer.name, answer.type), []).append(answer)
    found: list[Difference] = []
    for (name, kind), values in wanted.items():
        for answer in answers.get((name, kind), []):
            found.extend(_compare_one(name, kind, values, answer))
        if (name, kind) not in answers:
            found.append(_difference(UNKNOWN, name, kind, values, (), "nobody was asked for it"))
    return found


def _compare_one(name: str, kind: str, values: list[str], answer: Answer) -> t.Iterator[Difference]:
    if not answer.definite:
        said = f"{answer.server} gave no answer: {answer.detail}"
        yield _difference(UNKNOWN, name, kind, values, (), said)
    elif kind == "TXT":
        for value in values:
            yield from _compare_text(name, value, answer)
    else:
        yield from _compare_set(name, kind, values, answer)


def _compare_set(name: str, kind: str, values: list[str], answer: Answer) -> t.Iterator[Difference]:
    wanted, seen = {_canonical(v) for v in values}, {_canonical(v) for v in answer.values}
    missing, foreign = sorted(wanted - seen), sorted(seen - wanted)
    if missing and foreign:
        said = f"{answer.server} shows {', '.join(foreign)} where {', '.join(missing)} should stand"
        yield _difference(DIFFERENT, name, kind, values, answer.values, said)
    elif missing:
        said = f"{answer.server} does not show {', '.join(missing)}: add it"
        yield _difference(MISSING, name, kind, values, answer.values, said)
    elif foreign:
        said = f"{answer.server} also shows {', '.join(foreign)}: remove it if it is not yours"
        yield _difference(FOREIGN, name, kind, values, answer.values, said)


def _canonical(value: str) -> str:
    return " ".join(value.lower().split())


@dataclasses.dataclass(frozen=True)
class _TextKind:
    """A kind of TXT record: how to know it, what to call it, when it serves as well as ours."""

    title: str
    is_one: t.Callable[[str], bool]
    serves: t.Callable[[str, str], bool]


def _compare_text(name: str, value: str, answer: Answer) -> t.Iterator[Difference]:
    kind = _text_kind(value)
    seen = tuple(text for text in answer.values if kind.is_one(text))
    if not seen:
        said = f"{answer.server} shows no {kind.title} record there: add {value!r}"
        yield _difference(MISSING, name, "TXT", [value], answer.values, said)
    elif len(seen) > 1:
        said = f"{answer.server} shows {len(seen)} {kind.title} records, and none counts: keep one"
        yield _difference(DUPLICATE, name, "TXT", [value], seen, said)
    elif not kind.serves(value, seen[0]):
        said = f"{answer.server} shows {seen[0]!r} where {value!r} should stand"
        yield _difference(DIFFERENT, name, "TXT", [value], seen, said)


def _same_spf(ours: str, seen: str) -> bool:
    """Our terms, in any order and among others: who else may send is the administrator's word."""
    wanted = ours.lower().split()[:-1]
    *found, last = seen.lower().split()
    everybody = [term for term in found if term.lstrip("+-~?") == "all"]
    return set(wanted) <= set(found) and last in ("-all", "~all") and not everybody


def _same_dmarc(ours: str, seen: str) -> bool:
    """At least our policy, reports to wherever the administrator likes."""
    return _dmarc_rank(seen) >= _dmarc_rank(ours)


def _dmarc_rank(text: str) -> int:
    policy = re.search(r";\s*p\s*=\s*(\w+)", text.lower())
    return DMARC_POLICIES.index(policy[1]) if policy and policy[1] in DMARC_POLICIES else -1


def _same_dkim(ours: str, seen: str) -> bool:
    wanted = parse_record(ours)
    return judge_texts([seen], wanted.algorithm, wanted.public).ok


_TEXT_KINDS = (
    _TextKind("SPF", lambda text: text.lower().split(" ")[0] == "v=spf1", _same_spf),
    _TextKind(
        "DMARC", lambda text: re.match(r"v\s*=\s*DMARC1\s*(;|$)", text) is not None, _same_dmarc
    ),
    # Whatever stands at a key's name counts: receivers take any TXT there for a key.
    _TextKind("DKIM", lambda text: True, _same_dkim),
)


def _text_kind(value: str) -> _TextKind:
    return next(kind for kind in _TEXT_KINDS if kind.is_one(value))


def _difference(
    kind: str, name: str, type_: str, wanted: list[str], seen: tuple[str, ...], said: str
) -> Difference:
    return Difference(kind, name, type_, tuple(wanted), seen, f"{type_} of {name}: {said}.")
