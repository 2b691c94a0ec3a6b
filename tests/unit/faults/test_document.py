"""The guide's table is what the records say."""

from __future__ import annotations

import csv
import dataclasses
import io
import textwrap

from faults import document, table
from faults.record import broken
from unit.faults.test_record import KEPT

STOCK = dataclasses.replace(
    KEPT, kind="stock", whole_s=None, backlog_s=None, lost=3, senders={"451 4.3.0": 30, "250": 10}
)


def test_the_guide_is_made_from_the_records() -> None:
    found = document.records()
    assert document.PATH.read_text("utf-8") == document.wanted(found)


def test_what_nobody_measured_is_said() -> None:
    left = document.unmeasured([KEPT])
    some = table.faults()[0]
    assert f"{some.id} (ours)" in left
    assert some.id in document.told([KEPT])


def test_ours_kept_every_promise() -> None:
    by_id = {fault.id: fault for fault in table.faults()}
    ours = [one for one in document.records() if one.kind == "ours"]
    assert ours
    found = {one.fault: broken(one, by_id[one.fault]) for one in ours}
    assert {name: why for name, why in found.items() if why} == document.KNOWN


def test_stock_stands_beside_ours() -> None:
    named = [dataclasses.replace(one, fault=table.faults()[0].id) for one in (KEPT, STOCK)]
    text = textwrap.dedent(document.rows(named).partition("\n\n")[2])
    head, stock, ours = csv.reader(io.StringIO(text))
    assert head[0] == "Fault"
    assert stock == [
        "The database is away",
        "stock",
        "451 4.3.0 75 %, 250 25 %",
        "seen: in; new: later; submits: later",
        "by hand",
        "by hand",
        *("200", "3", "0", "0", "0", "–"),
    ]
    assert ours[:3] == ["", "ours", "451 4.3.0"]
    assert ours[4:] == ["1.5 s", "2.0 s", "200", "0", "0", "0", "0", "–"]


def test_it_is_said_what_was_counted() -> None:
    told = document.told([KEPT, STOCK])
    assert "Our host: 1 faults on 2026-01-02 (commit 0123456), 200 messages sent" in told
    assert "150 accepted, 3 lost" in told
