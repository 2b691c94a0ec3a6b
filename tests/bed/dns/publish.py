"""Publish zone files in the name server of a bed, by signed dynamic updates."""

from __future__ import annotations

import argparse
import pathlib
import sys

import dns.exception
import dns.name
import dns.query
import dns.rcode
import dns.rdataset
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update
import dns.xfr
import dns.zone

from bed import hosts, machines

TIMEOUT = 5.0
KEY = dns.name.from_text("bed")
KEPT = (dns.rdatatype.SOA, dns.rdatatype.NS)  # the name server's own

RRset = tuple[dns.name.Name, dns.rdataset.Rdataset]


def rrsets(zone: dns.zone.Zone) -> list[RRset]:
    return [
        (name, rdataset)
        for name, rdataset in zone.iterate_rdatasets()
        if rdataset.rdtype not in KEPT
    ]


def differing(wanted: dns.zone.Zone, present: dns.zone.Zone) -> list[RRset]:
    """The sets of records that are missing or other than in the file."""

    def same(name: dns.name.Name, rdataset: dns.rdataset.Rdataset) -> bool:
        there = present.get_rdataset(name, rdataset.rdtype)
        return there is not None and set(there) == set(rdataset) and there.ttl == rdataset.ttl

    return [(name, rdataset) for name, rdataset in rrsets(wanted) if not same(name, rdataset)]


def read(path: pathlib.Path) -> dns.zone.Zone:
    """A zone file; one that holds only the records of mail, without SOA, is welcome."""
    origin = path.name.removesuffix(".zone")
    if origin not in machines.ZONES:
        raise ValueError(
            f"{path}: zone {origin!r} is not served here; "
            f"name the file after one of {', '.join(machines.ZONES)}"
        )
    try:
        return dns.zone.from_file(str(path), origin=origin, check_origin=False, relativize=True)
    except (dns.exception.DNSException, OSError) as error:
        raise ValueError(f"{path}: {error}") from error


def publish(bed: machines.Bed, wanted: dns.zone.Zone) -> list[RRset]:
    """Send what differs in one update, and return it."""
    secret = (hosts.folder_of(bed) / "tsig").read_text()
    keyring = dns.tsigkeyring.from_text({KEY.to_text(): secret})
    server = bed.address4(machines.NS1)
    present = dns.zone.Zone(wanted.origin)
    query, _serial = dns.xfr.make_query(
        present, keyring=keyring, keyname=KEY, keyalgorithm=dns.tsig.HMAC_SHA256
    )
    dns.query.inbound_xfr(server, present, query, timeout=TIMEOUT, lifetime=TIMEOUT)
    changes = differing(wanted, present)
    if changes:
        update = dns.update.UpdateMessage(
            wanted.origin, keyring=keyring, keyname=KEY, keyalgorithm=dns.tsig.HMAC_SHA256
        )
        for name, rdataset in changes:
            update.replace(name, rdataset)
        answer = dns.query.tcp(update, server, timeout=TIMEOUT)
        if answer.rcode() != dns.rcode.NOERROR:
            raise ValueError(
                f"zone {wanted.origin}: the name server answered "
                f"{dns.rcode.to_text(answer.rcode())}"
            )
    return changes


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests/bed/dns/publish", description=__doc__)
    parser.add_argument("bed")
    parser.add_argument("files", nargs="+", type=pathlib.Path, metavar="ZONE.zone")
    chosen = parser.parse_args()
    try:
        bed = machines.bed(chosen.bed)
        for path in chosen.files:
            zone = read(path)
            changes = publish(bed, zone)
            print(f"{zone.origin}: {len(rrsets(zone))} records, {len(changes)} changed")
    except (ValueError, OSError, dns.exception.DNSException) as error:
        sys.exit(f"tests/bed/dns/publish: {error}")


if __name__ == "__main__":
    main()
