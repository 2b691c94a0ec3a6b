"""What came of one fault, and which promises it broke. Pure."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from faults.model import Fault

Answers = t.Mapping[str, int]


@dataclasses.dataclass(frozen=True)
class Record:
    """One row of the table; seconds are None where the cap came first."""

    fault: str
    title: str
    kind: str
    commit: str
    date: str
    held_s: float
    whole_s: float | None
    backlog_s: float | None
    # what was answered while the cause was there: {"451 4.3.0": 12}
    senders: Answers
    seen_users: Answers
    new_users: Answers
    submitting_users: Answers
    sent: int
    accepted: int
    lost: int
    duplicated: int
    bounced: int
    wrongly_refused: int
    wrongly_accepted: int
    unknown: int
    # of users' messages; how many seconds the load fell behind at the worst. Old records lack them.
    unsigned: int | None = None
    late_s: float | None = None
    # messages or mailboxes concerned, waiting messages, complaints of the work beside
    details: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def data(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)


def read(raw: t.Mapping[str, t.Any]) -> Record:
    """From JSON."""
    lists = {name: tuple(raw[name]) for name in ("details", "complaints")}
    return Record(**{**raw, **lists})


def count(answers: t.Iterable[str]) -> dict[str, int]:
    """The most frequent first."""
    return dict(collections.Counter(answers).most_common())


def broken(record: Record, fault: Fault) -> list[str]:
    """The promises that were not kept, as sentences; none when all is well."""
    found = [
        f"{amount} messages were {what}"
        for what, amount in (
            ("lost", record.lost),
            ("bounced", record.bounced),
            ("wrongly refused", record.wrongly_refused),
            ("wrongly accepted", record.wrongly_accepted),
            ("not signed", record.unsigned),
            ("delivered twice", 0 if fault.may_duplicate else record.duplicated),
        )
        if amount
    ]
    users = (record.seen_users, record.new_users, record.submitting_users)
    if wrong := sum(said.get("wrong", 0) for said in users):
        found.append(f"{wrong} users were told that their password is wrong")
    if fault.seen_log_in and (kept_out := _other_than(record.seen_users, "in")):
        found.append(f"{kept_out} logins of users seen before failed")
    if not record.sent:
        found.append("nothing was sent")
    if not record.senders:
        found.append("nothing was sent while the cause was there")
    if record.whole_s is None:
        found.append("the host did not become whole by itself")
    elif record.whole_s > fault.whole_within:
        limit = f"{fault.whole_within:.0f} s"
        found.append(f"the host was whole after {record.whole_s:.1f} s, not within {limit}")
    if record.backlog_s is None:
        found.append("the queue did not become empty")
    if fault.must_accept and (later := _other_than(record.senders, "2")):
        found.append(f"{later} messages were not accepted, although nothing stood in their way")
    return found + list(record.complaints)


def _other_than(said: Answers, good: str) -> int:
    return sum(amount for answer, amount in said.items() if not answer.startswith(good))
