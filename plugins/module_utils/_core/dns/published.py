# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether each record of a domain is in DNS, and what to do next."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t

from ..dkim import ACTIVE, PENDING, record_name
from .compare import DIFFERENT, MISSING, UNKNOWN, compare

if t.TYPE_CHECKING:
    from ..dkim import Key
    from .answer import Answer
    from .records import Record

PUBLISHED = "published"
_MARKS = {PUBLISHED: "✓", MISSING: "✗", DIFFERENT: "✗", UNKNOWN: "?"}


@dataclasses.dataclass(frozen=True)
class Status:
    """One record; `found` is what stands in its place, `detail` the sentence about it."""

    record: Record
    state: str
    found: tuple[str, ...]
    detail: str


def statuses(records: t.Iterable[Record], answers: t.Sequence[Answer]) -> list[Status]:
    """What name servers said about each record; all of them must show it."""
    wanted: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        wanted.setdefault((record.name, record.type), []).append(record)
    return [_status(record, alike, answers) for alike in wanted.values() for record in alike]


def _status(record: Record, alike: t.Sequence[Record], answers: t.Sequence[Answer]) -> Status:
    own = [record] if record.type == "TXT" else alike
    differences = compare(own, answers)
    if not differences:
        return Status(record, PUBLISHED, (), "")
    # a server that could not be asked is told of only when the others agree
    first = min(differences, key=lambda difference: difference.kind == UNKNOWN)
    if first.kind == MISSING and record.type != "TXT" and record.value in first.observed:
        return Status(record, PUBLISHED, first.observed, "")
    kinds = {MISSING: MISSING, UNKNOWN: UNKNOWN}
    return Status(record, kinds.get(first.kind, DIFFERENT), first.observed, first.sentence)


def next_steps(
    domain: str, found: t.Sequence[Status], keys: t.Iterable[Key], asked: str
) -> list[str]:
    """What to do, in order; the last word when all is well."""
    steps: list[str] = []
    lacking = [status for status in found if status.state in (MISSING, DIFFERENT)]
    if lacking:
        steps.append(
            f"Publish the {_count(lacking)} marked ✗ above at the DNS provider of {domain}; the"
            " playbook dns.yml with zone_directory writes a file that can be imported."
        )
    unknown = [status for status in found if status.state == UNKNOWN]
    if unknown:
        steps.append(
            f"Find out why {_count(unknown)} could not be looked up ({asked} were asked), then run"
            " this again."
        )
    return [*steps, *_key_steps(domain, found, keys)] or ["Nothing, all is published."]


def _key_steps(domain: str, found: t.Sequence[Status], keys: t.Iterable[Key]) -> t.Iterator[str]:
    shown = {status.record.name for status in found if status.state == PUBLISHED}
    states = {record_name(key.selector, key.domain): key.state for key in keys}
    if not states:
        yield (
            f"Make a DKIM key with the module mail_dkim and domains=[{domain}], then publish its"
            " record; until it signs, mail goes out unsigned."
        )
    elif any(name in shown and state == PENDING for name, state in states.items()):
        yield "Run the playbook dkim.yml: a key whose record is published can begin to sign."
    elif ACTIVE not in states.values():
        yield (
            "Once the record of a DKIM key is published, run the playbook dkim.yml; until then mail"
            " goes out unsigned."
        )


def _count(found: t.Sequence[Status]) -> str:
    return "one record" if len(found) == 1 else f"{len(found)} records"


def report(found: t.Sequence[Status], keys: t.Sequence[str], steps: t.Sequence[str]) -> list[str]:
    """Lines for a person, as in the listing of the records: each with its state, then why."""
    lines: list[str] = []
    for purpose, group in itertools.groupby(found, key=lambda status: status.record.purpose):
        for status in group:
            record, mark = status.record, _MARKS[status.state]
            words = f"{mark} {status.state}  {record.name}  {record.type}  {record.value}"
            lines += [words, *([f"   {status.detail}"] if status.detail else [])]
        lines.append(f"↳ {purpose}")
    counted = sum(status.state == PUBLISHED for status in found)
    keys_told = [f"Key: {line}" for line in keys] or ["Key: the domain has no DKIM key."]
    total = f"{counted} of {len(found)} records are published."
    return [*lines, *keys_told, total, *(f"Next: {step}" for step in steps)]
