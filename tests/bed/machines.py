"""What a bed consists of: the one table of names, addresses and parts. Pure."""

from __future__ import annotations

import dataclasses
import ipaddress

# Networks of the beds that have a name; 60 to 69 are for experiments: tests/bed/hosts up try61
BEDS = {"demo": 41, "default": 42, "breaks": 43, "readme": 44, "services": 45}
EXPERIMENTS = range(60, 70)


@dataclasses.dataclass(frozen=True)
class Machine:
    """One container of every bed: a name, the last number of its addresses, what it runs."""

    name: str
    number: int
    image: str
    boots: bool  # systemd and sshd, as a real machine; otherwise one daemon
    command: tuple[str, ...] = ()


NS1 = Machine(
    "ns1.example.test", 2, "bed", boots=False, command=("knotd", "-c", "/etc/bed/knot.conf")
)
RESOLVER = Machine(
    "resolver.example.test",
    3,
    "bed",
    boots=False,
    command=("unbound", "-d", "-c", "/etc/bed/unbound.conf"),
)
MX1 = Machine("mx1.example.test", 10, "base", boots=True)
OUTSIDE = Machine("client.example.com", 20, "bed", boots=True)
MACHINES = (NS1, RESOLVER, MX1, OUTSIDE)

# example.test and example.org are hosted by mx1, example.com is mail's outside world
ZONES = ("example.test", "example.org", "example.com")


@dataclasses.dataclass(frozen=True)
class Bed:
    """A network and its machines; two beds share nothing."""

    name: str
    number: int

    @property
    def network4(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(f"10.89.{self.number}.0/24")

    @property
    def network6(self) -> ipaddress.IPv6Network:
        return ipaddress.IPv6Network(f"fd89:{self.number}::/64")

    def address4(self, machine: Machine) -> str:
        return str(self.network4[machine.number])

    def address6(self, machine: Machine) -> str:
        return f"fd89:{self.number}::{machine.number}"  # .10 is ::10, for people

    def container(self, machine: Machine) -> str:
        return f"selfhost-{self.name}-{machine.name.partition('.')[0]}"

    def reverse_zones(self) -> tuple[str, str]:
        octets = str(self.network4.network_address).split(".")[:3]
        digits = self.network6.network_address.exploded.replace(":", "")[:16]
        return ".".join([*reversed(octets), "in-addr.arpa"]), ".".join(
            [*reversed(digits), "ip6.arpa"]
        )


def bed(name: str) -> Bed:
    """Return the bed of that name, "tryNN" being an experiment in network NN."""
    if name in BEDS:
        return Bed(name, BEDS[name])
    number = name.removeprefix("try")
    if name.startswith("try") and number.isdecimal() and int(number) in EXPERIMENTS:
        return Bed(name, int(number))
    known = ", ".join([*BEDS, f"try{EXPERIMENTS[0]} to try{EXPERIMENTS[-1]}"])
    raise ValueError(f"bed {name!r} is not known; choose one of {known}")
