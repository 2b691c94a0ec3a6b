# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a record is published, by what name servers say."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import Key
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.answer import Answer
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.published import (
    Status,
    next_steps,
    report,
    statuses,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import Record

MX = Record("a.test", "MX", "10 mx1.a.test.", "Why MX")
A1 = Record("mx1.a.test", "A", "192.0.2.10", "Why A")
A2 = Record("mx1.a.test", "A", "192.0.2.11", "Why A")
SPF = Record("a.test", "TXT", "v=spf1 ip4:192.0.2.10 -all", "Why SPF")
KEY = Key("a.test", "s1", "rsa", "KEY", "pending", True, False)
DKIM = Record("s1._domainkey.a.test", "TXT", "v=DKIM1; k=rsa; p=KEY", "Why DKIM")


def said(record: Record, *values: str, server: str = "ns1") -> Answer:
    return Answer(server, record.name, record.type, "found" if values else "nxdomain", values)


def silent(record: Record, server: str = "ns2") -> Answer:
    return Answer(server, record.name, record.type, "timeout", (), "nothing came back")


CASES: dict[str, tuple[list[Record], list[Answer], str]] = {
    "there": ([MX], [said(MX, MX.value)], "published"),
    "written otherwise": ([MX], [said(MX, "10 MX1.a.test.")], "published"),
    "not there": ([MX], [said(MX)], "missing"),
    "another one there": ([MX], [said(MX, "10 mx.b.test.")], "different"),
    "another one beside it": ([MX], [said(MX, MX.value, "20 mx.b.test.")], "different"),
    "at one server only": ([MX], [said(MX, MX.value), said(MX, server="ns2")], "missing"),
    "nobody answers": ([MX], [silent(MX)], "unknown"),
    "nobody was asked": ([MX], [], "unknown"),
    "one of two answers": ([MX], [said(MX, MX.value), silent(MX)], "unknown"),
    "what is wrong counts more": ([MX], [silent(MX), said(MX)], "missing"),
    "one of two addresses": ([A1, A2], [said(A1, A1.value)], "published missing"),
    "both": ([A1, A2], [said(A1, A2.value, A1.value)], "published published"),
    "other texts beside it": ([SPF], [said(SPF, "verify=1", SPF.value)], "published"),
    "a text of another kind": ([SPF], [said(SPF, "verify=1")], "missing"),
    "two of its kind": ([SPF], [said(SPF, SPF.value, "v=spf1 -all")], "different"),
    "another key": ([DKIM], [said(DKIM, "v=DKIM1; p=OTHER")], "different"),
}


@pytest.mark.parametrize("name", CASES)
def test_states(name: str) -> None:
    records, answers, wanted = CASES[name]
    found = statuses(records, answers)
    assert [status.record for status in found] == records
    assert " ".join(status.state for status in found) == wanted
    assert all(bool(status.detail) == (status.state != "published") for status in found)


def test_what_stands_there_instead() -> None:
    (found,) = statuses([MX], [said(MX, "10 mx.b.test.")])
    assert found.found == ("10 mx.b.test.",)
    assert report([found], ["s1 does not sign"], ["Do it."]) == [
        "✗ different  a.test  MX  10 mx1.a.test.",
        "   MX of a.test: ns1 shows 10 mx.b.test. where 10 mx1.a.test. should stand.",
        "↳ Why MX",
        "Key: s1 does not sign",
        "0 of 1 records are published.",
        "Next: Do it.",
    ]


def in_state(key_state: str, record_state: str) -> tuple[list[Status], list[Key]]:
    key = Key("a.test", "s1", "rsa", "KEY", key_state, True, key_state == "active")
    return [Status(DKIM, record_state, (), "")], [key]


@pytest.mark.parametrize(
    ("key_state", "record_state", "wanted"),
    [
        ("active", "published", ["Nothing, all is published."]),
        ("pending", "published", ["Run the playbook dkim.yml"]),
        ("pending", "missing", ["Publish the one record", "Once the record of a DKIM key"]),
        ("active", "different", ["Publish the one record"]),
        ("active", "unknown", ["Find out why one record"]),
    ],
)
def test_next_steps(key_state: str, record_state: str, wanted: list[str]) -> None:
    steps = next_steps("a.test", *in_state(key_state, record_state), "the name servers")
    assert len(steps) == len(wanted)
    assert all(step.startswith(begin) for step, begin in zip(steps, wanted))


def test_a_domain_without_a_key() -> None:
    (step,) = next_steps("a.test", [Status(MX, "published", (), "")], [], "the name servers")
    assert step.startswith("Make a DKIM key")
