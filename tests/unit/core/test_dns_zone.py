"""Zone files: what we write, another program reads back as what we meant."""

from __future__ import annotations

import base64
import dataclasses
import typing as t

import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import Key
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import Record, records
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.site import parse_site
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.zone import (
    quoted,
    text_strings,
    zone_file,
)

# As long as that of an RSA key of 4096 bits.
LONG_PUBLIC = base64.b64encode(bytes(range(256)) * 3).decode()


def domain_records(domain: str) -> list[Record]:
    facts = {
        "hostname": "mx1.example.test",
        "client_hostname": "mail.example.test",
        "public_addresses": ["10.89.41.10", "fd89:41::10"],
        "services": {"imaps": {"port": 993, "enabled": True}},
    }
    return records(
        parse_site(facts), domain, [Key(domain, "a.b", "rsa", LONG_PUBLIC, "active", True, True)]
    )


def read_back(text: str, origin: str) -> set[tuple[str, str, int, str]]:
    """The records in a zone file, read by dnspython in the way that a name server reads it."""
    zone = dns.zone.from_text(text, origin, relativize=False, check_origin=False)
    return {
        (str(name)[:-1], dns.rdatatype.to_text(rdata.rdtype), ttl, plain(rdata))
        for name, ttl, rdata in zone.iterate_rdatas()
    }


def plain(rdata: t.Any) -> str:
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings).decode()
    return str(rdata.to_text())


def as_set(given_records: t.Iterable[Record]) -> set[tuple[str, str, int, str]]:
    return {(r.name, r.type, r.ttl, r.value) for r in given_records}


def test_a_zone_file_reads_back_as_the_same_records() -> None:
    made = domain_records("example.test")
    assert read_back(zone_file(made, "example.test"), "example.test") == as_set(made)


def test_records_of_other_zones_are_comments() -> None:
    made = domain_records("example.org")
    text = zone_file(made, "example.org")
    inside = [record for record in made if record.name.endswith("example.org")]
    assert read_back(text, "example.org") == as_set(inside)
    outside = [line for line in text.splitlines() if line.startswith("; m")]
    assert len(outside) == len(made) - len(inside) == 5
    uncommented = "\n".join(line[2:] for line in outside)
    assert read_back(uncommented, "example.test") == as_set(made) - as_set(inside)


def test_a_name_that_only_ends_alike_lies_in_another_zone() -> None:
    record = Record("myexample.org", "A", "10.0.0.1", "Why.")
    assert read_back(zone_file([record], "example.org"), "example.org") == set()


def test_how_a_zone_file_looks() -> None:
    made = [
        Record("example.org", "MX", "10 mx1.example.test.", "Why\nMX."),
        Record("mx1.example.org", "A", "10.0.0.1", "Both."),
        Record("mx1.example.org", "AAAA", "fd89::1", "Both.", ttl=60),
        Record("mx1.example.test", "A", "10.0.0.1", "Outside."),
    ]
    assert zone_file(made, "example.org") == (
        "; Mail records of example.org. The zone's SOA and NS records are not part of this.\n"
        "$ORIGIN example.org.\n"
        "\n"
        "; Why MX.\n"
        "@                              3600 IN MX    10 mx1.example.test.\n"
        "\n"
        "; Both.\n"
        "mx1                            3600 IN A     10.0.0.1\n"
        "mx1                            60 IN AAAA  fd89::1\n"
        "\n"
        "; Needed as well, in zones other than example.org:\n"
        "; mx1.example.test.              3600 IN A     10.0.0.1\n"
    )
    assert zone_file(made, "example.org") == zone_file(list(made), "example.org")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("v=spf1 -all", '"v=spf1 -all"'),
        ("", '""'),
        ('say "hi"; \\o/', '"say \\"hi\\"; \\\\o/"'),
        ("a\tb\n\x7f", '"a\\009b\\010\\127"'),
        ("é", '"\\195\\169"'),
        ("x" * 256, f'"{"x" * 255}" "x"'),
    ],
)
def test_texts_are_quoted(text: str, written: str) -> None:
    assert quoted(text) == written


@given(st.text(max_size=700))
def test_any_text_survives_a_zone_file(text: str) -> None:
    record = Record("a.example.org", "TXT", text, "Why.")
    strings = text_strings(text)
    assert all(len(string) <= 255 for string in strings) and b"".join(strings) == text.encode()
    assert read_back(zone_file([record], "example.org"), "example.org") == as_set([record])


@given(st.text(max_size=80))
def test_no_reason_can_break_out_of_its_comment(purpose: str) -> None:
    record = Record("a.example.org", "A", "10.0.0.1", purpose)
    plain_record = dataclasses.replace(record, purpose="Why.")
    assert read_back(zone_file([record], "example.org"), "example.org") == as_set([plain_record])
