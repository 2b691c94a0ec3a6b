"""What can be reached: mail at the edge and SSH, and nothing that the hosts do for each other."""

from __future__ import annotations

import json
import pathlib
import re
import shlex
import typing as t

import pytest

from bed import machines
from e2e.connection import Connection
from e2e.tunnel import outside

Host = t.Any
Listeners = t.Mapping[int, t.Collection[str]]
SCAN = pathlib.Path(__file__).with_name("open_ports.py")
SSH = 22
# Ports of the hosts for each other, and where they are besides loopback.
INNER = {"database": (5432,), "store": (24, 993), "edge": ()}
LOOPBACK = re.compile(r"^(127\.|::1$|::ffff:127\.)")
# What each address says to who connects to SSH there; all are asked at once.
GREETINGS = """for address in {addresses}; do
    timeout 2 bash -c "exec 3<>/dev/tcp/$address/22; read -rn 4 -u 3 said; echo $address \\$said" &
done 2>/dev/null; wait"""


@pytest.fixture(scope="module")
def found(connection: Connection, bed: machines.Bed) -> dict[str, list[int]]:
    """Every port of every public address, as another machine finds it."""
    addresses = [
        address
        for machine in bed.mail_hosts
        for address in (bed.address4(machine), bed.address6(machine))
    ]
    command = f"python3 - {' '.join(addresses)}"
    scanned: dict[str, list[int]] = json.loads(outside(connection, command, SCAN.read_bytes()))
    return scanned


@pytest.mark.parametrize("part", ["edge", "database", "store"])
def test_only_what_is_declared_is_open(
    part: str, found: dict[str, list[int]], connection: Connection, bed: machines.Bed
) -> None:
    machine = bed.parts[part]
    wanted = sorted([SSH, *(connection.ports.values() if part == "edge" else ())])
    assert {
        address: found[address] for address in (bed.address4(machine), bed.address6(machine))
    } == {
        bed.address4(machine): wanted,
        bed.address6(machine): wanted,
    }


def listeners(host: Host) -> dict[int, set[str]]:
    """Each port with the addresses where something listens, but for loopback."""
    shown: dict[int, set[str]] = {}
    for line in host.check_output("ss -Hltn").splitlines():
        place, _colon, port = line.split()[3].rpartition(":")
        if not LOOPBACK.match(place.strip("[]")):
            shown.setdefault(int(port), set()).add(place.strip("[]"))
    return shown


@pytest.mark.parametrize("part", INNER)
def test_hosts_serve_each_other_at_inner_addresses_only(
    part: str, hosts: t.Mapping[str, Host], connection: Connection
) -> None:
    public = {SSH, *(connection.ports.values() if part == "edge" else ())}
    inner = {port: where for port, where in listeners(hosts[part]).items() if port not in public}
    assert inner == {port: {connection.parts[part].inner[0]} for port in INNER[part]}


def test_no_way_leads_in(hosts: t.Mapping[str, Host], connection: Connection) -> None:
    """SSH is at every address of a host, and greets a host in the same network."""
    addresses = [address for machine in connection.machines for address in machine.inner]
    ask = f"bash -c {shlex.quote(GREETINGS.format(addresses=' '.join(addresses)))}"
    inside = hosts["edge"].check_output(ask).splitlines()
    assert sorted(inside) == sorted(f"{address} SSH-" for address in addresses)
    assert b"SSH" not in outside(connection, ask)


def test_inner_names_lead_to_inner_addresses(
    hosts: t.Mapping[str, Host], connection: Connection, bed: machines.Bed
) -> None:
    for part, machine in bed.parts.items():
        others = [other for other in hosts if other != part]
        for other in others:
            known = hosts[other].check_output(f"getent ahosts {bed.inner_name(machine)}")
            assert {line.split()[0] for line in known.splitlines()} == {
                connection.parts[part].inner[0]
            }
