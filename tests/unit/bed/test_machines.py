"""The table of machines, and the files that are made of it."""

from __future__ import annotations

import ipaddress
import itertools
import pathlib

import dns.rdatatype
import dns.zone
import pytest
import yaml

from bed import access, machines
from bed.dns import configuration

BED = machines.bed("try60")
SPLIT = machines.bed("split60")


def test_no_two_beds_share_a_network() -> None:
    beds = [
        *map(machines.bed, machines.BEDS),
        *(machines.bed(f"split{n}") for n in machines.EXPERIMENTS),
    ]
    for one, other in itertools.combinations(beds, 2):
        assert one.container(machines.MX1) != other.container(machines.MX1)
    subnets = [pair for bed in beds for pair in bed.networks.values()]
    assert len(subnets) == len(beds) + 1 + len(machines.EXPERIMENTS)
    for (one4, one6), (other4, other6) in itertools.combinations(subnets, 2):
        assert not one4.overlaps(other4)
        assert not one6.overlaps(other6)


@pytest.mark.parametrize(
    "name",
    ["", "try", "try59", "try70", "try6x", "try060", "split59", "splittry60", "demo2", "Demo"],
)
def test_an_unknown_bed_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not known; choose one of demo, default"):
        machines.bed(name)


def test_every_machine_has_addresses_of_its_networks() -> None:
    for bed in (BED, SPLIT):
        for machine in bed.machines:
            for (four, six), addresses in zip(bed.networks.values(), bed.addresses(machine)):
                assert ipaddress.ip_address(addresses[0]) in four
                assert ipaddress.ip_address(addresses[1]) in six


def test_only_mail_hosts_are_in_the_inner_network() -> None:
    assert len(BED.networks) == 1
    both = [machine.name for machine in SPLIT.machines if len(SPLIT.addresses(machine)) == 2]
    assert both == ["mx1.example.test", "db1.internal.example.com", "store1.internal.example.com"]


def test_a_part_has_its_machine() -> None:
    assert BED.mail_hosts == (machines.MX1,)
    assert (SPLIT.database, SPLIT.store, SPLIT.edge) == (
        machines.DB1,
        machines.STORE1,
        machines.MX1,
    )


@pytest.mark.parametrize("name", configuration.zones(SPLIT))
def test_each_zone_can_be_read(name: str) -> None:
    zone = dns.zone.from_text(configuration.zones(SPLIT)[name], origin=name)
    assert zone.get_soa().minimum == 1


def test_inner_names_lead_to_inner_addresses_only() -> None:
    zone = dns.zone.from_text(
        configuration.zones(SPLIT)[machines.INTERNAL_ZONE], origin=machines.INTERNAL_ZONE
    )
    found = {
        f"{name}.{machines.INTERNAL_ZONE}": [record.to_text() for record in rdataset]
        for name, rdataset in zone.iterate_rdatasets()
        if rdataset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
    }
    assert found == {
        "mx1.internal.example.com": ["10.90.60.10"],
        "db1.internal.example.com": ["10.90.60.11"],
        "store1.internal.example.com": ["10.90.60.12"],
    }
    for name, text in configuration.zones(SPLIT).items():
        assert name == machines.INTERNAL_ZONE or "internal" not in text
    assert machines.INTERNAL_ZONE not in configuration.zones(BED)


@pytest.mark.parametrize("machine", BED.machines, ids=lambda machine: machine.name)
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


@pytest.mark.parametrize(
    ("bed", "database", "store"),
    [
        (BED, "mx1.example.test", "mx1.example.test"),
        (SPLIT, "db1.internal.example.com", "store1.internal.example.com"),
    ],
    ids=["one host", "three hosts"],
)
def test_the_inventory_has_the_three_groups(bed: machines.Bed, database: str, store: str) -> None:
    mail = yaml.safe_load(access.inventory(bed, pathlib.Path("/bed")))["all"]["children"]["mail"]
    assert {name: list(group["hosts"]) for name, group in mail["children"].items()} == {
        "mail_database": [database],
        "mail_store": [store],
        "mail_edge": ["mx1.example.test"],
    }
    assert set(mail["hosts"]) == {database, store, "mx1.example.test"}


def test_a_host_that_is_alone_has_no_internal_address() -> None:
    assert access.host_facts(BED) == {"mx1.example.test": {"ansible_host": "10.89.60.10"}}
    assert access.host_facts(SPLIT)["db1.internal.example.com"] == {
        "ansible_host": "10.89.60.11",
        "site_internal_name": "db1.internal.example.com",
        "site_internal_address": "10.90.60.11",
    }


def test_every_interface_has_a_hardware_address_of_its_own() -> None:
    every = [
        machines.hardware_address(four)
        for name in ("split", "try60", "try61")
        for bed in [machines.bed(name)]
        for machine in bed.machines
        for four, _six in bed.addresses(machine)
    ]
    assert machines.hardware_address("10.89.46.10") == "02:00:0a:59:2e:0a"
    assert len(set(every)) == len(every) > 12
