"""What a bed consists of: the one table of names, addresses and parts. Pure."""

from __future__ import annotations

import dataclasses
import ipaddress

# Networks of the beds that have a name; 60 to 69 are for experiments: tests/bed/hosts up try61
BEDS = {
    "demo": 41,
    "default": 42,
    "breaks": 43,
    "readme": 44,
    "services": 45,
    "split": 46,
    "hosts": 47,
    "daily": 48,
    "faults": 49,
    "stock": 50,
}
EXPERIMENTS = range(60, 70)
# in the reach of no mail domain: a test that publishes records leaves this zone alone
INTERNAL_ZONE = "internal.example.com"


@dataclasses.dataclass(frozen=True)
class Machine:
    """One container: a name, the last number of its addresses, what it runs."""

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
DB1 = Machine(f"db1.{INTERNAL_ZONE}", 11, "base", boots=True)
STORE1 = Machine(f"store1.{INTERNAL_ZONE}", 12, "base", boots=True)
OUTSIDE = Machine("client.example.com", 20, "bed", boots=True)

# example.test and example.org are hosted by mx1, example.com is mail's outside world
ZONES = ("example.test", "example.org", "example.com")


@dataclasses.dataclass(frozen=True)
class Bed:
    """A network and its machines; two beds share nothing. Mail's parts may share a machine."""

    name: str
    number: int
    database: Machine = MX1
    store: Machine = MX1
    edge: Machine = MX1

    @property
    def parts(self) -> dict[str, Machine]:
        return {"edge": self.edge, "database": self.database, "store": self.store}

    @property
    def mail_hosts(self) -> tuple[Machine, ...]:
        return tuple(dict.fromkeys(self.parts.values()))

    @property
    def machines(self) -> tuple[Machine, ...]:
        return (NS1, RESOLVER, *self.mail_hosts, OUTSIDE)

    @property
    def inner(self) -> tuple[Machine, ...]:
        """Those that have a second network, which nobody else is in."""
        return self.mail_hosts if len(self.mail_hosts) > 1 else ()

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

    @property
    def inner4(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(f"10.90.{self.number}.0/24")

    @property
    def inner6(self) -> ipaddress.IPv6Network:
        return ipaddress.IPv6Network(f"fd90:{self.number}::/64")

    def inner_address4(self, machine: Machine) -> str:
        return str(self.inner4[machine.number])

    def inner_address6(self, machine: Machine) -> str:
        return f"fd90:{self.number}::{machine.number}"

    def inner_name(self, machine: Machine) -> str:
        return f"{machine.name.partition('.')[0]}.{INTERNAL_ZONE}"

    @property
    def networks(self) -> dict[str, tuple[ipaddress.IPv4Network, ipaddress.IPv6Network]]:
        """Every machine is in the first one."""
        outer = {self.name: (self.network4, self.network6)}
        return outer | ({f"{self.name}-inner": (self.inner4, self.inner6)} if self.inner else {})

    def addresses(self, machine: Machine) -> list[tuple[str, str]]:
        """In each network that the machine is in."""
        outer = (self.address4(machine), self.address6(machine))
        inner = (self.inner_address4(machine), self.inner_address6(machine))
        return [outer, inner] if machine in self.inner else [outer]

    def container(self, machine: Machine) -> str:
        return f"selfhost-{self.name}-{machine.name.partition('.')[0]}"

    def reverse_zones(self) -> tuple[str, str]:
        octets = str(self.network4.network_address).split(".")[:3]
        digits = self.network6.network_address.exploded.replace(":", "")[:16]
        return ".".join([*reversed(octets), "in-addr.arpa"]), ".".join(
            [*reversed(digits), "ip6.arpa"]
        )


def bed(name: str) -> Bed:
    """The bed of that name; "tryNN" and "splitNN" are experiments in network NN."""
    shape = name.rstrip("0123456789")
    number = BEDS.get(name)
    if number is None and shape in ("try", "split") and name != shape:
        number = next((n for n in EXPERIMENTS if str(n) == name.removeprefix(shape)), None)
    if number is None:
        first, last = EXPERIMENTS[0], EXPERIMENTS[-1]
        known = ", ".join([*BEDS, *(f"{kind}{first} to {kind}{last}" for kind in ("try", "split"))])
        raise ValueError(f"bed {name!r} is not known; choose one of {known}")
    return Bed(name, number, DB1, STORE1) if shape == "split" else Bed(name, number)


def hardware_address(address4: str) -> str:
    """A machine keeps it when it starts again; from a container with a new one the others would
    hear nothing until they had given the old one up, which takes them up to a minute."""
    return "02:00:" + ":".join(f"{octet:02x}" for octet in ipaddress.ip_address(address4).packed)
