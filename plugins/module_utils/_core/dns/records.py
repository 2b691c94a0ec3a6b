# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that knows what should be in DNS for a domain, and why."""

from __future__ import annotations

import dataclasses
import typing as t

from ..dkim import record_name, record_text
from .site import refuse_private_addresses

if t.TYPE_CHECKING:
    from ..dkim import Key
    from .site import Site

TTL = 3600

# RFC 6186, RFC 8314, RFC 5804: service, label, and what a mail client uses it for.
_SRV = (
    ("imaps", "_imaps._tcp", "reading mail by IMAP over TLS"),
    ("submissions", "_submissions._tcp", "sending mail over TLS"),
    ("submission", "_submission._tcp", "sending mail with STARTTLS"),
    ("imap", "_imap._tcp", "reading mail by IMAP with STARTTLS"),
    ("pop3s", "_pop3s._tcp", "fetching mail by POP3 over TLS"),
    ("pop3", "_pop3._tcp", "fetching mail by POP3 with STARTTLS"),
    ("sieve", "_sieve._tcp", "editing mail filters"),
)

_DMARC_WISH = {"none": "deliver as usual", "quarantine": "treat as spam", "reject": "refuse"}


@dataclasses.dataclass(frozen=True)
class Record:
    """A record and the sentence that says why it is there.

    `name` is complete and has no final dot. `value` is written as in a zone file (host names end
    in a dot), except that a TXT stands there undivided and unquoted.
    """

    name: str
    type: str
    value: str
    purpose: str
    ttl: int = TTL


def parse_record(data: t.Mapping[str, t.Any]) -> Record:
    """A record from a result of the filter dns_records, or ValueError."""
    try:
        return Record(**data)
    except TypeError:
        raise ValueError(
            f"{data!r} is not a record: hand over the list that dns_records returned, unchanged."
        ) from None


def records(site: Site, domain: str, keys: t.Iterable[Key]) -> list[Record]:
    """Everything that should be in DNS so that `domain` can send and receive mail."""
    for name in (domain, site.hostname, site.client_hostname):
        refuse_private_addresses(site, name)
    # The host's name can be the domain itself: then one SPF record has two reasons.
    unique: dict[tuple[str, str, str], Record] = {}
    for record in _all(site, domain, keys):
        unique.setdefault((record.name, record.type, record.value), record)
    return list(unique.values())


def _all(site: Site, domain: str, keys: t.Iterable[Key]) -> t.Iterator[Record]:
    yield Record(
        domain,
        "MX",
        f"10 {site.hostname}.",
        f"Other mail servers deliver mail for {domain} to {site.hostname}.",
    )
    yield from _proofs(site, domain, keys)
    yield from _host(site)
    yield from _clients(site, domain)


def _proofs(site: Site, domain: str, keys: t.Iterable[Key]) -> t.Iterator[Record]:
    yield Record(
        domain,
        "TXT",
        _spf(site),
        f"SPF lets only these addresses send mail for {domain}; whatever else sends for it must be"
        " added before -all in this same record.",
    )
    for key in sorted(keys, key=lambda key: key.selector):
        if key.in_dns and key.domain == domain:
            yield _dkim(key)
    yield Record(
        f"_dmarc.{domain}",
        "TXT",
        f"v=DMARC1; p={site.dmarc_policy}; rua=mailto:postmaster@{domain}",
        f"DMARC asks receivers to {_DMARC_WISH[site.dmarc_policy]} what claims to come from"
        f" {domain} and passes neither SPF nor DKIM, and to report daily to postmaster@{domain}.",
    )


def _dkim(key: Key) -> Record:
    return Record(
        record_name(key.selector, key.domain),
        "TXT",
        record_text(key.algorithm, key.public),
        f"DKIM lets receivers check our signatures for {key.domain} with this public key.",
    )


def _spf(site: Site) -> str:
    return " ".join(["v=spf1", *(f"ip{a.version}:{a}" for a in site.addresses), "-all"])


def _host(site: Site) -> t.Iterator[Record]:
    yield from _addresses(
        site,
        site.hostname,
        f"Mail servers reach {site.hostname} here; the address's reverse entry (PTR), set where you"
        " rent it, must lead back to this name.",
    )
    yield Record(
        site.hostname,
        "TXT",
        _spf(site),
        f"SPF is looked up for {site.hostname} too, since the host greets other servers by this"
        " name, and its bounces carry no other.",
    )


def _clients(site: Site, domain: str) -> t.Iterator[Record]:
    if site.client_hostname != site.hostname:
        yield from _addresses(
            site, site.client_hostname, f"Mail clients reach {site.client_hostname} here."
        )
    for service, label, use in _SRV:
        port = site.ports.get(service)
        if port:
            purpose = f"Mail clients find the server for {use} here."
            yield Record(f"{label}.{domain}", "SRV", f"0 1 {port} {site.client_hostname}.", purpose)
        else:
            purpose = f"Mail clients find out here that {use} is not offered."
            yield Record(f"{label}.{domain}", "SRV", "0 0 0 .", purpose)


def _addresses(site: Site, name: str, purpose: str) -> t.Iterator[Record]:
    for address in site.addresses:
        yield Record(name, "A" if address.version == 4 else "AAAA", str(address), purpose)
