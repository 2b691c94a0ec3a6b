"""One authority for all hosts, whose key leaves its host as little as any other does."""

from __future__ import annotations

import typing as t

import pytest

from e2e.control import Control

Hosts = t.Mapping[str, t.Any]
PARTS = ("database", "edge", "store")
TLS = "/etc/selfhost-mail/tls"
NAMES = {
    "database": {"db1.internal.example.com"},
    "edge": {"mx1.example.test", "mx1.internal.example.com"},
    "store": {"store1.internal.example.com"},
}
PUBLIC = f"openssl pkey -in {TLS}/private.key -pubout"
CERTIFIED = f"openssl x509 -in {TLS}/fullchain.pem -noout -pubkey"
NEW_KEY = "openssl ecparam -name prime256v1 -genkey -noout -out"


def on_all(hosts: Hosts, command: str) -> set[str]:
    return {hosts[part].check_output(command) for part in PARTS}


@pytest.mark.parametrize("part", PARTS)
def test_the_key_of_the_authority_is_on_the_store_alone(part: str, hosts: Hosts) -> None:
    key = hosts[part].file(f"{TLS}/ca.key")
    assert key.exists is (part == "store")
    assert part != "store" or (key.user, key.mode) == ("root", 0o600)


def test_all_believe_one_authority(hosts: Hosts) -> None:
    assert len(on_all(hosts, f"cat {TLS}/ca.pem")) == 1


def test_each_has_its_own_key(hosts: Hosts) -> None:
    assert len(on_all(hosts, PUBLIC)) == len(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_a_certificate_of_that_authority_for_the_names_of_the_host(part: str, hosts: Hosts) -> None:
    host = hosts[part]
    verify = f"openssl verify -x509_strict -CAfile {TLS}/ca.pem {TLS}/fullchain.pem"
    assert host.check_output(verify).endswith(": OK")
    assert host.check_output(CERTIFIED) == host.check_output(PUBLIC)
    shown = host.check_output(f"openssl x509 -in {TLS}/fullchain.pem -noout -ext subjectAltName")
    names = shown.partition("\n")[2].replace("DNS:", "").replace(",", " ").split()
    assert set(names) == NAMES[part]


def test_the_server_of_the_database_alone_reads_its_copy_of_the_key(hosts: Hosts) -> None:
    key = hosts["database"].file("/etc/postgresql/17/main/selfhost-mail.key")
    assert (key.user, key.mode) == ("postgres", 0o600)
    assert hosts["database"].file(f"{TLS}/private.key").mode == 0o600


# A key that was swapped, one that is none, and a host that was a system of its own.
SPOILT = {
    "edge": f"{NEW_KEY} {TLS}/private.key",
    "store": f"echo no key > {TLS}/private.key",
    "database": f"cd {TLS}; {NEW_KEY} private.key;"
    " openssl req -x509 -new -key private.key -subj /CN=other -out ca.pem; cp ca.pem fullchain.pem",
}


def test_what_does_not_fit_is_issued_anew_by_the_same_authority(
    hosts: Hosts, control: Control
) -> None:
    authority = f"sha256sum {TLS}/ca.key {TLS}/ca.pem"
    before = hosts["store"].check_output(authority)
    for part, command in SPOILT.items():
        hosts[part].check_output(command)
    control.role("tls")
    assert hosts["store"].check_output(authority) == before
    test_all_believe_one_authority(hosts)
    test_each_has_its_own_key(hosts)
    for part in PARTS:
        test_a_certificate_of_that_authority_for_the_names_of_the_host(part, hosts)
