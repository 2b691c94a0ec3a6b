"""What should be in DNS, set against what was seen there."""

from __future__ import annotations

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.answer import Answer
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.compare import compare
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import Record

MX = Record("example.test", "MX", "10 mx1.example.test.", "Why.")
A = (
    Record("mx1.example.test", "A", "10.0.0.1", "Why."),
    Record("mx1.example.test", "A", "10.0.0.2", "Why."),
)
SPF = Record("example.test", "TXT", "v=spf1 ip4:10.0.0.1 ip6:fd89::1 -all", "Why.")
DMARC = Record(
    "_dmarc.example.test", "TXT", "v=DMARC1; p=quarantine; rua=mailto:a@example.test", ""
)
DKIM = Record("s._domainkey.example.test", "TXT", "v=DKIM1; k=rsa; p=AAAA", "Why.")
SRV = Record("_imap._tcp.example.test", "SRV", "0 0 0 .", "Why.")

CASES = {
    "MX as it should be": ([MX], ["10 MX1.example.test."], []),
    "MX missing": ([MX], [], ["missing"]),
    "MX leads elsewhere": ([MX], ["10 mx.example.com."], ["different"]),
    "MX leads elsewhere as well": ([MX], [MX.value, "5 mx.example.com."], ["foreign"]),
    "addresses in any order": (A, ["10.0.0.2", "10.0.0.1"], []),
    "one address missing": (A, ["10.0.0.2"], ["missing"]),
    "one address wrong": (A, ["10.0.0.2", "10.0.0.3"], ["different"]),
    "SRV": ([SRV], ["0 0 0 ."], []),
    "SRV of a service that is off": ([SRV], ["0 1 143 mx1.example.test."], ["different"]),
    "SPF beside other texts": ([SPF], ["google-site=1", SPF.value], []),
    "SPF in another order, with more": (
        [SPF],
        ["V=SPF1 include:example.com  ip6:fd89::1 ip4:10.0.0.1 ~all"],
        [],
    ),
    "SPF missing": ([SPF], ["google-site=1"], ["missing"]),
    "SPF of which only the name fits": ([SPF], ["v=spf10 -all"], ["missing"]),
    "SPF without one address": ([SPF], ["v=spf1 ip4:10.0.0.1 -all"], ["different"]),
    "SPF that lets everybody send": (
        [SPF],
        ["v=spf1 ip4:10.0.0.1 ip6:fd89::1 +all"],
        ["different"],
    ),
    "SPF that ends too early": (
        [SPF],
        ["v=spf1 -all ip4:10.0.0.1 ip6:fd89::1 -all"],
        ["different"],
    ),
    "SPF twice": ([SPF], [SPF.value, "v=spf1 mx -all"], ["duplicate"]),
    "DMARC with reports elsewhere": (
        [DMARC],
        ["v=DMARC1;p=quarantine;rua=mailto:b@example.org"],
        [],
    ),
    "DMARC stricter": ([DMARC], ["v=DMARC1; p=reject"], []),
    "DMARC weaker": ([DMARC], ["v=DMARC1; p=none; sp=reject"], ["different"]),
    "DMARC without policy": ([DMARC], ["v=DMARC1; sp=reject"], ["different"]),
    "DMARC with an unknown policy": ([DMARC], ["v=DMARC1; p=drop"], ["different"]),
    "DMARC missing": ([DMARC], [], ["missing"]),
    "DMARC twice": ([DMARC], ["v=DMARC1; p=reject", "v=DMARC1; p=reject;"], ["duplicate"]),
    "DKIM written differently": ([DKIM], ["p=AA AA; n=note"], []),
    "DKIM missing": ([DKIM], [], ["missing"]),
    "DKIM with another key": ([DKIM], ["v=DKIM1; k=rsa; p=BBBB"], ["different"]),
    "DKIM revoked": ([DKIM], ["v=DKIM1; p="], ["different"]),
    "DKIM beside anything": ([DKIM], [DKIM.value, "note"], ["duplicate"]),
}


@pytest.mark.parametrize(("expected", "seen", "kinds"), CASES.values(), ids=CASES.keys())
def test_differences(expected: list[Record], seen: list[str], kinds: list[str]) -> None:
    first = expected[0]
    status = "found" if seen else "no_answer"
    answer = Answer("ns1", first.name, first.type, status, tuple(seen))
    found = compare(expected, [answer])
    assert [difference.kind for difference in found] == kinds
    for difference in found:
        assert difference.sentence.startswith(f"{first.type} of {first.name}: ns1 ")
        assert difference.sentence.endswith(".")
        assert difference.expected == tuple(record.value for record in expected)


def test_what_is_not_known_is_not_called_missing() -> None:
    timeout = Answer("ns1", MX.name, "MX", "timeout", (), "nothing came back within 2 s")
    found = compare([MX, SPF], [timeout])
    assert [(d.kind, d.sentence) for d in found] == [
        ("unknown", "MX of example.test: ns1 gave no answer: nothing came back within 2 s."),
        ("unknown", "TXT of example.test: nobody was asked for it."),
    ]


def test_each_server_is_compared() -> None:
    answers = [
        Answer("ns1", MX.name, "MX", "found", (MX.value,)),
        Answer("ns2", MX.name, "MX", "nxdomain"),
    ]
    assert [d.sentence for d in compare([MX], answers)] == [
        "MX of example.test: ns2 does not show 10 mx1.example.test.: add it."
    ]


def test_two_texts_at_one_name_are_told_apart() -> None:
    verification = Record(SPF.name, "TXT", DMARC.value, "Two kinds of text at one name.")
    answer = Answer("ns1", SPF.name, "TXT", "found", (SPF.value,))
    assert [d.kind for d in compare([SPF, verification], [answer])] == ["missing"]
