"""The table of faults in the guide, made from the records of long runs, so never out of step.

python -m faults.document .cache/faults/*.jsonl
"""

from __future__ import annotations

import csv
import io
import json
import pathlib
import sys
import textwrap
import typing as t

from faults import record, table
from faults.record import Record

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDS = ROOT / "docs" / "faults.jsonl"
PATH = ROOT / "docs/docsite/rst/faults.rst"
HEADING = "What was measured\n-----------------\n"
COLUMNS = (
    "Fault",
    "Host",
    "A sender sees",
    "A user sees",
    "Whole after",
    "Queue empty after",
    "Sent",
    "Lost",
    "Twice",
    "Bounced",
    "Refused",
    "Unsigned",
)
WIDTHS = "28 6 22 28 8 8 6 5 5 5 5 5"
SHOWN = 2  # answers of each kind
# promises that are not kept yet, by fault; the guide says why
KNOWN: t.Mapping[str, t.Sequence[str]] = {
    "freeze-dovecot-anvil": [
        "3 messages were wrongly refused",
        "1 users were told that their password is wrong",
    ],
}


def records() -> list[Record]:
    return _read(RECORDS)


def _read(file: pathlib.Path) -> list[Record]:
    return [record.read(json.loads(line)) for line in file.read_text("utf-8").splitlines()]


def unmeasured(found: t.Sequence[Record]) -> list[str]:
    """Trials that nobody has made yet."""
    known = table.faults()
    trials = [(one.id, "ours") for one in known]
    trials += [(one.id, "stock") for one in known if one.stock and one.hosts == 1]
    measured = {(one.fault, one.kind) for one in found}
    return [f"{fault} ({kind})" for fault, kind in trials if (fault, kind) not in measured]


def wanted(found: t.Sequence[Record]) -> str:
    """The guide with its last part as it should be."""
    head = PATH.read_text("utf-8").partition(HEADING)[0]
    return f"{head}{HEADING}\n{told(found)}\n{rows(found)}"


def told(found: t.Sequence[Record]) -> str:
    """When, of what, and how much."""
    lines = []
    for kind, name in (("ours", "Our host"), ("stock", "Stock Debian 13")):
        of_kind = [one for one in found if one.kind == kind]
        commits = ", ".join(sorted({one.commit for one in of_kind}))
        dates = ", ".join(sorted({one.date for one in of_kind}))
        total = [sum(getattr(one, name) for one in of_kind) for name in ("sent", "accepted")]
        lines.append(
            f"{name}: {len(of_kind)} faults on {dates} (commit {commits}),"
            f" {total[0]} messages sent, {total[1]} accepted,"
            f" {sum(one.lost for one in of_kind)} lost,"
            f" {sum(one.duplicated for one in of_kind)} delivered twice,"
            f" {sum(one.bounced for one in of_kind)} bounced,"
            f" {sum(one.wrongly_refused for one in of_kind)} wrongly refused,"
            f" {sum(one.unsigned or 0 for one in of_kind)} of users delivered unsigned.\n"
        )
    if left := unmeasured(found):
        lines.append(f"Not measured since: {', '.join(left)}.\n")
    return "\n".join(lines)


def rows(found: t.Sequence[Record]) -> str:
    """The table, in the order of the files in tests/faults/table."""
    order = [fault.id for fault in table.faults()]
    by_fault: dict[str, list[Record]] = {}
    for one in sorted(found, key=lambda one: order.index(one.fault)):
        by_fault.setdefault(one.fault, []).append(one)
    listed: list[tuple[str, ...]] = [COLUMNS]
    for ours_and_stock in by_fault.values():
        # the stock host first, as one reads "instead of"
        ordered = sorted(ours_and_stock, key=lambda one: one.kind, reverse=True)
        listed += [
            row(one, title=one.title if number == 0 else "") for number, one in enumerate(ordered)
        ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(listed)
    head = f".. csv-table::\n   :header-rows: 1\n   :widths: {WIDTHS}\n\n"
    return head + textwrap.indent(text.getvalue(), "   ")


def row(one: Record, title: str) -> tuple[str, ...]:
    users = (
        ("seen", one.seen_users),
        ("new", one.new_users),
        ("submits", one.submitting_users),
    )
    seen = "; ".join(f"{who}: {answers(said)}" for who, said in users if said)
    numbers = (one.sent, one.lost, one.duplicated, one.bounced, one.wrongly_refused)
    return (
        title,
        one.kind,
        answers(one.senders),
        seen,
        seconds(one.whole_s),
        seconds(one.backlog_s),
        *map(str, numbers),
        "–" if one.unsigned is None else str(one.unsigned),
    )


def answers(said: record.Answers) -> str:
    """The most frequent ones, with their share where there are several."""
    if len(said) == 1:
        return next(iter(said))
    total = sum(said.values())
    most = sorted(said.items(), key=lambda item: -item[1])
    return ", ".join(f"{text} {100 * amount / total:.0f} %" for text, amount in most[:SHOWN])


def seconds(measured: float | None) -> str:
    return "by hand" if measured is None else f"{measured:.1f} s"


def write(files: t.Iterable[pathlib.Path]) -> None:
    """Add them to those of before; of several trials of one fault the last counts."""
    known = {fault.id for fault in table.faults()}
    every = [*records(), *(one for file in files for one in _read(file))]
    last = {(one.fault, one.kind): one for one in every if one.fault in known}
    found = list(last.values())
    RECORDS.write_text("".join(json.dumps(one.data()) + "\n" for one in found), "utf-8")
    PATH.write_text(wanted(found), "utf-8")


if __name__ == "__main__":
    write(map(pathlib.Path, sys.argv[1:]))
