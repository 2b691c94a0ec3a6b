"""The table of machines, and the files that are made of it."""

from __future__ import annotations

import ipaddress
import itertools
import pathlib

import dns.zone
import pytest
import yaml

from bed import access, machines
from bed.dns import configuration

BED = machines.bed("try60")


def test_no_two_beds_share_a_network() -> None:
    beds = [
        *map(machines.bed, machines.BEDS),
        *(machines.bed(f"try{n}") for n in machines.EXPERIMENTS),
    ]
    for one, other in itertools.combinations(beds, 2):
        assert not one.network4.overlaps(other.network4)
        assert not one.network6.overlaps(other.network6)
        assert one.container(machines.MX1) != other.container(machines.MX1)


@pytest.mark.parametrize("name", ["", "try", "try59", "try70", "try6x", "demo2", "Demo"])
def test_an_unknown_bed_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not known; choose one of demo, default"):
        machines.bed(name)


def test_every_machine_lies_in_both_networks() -> None:
    for machine in machines.MACHINES:
        assert ipaddress.ip_address(BED.address4(machine)) in BED.network4
        assert ipaddress.ip_address(BED.address6(machine)) in BED.network6


@pytest.mark.parametrize("name", configuration.zones(BED))
def test_each_zone_can_be_read(name: str) -> None:
    zone = dns.zone.from_text(configuration.zones(BED)[name], origin=name)
    assert zone.get_soa().minimum == 1


@pytest.mark.parametrize("machine", machines.MACHINES, ids=lambda machine: machine.name)
def test_names_and_addresses_lead_to_each_other(machine: machines.Machine) -> None:
    zones = configuration.zones(BED)
    domain = machine.name.partition(".")[2]
    forward = dns.zone.from_text(zones[domain], origin=domain)
    for kind, address in (("A", BED.address4(machine)), ("AAAA", BED.address6(machine))):
        found = forward.get_rdataset(machine.name.partition(".")[0], kind)
        assert found is not None
        assert [record.to_text() for record in found] == [address]
        pointer = ipaddress.ip_address(address).reverse_pointer
        reverse = next(zone for zone in BED.reverse_zones() if pointer.endswith(f".{zone}"))
        back = dns.zone.from_text(zones[reverse], origin=reverse).get_rdataset(f"{pointer}.", "PTR")
        assert back is not None
        assert [str(record.target.derelativize(dns.name.root)) for record in back] == [
            f"{machine.name}."
        ]


def test_the_hosted_zones_start_without_records_of_mail() -> None:
    for name in ("example.test", "example.org"):
        text = configuration.zones(BED)[name]
        assert " MX " not in text
        assert " TXT " not in text
    assert " MX 10 client.example.com." in configuration.zones(BED)["example.com"]


def test_the_resolver_asks_the_bed_for_its_zones_and_the_network_for_the_rest() -> None:
    text = configuration.unbound(BED, ["192.0.2.53"])
    for zone in configuration.zones(BED):
        assert f"name: {zone}\n    stub-addr: 10.89.60.2\n" in text
    assert text.endswith("name: .\n    forward-addr: 192.0.2.53\n")


@pytest.mark.parametrize(
    ("resolv_conf", "servers"),
    [
        ("nameserver 192.0.2.53\nnameserver 2001:db8::53\n", ["192.0.2.53", "2001:db8::53"]),
        ("# none\nnameserver 127.0.0.53\noptions edns0\n", []),
        ("nameserver ::1\nnameserver 192.0.2.1\n", ["192.0.2.1"]),
        ("nameserver fe80::1%eth0\n", ["fe80::1"]),
        ("search example.org\nnameserver\n", []),
        ("", []),
    ],
)
def test_only_name_servers_that_others_can_reach_count(
    resolv_conf: str, servers: list[str]
) -> None:
    assert configuration.name_servers(resolv_conf) == servers


def test_each_way_in_knows_the_hosts_key_under_all_its_names() -> None:
    keys = {machines.MX1.name: "ssh-ed25519 AAAA comment"}
    assert access.known_hosts(BED, keys) == (
        "mx1.example.test,10.89.60.10,fd89:60::10 ssh-ed25519 AAAA\n"
    )
    config = access.ssh_config(BED, pathlib.Path("/bed"))
    assert "Host mx1.example.test mx1 10.89.60.10 fd89:60::10\n  HostName 10.89.60.10\n" in config
    assert "StrictHostKeyChecking yes" in config
    assert "resolver" not in config


def test_the_inventory_has_the_three_groups() -> None:
    parsed = yaml.safe_load(access.inventory(BED, pathlib.Path("/bed")))
    groups = parsed["all"]["children"]["mail"]["children"]
    assert {name: list(group["hosts"]) for name, group in groups.items()} == {
        group: ["mx1.example.test"] for group in ("mail_database", "mail_store", "mail_edge")
    }
