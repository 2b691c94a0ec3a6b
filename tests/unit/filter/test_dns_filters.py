"""The filters of DNS hand on to the core and turn its sentences into Ansible's errors."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError

from unit.filter.loaded import FILTERS

dns_listing, dns_records, zone_file = (
    FILTERS[name] for name in ("dns_listing", "dns_records", "zone_file")
)

FACTS = {"hostname": "mx1.example.test", "public_addresses": ["10.89.41.10", "fd89:41::10"]}
KEY = {
    "domain": "example.test",
    "selector": "s1",
    "algorithm": "rsa",
    "public": "AAAA",
    "state": "active",
    "in_dns": True,
    "signs": True,
    "record": {"name": "ignored", "type": "TXT", "value": "ignored"},
}


def made(keys: t.Iterable[t.Mapping[str, t.Any]] = ()) -> list[dict[str, t.Any]]:
    return list(dns_records("Example.TEST", FACTS, keys))


def test_records_are_plain_dictionaries() -> None:
    assert made()[0] == {
        "name": "example.test",
        "type": "MX",
        "value": "10 mx1.example.test.",
        "ttl": 3600,
        "purpose": "Other mail servers deliver mail for example.test to mx1.example.test.",
    }
    assert "v=DKIM1; k=rsa; p=AAAA" in [record["value"] for record in made([KEY])]


def test_a_listing_says_why() -> None:
    lines = dns_listing(made())
    assert lines[:2] == [
        "example.test  MX  10 mx1.example.test.",
        "↳ Other mail servers deliver mail for example.test to mx1.example.test.",
    ]
    first = lines.index("mx1.example.test  A  10.89.41.10")
    assert lines[first + 1] == "mx1.example.test  AAAA  fd89:41::10"
    assert lines[first + 2].startswith("↳ Mail servers reach mx1.example.test here;")
    assert not [line for line in lines if ": " in line or line.startswith(" ")]


def test_a_zone_file_has_the_records() -> None:
    text = zone_file(made([KEY]), "example.test")
    assert '\ns1._domainkey                  3600 IN TXT   "v=DKIM1; k=rsa; p=AAAA"\n' in text


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: dns_records("a..b", FACTS), "two dots in a row"),
        (lambda: dns_records("example.test", {}), "hand over site_hostname"),
        (
            lambda: dns_records("firm.internal", FACTS),
            "10.89.41.10 of mx1.example.test",
        ),
        (lambda: made([{"domain": "a"}]), "hand over the keys that mail_info returned"),
        (lambda: zone_file(made(), "a b"), "The domain 'a b' is refused"),
        (lambda: zone_file([{}], "a.test"), "{} is not a record"),
        (lambda: dns_listing([{"name": "a"}]), "is not a record"),
    ],
)
def test_errors_are_sentences(call: t.Callable[[], object], sentence: str) -> None:
    with pytest.raises(AnsibleFilterError) as error:
        call()
    assert sentence in str(error.value)
