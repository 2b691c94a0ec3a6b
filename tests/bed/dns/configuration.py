"""The files of a bed's two name servers, rendered from the table of machines. Pure."""

from __future__ import annotations

import ipaddress

from bed import machines

# One second of caching, also of "there is no such name": what is published is seen at once.
SOA = (
    "@ 1 SOA ns1.example.test. hostmaster.example.test. 1 3600 600 86400 1\n"
    "@ 1 NS ns1.example.test.\n"
)


def hosts_of(bed: machines.Bed, zone: str) -> str:
    """The address records of the machines whose names lie in the zone."""
    return "".join(
        f"{machine.name}. 1 {kind} {address}\n"
        for machine in bed.machines
        if machine.name.partition(".")[2] == zone
        for kind, address in (("A", bed.address4(machine)), ("AAAA", bed.address6(machine)))
    )


def inner_hosts_of(bed: machines.Bed) -> str:
    """Where the machines of the mail system find each other."""
    return "".join(
        f"{bed.inner_name(machine)}. 1 A {bed.inner_address4(machine)}\n" for machine in bed.inner
    )


def pointers_of(bed: machines.Bed, zone: str) -> str:
    """The PTR records of the machines whose addresses lie in the reverse zone."""
    pointers = (
        (ipaddress.ip_address(address).reverse_pointer, machine.name)
        for machine in bed.machines
        if machine.name != bed.inner_name(machine)
        for address in (bed.address4(machine), bed.address6(machine))
    )
    return "".join(
        f"{pointer}. 1 PTR {name}.\n" for pointer, name in pointers if pointer.endswith(f".{zone}")
    )


def outside(bed: machines.Bed) -> str:
    """An outside domain: it receives mail at its own host and sends from there only."""
    here4, here6 = bed.address4(machines.OUTSIDE), bed.address6(machines.OUTSIDE)
    return (
        f"@ 1 A {here4}\n@ 1 MX 10 {machines.OUTSIDE.name}.\n"
        f'@ 1 TXT "v=spf1 ip4:{here4} ip6:{here6} -all"\n_dmarc 1 TXT "v=DMARC1; p=reject"\n'
    )


def zones(bed: machines.Bed) -> dict[str, str]:
    """Every zone of the bed with its first content; the hosted ones wait for their mail records."""
    forward = {zone: SOA + hosts_of(bed, zone) for zone in machines.ZONES}
    forward["example.com"] += outside(bed)
    if bed.inner:
        forward[machines.INTERNAL_ZONE] = SOA + inner_hosts_of(bed)
    return forward | {zone: SOA + pointers_of(bed, zone) for zone in bed.reverse_zones()}


def knot(bed: machines.Bed, secret: str) -> str:
    entries = "".join(f"  - domain: {zone}\n    file: {zone}.zone\n" for zone in zones(bed))
    return f"""server:
    listen: ["0.0.0.0@53", "::@53"]
    rundir: /tmp
key:
  - id: bed
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: publish
    key: bed
    action: [update, transfer]
template:
  - id: default
    storage: /etc/bed
    acl: publish
    serial-policy: increment
    zonefile-load: whole
    journal-content: none
zone:
{entries}log:
  - target: stderr
    any: warning
"""


def unbound(bed: machines.Bed, upstream: list[str]) -> str:
    own = [*zones(bed)]
    stubs = "".join(
        f"stub-zone:\n    name: {zone}\n    stub-addr: {bed.address4(machines.NS1)}\n"
        for zone in own
    )
    # names that unbound answers itself, with "no such name", unless told not to
    open_names = "".join(
        f"    local-zone: {zone} nodefault\n"
        for zone in ("test.", "10.in-addr.arpa.", "d.f.ip6.arpa.")
    )
    forwards = "".join(f"    forward-addr: {address}\n" for address in upstream)
    return f"""server:
    interface: 0.0.0.0
    interface: ::0
    access-control: {bed.network4} allow
    access-control: {bed.network6} allow
    module-config: iterator
    username: ""
    chroot: ""
    directory: /etc/bed
    pidfile: ""
    use-syslog: no
    logfile: ""
    verbosity: 0
    cache-max-ttl: 1
    cache-max-negative-ttl: 1
    infra-host-ttl: 1
    infra-keep-probing: yes
{open_names}{stubs}forward-zone:
    name: .
{forwards}"""


def name_servers(resolv_conf: str) -> list[str]:
    """The name servers of a resolv.conf that other machines can reach as well."""
    words = (line.split() for line in resolv_conf.splitlines())
    found = [
        word[1].partition("%")[0] for word in words if len(word) > 1 and word[0] == "nameserver"
    ]
    return [address for address in found if not ipaddress.ip_address(address).is_loopback]
