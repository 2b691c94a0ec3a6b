"""Look-ups against real name servers on loopback addresses."""

from __future__ import annotations

import base64
import contextlib
import pathlib
import socket
import time
import typing as t

import pytest
from nameserver.knot import free_port, serve

from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import Key, judge_answers
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.answer import Answer
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.compare import compare
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import records
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.site import parse_site
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.zone import quoted, zone_file
from ansible_collections.selfhost.mail.plugins.module_utils._edge import dns
from ansible_collections.selfhost.mail.plugins.module_utils._edge.dns import Server

RESOLVER, NS1, NS2, SILENT = "127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14"
PUBLIC = base64.b64encode(bytes(range(256)) * 6).decode()
KEY = Key("example.test", "s1", "rsa", PUBLIC, "pending", True, False)
FACTS = {
    "hostname": "mx1.example.test",
    "public_addresses": ["10.89.41.10", "fd89:41::10"],
    "services": {"imaps": {"port": 993, "enabled": True}},
}
RECORDS = records(parse_site(FACTS), "example.test", [KEY])

HEAD = "@ 1 SOA ns1.example.test. admin.example.test. 1 3600 600 86400 1\n"
HOSTS = f"ns1 1 A {NS1}\nns2 1 A {NS2}\nsilent 1 A {SILENT}\n"
TEST = (
    HEAD
    + "@ 1 NS ns1\n@ 1 NS ns2\n"
    + HOSTS
    + f"""
late._domainkey 1 CNAME late.keys.example.org.
deep._domainkey 1 CNAME gone.keys.example.org.
loop._domainkey 1 CNAME loop._domainkey
ring._domainkey 1 CNAME ring.keys.example.org.
sub._domainkey 1 NS ns1
half._domainkey 1 TXT {quoted("v=DKIM1; p=AAAA")}
several 1 TXT "one" "and" " two"
several 1 TXT "three"
odd 1 TXT "\\195\\169\\255"
"""
    + zone_file(RECORDS, "example.test")
)
ORG = (
    HEAD
    + f"""\
@ 1 NS ns2.example.test.
late.keys 1 TXT {quoted("v=DKIM1; p=BBBB")}
ring.keys 1 CNAME ring._domainkey.example.test.
"""
)
SUB = HEAD + f"@ 1 NS ns1.example.test.\n@ 1 TXT {quoted('v=DKIM1; p=CCCC')}\n"
SICK = HEAD + "@ 1 NS silent.example.test.\n"
NAMELESS = HEAD + "@ 1 NS nowhere.example.test.\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[int]:
    """ns2 lags behind ns1 in one record; the resolver knows where every zone lies."""
    folder: pathlib.Path = tmp_path_factory.mktemp("knot")
    number = free_port((RESOLVER, NS1, NS2, SILENT))
    lagging = "\n".join(line for line in TEST.splitlines() if not line.startswith("half"))
    sub = {"sub._domainkey.example.test": SUB}
    with contextlib.ExitStack() as stack:
        silent = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        silent.bind((SILENT, number))
        for address, zones in {
            RESOLVER: {
                "example.test": TEST,
                "example.org": ORG,
                "example.net": SICK,
                "example.com": NAMELESS,
                "broken.test": "",
                **sub,
            },
            NS1: {"example.test": TEST, **sub},
            NS2: {"example.test": lagging + "\n", "example.org": ORG},
        }.items():
            stack.enter_context(serve(folder / address, address, number, zones))
        yield number


def resolver(port: int) -> list[Server]:
    return [Server((RESOLVER,), port)]


def authoritative(name: str, port: int, domain: str = "example.test") -> list[Answer]:
    return dns.ask_authoritative(domain, name, "TXT", resolver(port), port)


def test_a_name_server_loads_our_zone_file_and_says_what_we_meant(port: int) -> None:
    questions = sorted({(record.name, record.type) for record in RECORDS})
    answers = dns.in_parallel(dns.ask, [(*question, resolver(port)) for question in questions])
    assert [answer.status for answer in answers] == ["found"] * len(questions)
    assert compare(RECORDS, answers) == []


def test_a_long_record_comes_over_tcp(port: int) -> None:
    answer = dns.ask("s1._domainkey.example.test", "TXT", resolver(port))
    assert answer.values == (f"v=DKIM1; k=rsa; p={PUBLIC}",)
    assert len(answer.values[0]) > 1232


@pytest.mark.parametrize(
    ("name", "kind", "status", "values"),
    [
        ("several.example.test", "TXT", "found", ("oneand two", "three")),
        ("odd.example.test", "TXT", "found", ("é\ufffd",)),
        ("EXAMPLE.test", "MX", "found", ("10 mx1.example.test.",)),
        ("mx1.example.test", "AAAA", "found", ("fd89:41::10",)),
        ("mx1.example.test", "MX", "no_answer", ()),
        ("nobody.example.test", "A", "nxdomain", ()),
        ("loop._domainkey.example.test", "TXT", "failed", ()),
        ("broken.test", "A", "failed", ()),
        ("example.invalid", "A", "failed", ()),
        ("a" * 64 + ".test", "A", "failed", ()),
    ],
)
def test_answers_are_told_apart(
    port: int, name: str, kind: str, status: str, values: tuple[str, ...]
) -> None:
    answer = dns.ask(name, kind, resolver(port))
    assert (answer.status, answer.values) == (status, values), answer.detail
    assert answer.server == f"{RESOLVER}@{port}"
    assert bool(answer.detail) is (status != "found")


