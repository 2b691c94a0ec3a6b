"""What should be in DNS for a domain, as a table."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import Key
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import (
    Record,
    parse_record,
    records,
)
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.site import (
    is_test_zone,
    parse_site,
)

SERVICES = {
    "smtp": {"port": 25, "enabled": True, "addresses": []},
    "submission": {"port": 587, "enabled": True, "addresses": []},
    "submissions": {"port": 465, "enabled": True, "addresses": []},
    "imaps": {"port": 993, "enabled": True, "addresses": []},
    "pop3s": {"port": 995, "enabled": False, "addresses": []},
    "imap": {"port": 143, "enabled": False, "addresses": []},
}
FACTS: dict[str, t.Any] = {
    "hostname": "mx1.example.test",
    "public_addresses": ["fd89:41::10", "10.89.41.10"],
    "services": SERVICES,
}
# Documentation addresses are not global, so a public zone needs real-looking ones.
GLOBAL4, GLOBAL6 = "1.2.3.4", "2a00::4"


def key(
    selector: str, state: str, *, in_dns: bool, signs: bool, domain: str = "example.test"
) -> Key:
    return Key(domain, selector, "rsa", f"PUBLIC{selector}", state, in_dns, signs)


def found(domain: str, keys: t.Iterable[Key] = (), **facts: t.Any) -> list[Record]:
    return records(parse_site({**FACTS, **facts}), domain, keys)


def lines(given: t.Iterable[Record]) -> list[str]:
    return [f"{record.name} {record.type} {record.value}" for record in given]


def test_all_records_of_a_domain() -> None:
    keys = [
        key("old", "retiring", in_dns=True, signs=False),
        key("new", "active", in_dns=True, signs=True),
        key("gone", "retired", in_dns=False, signs=False),
        key("other", "active", in_dns=True, signs=True, domain="example.org"),
    ]
    assert lines(found("example.test", keys)) == [
        "example.test MX 10 mx1.example.test.",
        "example.test TXT v=spf1 ip4:10.89.41.10 ip6:fd89:41::10 -all",
        "new._domainkey.example.test TXT v=DKIM1; k=rsa; p=PUBLICnew",
        "old._domainkey.example.test TXT v=DKIM1; k=rsa; p=PUBLICold",
        "_dmarc.example.test TXT v=DMARC1; p=quarantine; rua=mailto:postmaster@example.test",
        "mx1.example.test A 10.89.41.10",
        "mx1.example.test AAAA fd89:41::10",
        "mx1.example.test TXT v=spf1 ip4:10.89.41.10 ip6:fd89:41::10 -all",
        "_imaps._tcp.example.test SRV 0 1 993 mx1.example.test.",
        "_submissions._tcp.example.test SRV 0 1 465 mx1.example.test.",
        "_submission._tcp.example.test SRV 0 1 587 mx1.example.test.",
        "_imap._tcp.example.test SRV 0 0 0 .",
        "_pop3s._tcp.example.test SRV 0 0 0 .",
        "_pop3._tcp.example.test SRV 0 0 0 .",
        "_sieve._tcp.example.test SRV 0 0 0 .",
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"public_addresses": ["10.89.41.10"]}, "v=spf1 ip4:10.89.41.10 -all"),
        ({"public_addresses": ["fd89:41:0::10"]}, "v=spf1 ip6:fd89:41::10 -all"),
        (
            {"public_addresses": ["10.0.0.2", " 10.0.0.1 ", "10.0.0.2"]},
            "v=spf1 ip4:10.0.0.1 ip4:10.0.0.2 -all",
        ),
    ],
)
def test_spf_names_every_address_once(facts: dict[str, t.Any], expected: str) -> None:
    spf = [record.value for record in found("example.test", **facts) if "spf1" in record.value]
    assert spf == [expected, expected]


def test_a_domain_that_is_the_host_has_one_spf_record() -> None:
    names = [r.name for r in found("mx1.example.test") if r.value.startswith("v=spf1")]
    assert names == ["mx1.example.test"]


def test_clients_have_a_name_of_their_own() -> None:
    made = lines(found("example.test", client_hostname="mail.example.test"))
    assert "mail.example.test A 10.89.41.10" in made
    assert "mail.example.test AAAA fd89:41::10" in made
    assert "_imaps._tcp.example.test SRV 0 1 993 mail.example.test." in made


def test_dmarc_policy_is_the_one_asked_for() -> None:
    made = found("example.test", dmarc_policy="reject")
    dmarc = next(record for record in made if record.name.startswith("_dmarc"))
    assert dmarc.value == "v=DMARC1; p=reject; rua=mailto:postmaster@example.test"
    assert "asks receivers to refuse" in dmarc.purpose


def test_every_record_has_a_reason_and_no_two_are_the_same() -> None:
    made = found("example.test", [key("a", "pending", in_dns=True, signs=False)])
    assert len({(r.name, r.type, r.value) for r in made}) == len(made)
    for record in made:
        assert record.purpose.endswith(".") and len(record.purpose) > 30, record


def test_names_are_read_once_at_the_door() -> None:
    site = parse_site({**FACTS, "hostname": "MX1.Example.TEST"})
    assert (site.hostname, site.client_hostname) == ("mx1.example.test", "mx1.example.test")


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"public_addresses": []}, "No public address of mx1.example.test is known"),
        (
            {"public_addresses": ["mail"]},
            "'mail' of mx1.example.test is neither an IPv4 nor an IPv6",
        ),
        ({"public_addresses": ["10.0.0.0/8"]}, "'10.0.0.0/8' of mx1.example.test is neither"),
        (
            {"dmarc_policy": "block"},
            "'block' of mx1.example.test is not known: use one of none, qua",
        ),
        ({"hostname": "mx1"}, "The domain 'mx1' is refused: the domain has no dot"),
        ({"services": {"imaps": {"enabled": True}}}, "The service 'imaps' has the port None"),
        (
            {"services": {"imaps": {"enabled": True, "port": 70000}}},
            "The service 'imaps' has the port 70000",
        ),
    ],
)
def test_bad_facts_get_a_sentence(facts: dict[str, t.Any], sentence: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_site({**FACTS, **facts})
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(
        ValueError, match="lack 'public_addresses': hand over site_public_addresses"
    ):
        parse_site({"hostname": "mx1.example.test"})


@pytest.mark.parametrize(
    "address",
    [
        "10.89.41.10",  # RFC 1918
        "192.168.1.1",
        "172.16.0.9",
        "127.0.0.1",  # loopback
        "::1",
        "fd89:41::10",  # unique local
        "fe80::1",  # link local
        "169.254.7.7",
        "192.0.2.1",  # documentation
        "2001:db8::1",
        "100.64.0.1",  # shared by a provider's customers
        "0.0.0.0",
        "224.0.0.1",  # multicast
        "ff02::1",
    ],
)
def test_a_private_address_is_refused_in_a_public_zone(address: str) -> None:
    facts = {**FACTS, "hostname": "mx1.mail.invalid", "public_addresses": [GLOBAL4, address]}
    assert records(parse_site(facts), "example.test", ())
    with pytest.raises(ValueError) as error:
        records(parse_site(facts), "branch.internal", ())
    assert f"The address {address} of mx1.mail.invalid cannot be reached" in str(error.value)
    assert "the records of branch.internal" in str(error.value)


def test_a_private_address_is_refused_for_the_host_as_well() -> None:
    facts = {**FACTS, "hostname": "mx1.firm.internal"}
    with pytest.raises(ValueError, match=r"must not stand in the records of mx1\.firm\.internal"):
        records(parse_site(facts), "example.test", ())


def test_public_addresses_go_into_a_public_zone() -> None:
    facts = {**FACTS, "hostname": "mx1.firm.internal", "public_addresses": [GLOBAL6, GLOBAL4]}
    made = lines(records(parse_site(facts), "firm.internal", ()))
    assert "firm.internal TXT v=spf1 ip4:1.2.3.4 ip6:2a00::4 -all" in made


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.test", True),
        ("a.b.test", True),
        ("example.org", True),
        ("mail.example.com", True),
        ("example.net", True),
        ("firm.invalid", True),
        ("localhost", True),
        ("myexample.org", False),
        ("example.internal", False),
        ("test.internal", False),
        ("contest", False),
    ],
)
def test_special_names(name: str, expected: bool) -> None:
    assert is_test_zone(name) is expected


def test_a_record_comes_back_from_its_dictionary() -> None:
    assert parse_record(vars(Record("a.test", "A", "10.0.0.1", "Why."))).ttl == 3600
    with pytest.raises(ValueError, match="is not a record: hand over the list"):
        parse_record({"name": "a.test", "kind": "A"})
