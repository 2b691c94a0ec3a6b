"""Wrong records in the bed's name server, for the time of a break."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

import dns.message
import dns.name
import dns.query
import dns.rdataset
import dns.rdatatype
import dns.zone

from bed import machines
from bed.dns.publish import publish, rrsets

PATIENCE = 5.0


@dataclasses.dataclass(frozen=True)
class NameServer:
    bed: machines.Bed

    @contextlib.contextmanager
    def saying(self, zone: str, records: str) -> t.Iterator[None]:
        """Records, as in a zone file, take the place of those of their names and types."""
        wrong = dns.zone.from_text(f"$TTL 60\n{records}\n", zone, check_origin=False)
        right = self._as_it_is(wrong)
        publish(self.bed, wrong)
        try:
            yield
        finally:
            publish(self.bed, right)

    def _as_it_is(self, like: dns.zone.Zone) -> dns.zone.Zone:
        """The present records of the names and types of another zone."""
        zone = dns.zone.Zone(like.origin)
        for name, rdataset in rrsets(like):
            query = dns.message.make_query(
                name.derelativize(like.origin or dns.name.root), rdataset.rdtype
            )
            address = self.bed.address4(machines.NS1)
            answer, _tcp = dns.query.udp_with_fallback(query, address, timeout=PATIENCE)
            (present,) = answer.answer
            zone.replace_rdataset(name, present.to_rdataset())
        return zone