def test_servfail_and_refused_are_named(port: int) -> None:
    assert dns.ask("broken.test", "A", resolver(port)).detail == "it answered SERVFAIL"
    assert dns.ask("example.invalid", "A", resolver(port)).detail == "it answered REFUSED"


def test_a_silent_server_is_given_up_in_time(port: int) -> None:
    begin = time.monotonic()
    answer = dns.ask("example.test", "MX", [Server((SILENT,), port)])
    assert (answer.status, answer.detail) == ("timeout", "nothing came back within 2 s")
    assert time.monotonic() - begin < 6


def test_the_next_resolver_is_asked_when_one_fails(port: int) -> None:
    servers = [Server((NS2,), port), *resolver(port)]
    answer = dns.ask("example.net", "NS", servers)
    assert (answer.status, answer.server) == ("found", f"{RESOLVER}@{port}")


def test_the_systems_resolvers_are_those_of_its_file() -> None:
    words = [line.split() for line in pathlib.Path("/etc/resolv.conf").read_text().splitlines()]
    named = [line[1] for line in words if line[:1] == ["nameserver"]]
    assert [server.addresses[0] for server in dns.system_servers()] == (named or ["127.0.0.1"])


def test_without_a_resolver_nothing_is_known() -> None:
    answer = dns.ask("example.test", "MX", [])
    assert (answer.status, answer.detail) == ("failed", "none is configured")
    assert dns.ask_each("example.test", "example.test", "MX", []) == [answer]


def test_each_resolver_is_asked(port: int) -> None:
    servers = [Server((NS1,), port), Server((NS2,), port)]
    answers = dns.ask_each("example.test", "half._domainkey.example.test", "TXT", servers)
    assert [answer.status for answer in answers] == ["found", "nxdomain"]


def test_every_name_server_of_the_zone_is_asked(port: int) -> None:
    answers = authoritative("s1._domainkey.example.test", port)
    titles = [f"ns1.example.test ({NS1}@{port})", f"ns2.example.test ({NS2}@{port})"]
    assert [answer.server for answer in answers] == titles
    assert judge_answers(answers, "rsa", PUBLIC).ok


def test_one_lagging_name_server_is_enough_for_no(port: int) -> None:
    answers = authoritative("half._domainkey.example.test", port)
    assert [answer.status for answer in answers] == ["found", "nxdomain"]
    verdict = judge_answers(answers, "rsa", "AAAA")
    assert verdict.reason == f"ns2.example.test ({NS2}@{port}) says that there is no TXT record"


def test_an_alias_leads_to_the_servers_of_another_zone(port: int) -> None:
    answers = authoritative("late._domainkey.example.test", port)
    assert [(answer.server, answer.values) for answer in answers] == [
        (f"ns2.example.test ({NS2}@{port})", ("v=DKIM1; p=BBBB",))
    ]
    assert answers[0].name == "late._domainkey.example.test"
    assert [a.status for a in authoritative("deep._domainkey.example.test", port)] == ["nxdomain"]


def test_aliases_that_lead_in_a_ring_are_given_up(port: int) -> None:
    answers = authoritative("ring._domainkey.example.test", port)
    assert {answer.status for answer in answers} == {"failed"}
    assert not judge_answers(answers, "rsa", PUBLIC).ok


def test_a_delegation_is_followed(port: int) -> None:
    answers = authoritative("sub._domainkey.example.test", port)
    assert {answer.values for answer in answers} == {("v=DKIM1; p=CCCC",)}


def test_a_domain_inside_a_zone_belongs_to_that_zone(port: int) -> None:
    servers = dns.authoritative_servers("a.b.example.test", resolver(port), port)
    assert [server.host for server in servers] == ["ns1.example.test", "ns2.example.test"]


def test_a_name_server_that_is_silent_is_named(port: int) -> None:
    answers = authoritative("s._domainkey.example.net", port, "example.net")
    assert [(a.server, a.status) for a in answers] == [
        (f"silent.example.test ({SILENT}@{port})", "timeout")
    ]


def test_a_name_server_without_address_is_named(port: int) -> None:
    answers = authoritative("s._domainkey.example.com", port, "example.com")
    verdict = judge_answers(answers, "rsa", PUBLIC)
    assert verdict.reason == (
        f"nowhere.example.test (no address@{port}) could not be asked: its address is not known"
    )


def test_a_zone_that_cannot_be_found_is_named(port: int) -> None:
    (answer,) = authoritative("s._domainkey.broken.test", port, "broken.test")
    assert answer.status == "failed"
    assert answer.detail == (
        f"the name servers of broken.test cannot be found: {RESOLVER}@{port}: it answered SERVFAIL"
    )


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.53", Server(("192.0.2.53",), 53)),
        (" 192.0.2.53@5353 ", Server(("192.0.2.53",), 5353)),
        ("2001:db8::53", Server(("2001:db8::53",), 53)),
        ("2001:db8::53@1", Server(("2001:db8::53",), 1)),
    ],
)
def test_a_resolver_is_read(text: str, server: Server) -> None:
    assert dns.parse_server(text) == server
    assert dns.parse_server(str(server)) == server


@pytest.mark.parametrize("text", ["", "ns1.example.test", "192.0.2.53@", "192.0.2.53@0", "1@2@3"])
def test_a_bad_resolver_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as error:
        dns.parse_server(text)
    assert f"The resolver {text!r} is not an IP address: write it as" in str(error.value)
