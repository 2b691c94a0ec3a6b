"""What became of every message: what the host said, against what is there. Pure."""

from __future__ import annotations

import collections
import dataclasses
import re
import typing as t

from ledger.entry import Entry

Fate = t.Literal[
    "delivered",
    "waiting",  # in a queue still
    "lost",
    "duplicated",
    "bounced",
    "wrongly_refused",
    "wrongly_accepted",
    "absent",  # as it should be
]
FAULTS: tuple[Fate, ...] = (
    "lost",
    "duplicated",
    "bounced",
    "wrongly_refused",
    "wrongly_accepted",
)
WORDS = 60  # characters of an answer that tell it from others


@dataclasses.dataclass(frozen=True)
class Found:
    """By the header of a message: its copies in each place, its bounces, what is queued, and what
    came without a signature."""

    copies: t.Mapping[str, t.Mapping[str, int]] = dataclasses.field(default_factory=dict)
    bounces: t.Mapping[str, t.Sequence[str]] = dataclasses.field(default_factory=dict)
    waiting: t.Collection[str] = ()
    unsigned: t.Collection[str] = ()


def fate(entry: Entry, found: Found) -> Fate:
    """Exactly one for every message."""
    outcome = entry.outcome
    copies = {place: count for place, count in found.copies.get(entry.id, {}).items() if count}
    if entry.kind == "unknown" and (outcome == "accepted" or copies):
        return "wrongly_accepted"
    if entry.id in found.bounces:
        return "bounced"
    if outcome == "refused" and not entry.refused_as_due:
        return "wrongly_refused"
    if outcome in ("later", "refused", "unreached"):
        # its sender tries again, so that it comes once more
        return "duplicated" if copies else "absent"
    if not entry.places or any(place not in copies for place in entry.places):
        if entry.id in found.waiting:
            return "waiting"
        # nobody promised to deliver what was not confirmed, unless it came to a part of them
        return "lost" if outcome == "accepted" or copies else "absent"
    expected = dict.fromkeys(entry.places, 1)
    return "delivered" if copies == expected else "duplicated"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Numbers by name (`verdict.lost`), and the messages behind those of their fates."""

    entries: tuple[Entry, ...]
    fates: t.Mapping[Fate, tuple[Entry, ...]]
    found: Found

    @property
    def sent(self) -> int:
        return len(self.entries)

    @property
    def accepted(self) -> int:
        return self._outcome("accepted")

    @property
    def later(self) -> int:
        return self._outcome("later")

    @property
    def refused(self) -> int:
        return self._outcome("refused")

    @property
    def unreached(self) -> int:
        return self._outcome("unreached")

    @property
    def unknown(self) -> int:
        return self._outcome("unknown")

    @property
    def delivered(self) -> int:
        return len(self.messages("delivered"))

    @property
    def waiting(self) -> int:
        return len(self.messages("waiting"))

    @property
    def lost(self) -> int:
        return len(self.messages("lost"))

    @property
    def duplicated(self) -> int:
        return len(self.messages("duplicated"))

    @property
    def bounced(self) -> int:
        return len(self.messages("bounced"))

    @property
    def wrongly_refused(self) -> int:
        return len(self.messages("wrongly_refused"))

    @property
    def wrongly_accepted(self) -> int:
        return len(self.messages("wrongly_accepted"))

    @property
    def unsigned(self) -> int:
        """Messages of users that came without a signature; strangers need none of ours."""
        return sum(e.way != "outside" and e.id in self.found.unsigned for e in self.entries)

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong; what waits is not lost, but has to be looked for again."""
        return not self.unsigned and not any(self.messages(name) for name in FAULTS)

    def messages(self, name: Fate) -> tuple[Entry, ...]:
        return self.fates.get(name, ())

    def line(self) -> str:
        due = self.refused - self.wrongly_refused
        waiting = f", waiting {self.waiting}" if self.waiting else ""
        return (
            f"ledger: {self.sent} sent, {self.accepted} accepted, {self.later} later,"
            f" {due} refused as due, {self.unreached} unreached, {self.unknown} unknown;"
            f" lost {self.lost}, duplicated {self.duplicated}, bounced {self.bounced},"
            f" wrongly refused {self.wrongly_refused}, wrongly accepted {self.wrongly_accepted},"
            f" unsigned {self.unsigned}"
            f"{waiting}"
        )

    def answers(self) -> collections.Counter[tuple[str, str]]:
        """What senders see: way and answer."""
        return collections.Counter((entry.way, said(entry)) for entry in self.entries)

    def latency(self) -> dict[str, float]:
        """Seconds until a message was accepted."""
        taken = sorted(entry.seconds for entry in self.entries if entry.outcome == "accepted")
        if not taken:
            return {}
        parts = {"p50": 0.50, "p95": 0.95, "max": 1.0}
        return {
            name: round(taken[min(len(taken) - 1, int(part * len(taken)))], 3)
            for name, part in parts.items()
        }

    def data(self) -> dict[str, t.Any]:
        """For JSON."""
        numbers = ("sent", "accepted", "later", "refused", "unreached", "unknown", "delivered")
        return {
            **{name: getattr(self, name) for name in (*numbers, "waiting", *FAULTS, "unsigned")},
            "latency": self.latency(),
            "answers": [
                {"way": way, "answer": answer, "count": count}
                for (way, answer), count in self.answers().most_common()
            ],
            "messages": {name: [self._row(e) for e in self.messages(name)] for name in FAULTS},
        }

    def _row(self, entry: Entry) -> dict[str, t.Any]:
        return {
            "id": entry.id,
            "way": entry.way,
            "kind": entry.kind,
            "sender": entry.sender,
            "recipient": entry.recipient,
            "stage": entry.stage,
            "answer": f"{entry.code} {entry.text}",
            "copies": dict(self.found.copies.get(entry.id, {})),
            "bounces": list(self.found.bounces.get(entry.id, ())),
        }

    def _outcome(self, name: str) -> int:
        return sum(entry.outcome == name for entry in self.entries)


def judge(entries: t.Iterable[Entry], found: Found) -> Verdict:
    """Compare what was said with what was found."""
    listed = tuple(entries)
    fates: dict[Fate, list[Entry]] = collections.defaultdict(list)
    for entry in listed:
        fates[fate(entry, found)].append(entry)
    return Verdict(listed, {name: tuple(those) for name, those in fates.items()}, found)


def said(entry: Entry) -> str:
    """An answer without what only this message has in it."""
    if entry.code == 0:
        return f"no answer ({entry.stage}): {entry.text.split(':')[0]}"
    if entry.outcome == "accepted":
        return str(entry.code)
    text = re.sub(r"<[^>]*>", "<>", " ".join(entry.text.split()))
    return f"{entry.code} {text}"[:WORDS]
