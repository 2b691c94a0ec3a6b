# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What DNS says about the host and its domains, and which keys sign for them."""

from __future__ import annotations

import functools
import typing as t

from ..._core.dns.records import Record, records
from ..._core.health.model import Subject, Unseen
from ..._core.health.observations import (
    ADMIN_LOOKUP,
    DKIM,
    DMARC,
    HOST_RECORDS,
    MX,
    RESOLVER,
    SIGNING_KEYS,
    SPF,
    Command,
    Dns,
    SigningKeys,
)
from .. import dns
from ..database import keys as stored
from ..database.connection import session

if t.TYPE_CHECKING:
    from ..._core.dkim import Key
    from ..._core.dns.site import Site
    from .settings import Settings
    from .watch import Sights, Watch

MODULES = Subject(ADMIN_LOOKUP, "mail_admin")
_RECORDS = (MX, SPF, DKIM, DMARC)
_NO_KEYS = "the domain has no key that has to be in DNS"
_NO_ADDRESSES = "no public addresses are named, so nobody knows what DNS should say"


def observe_domains(settings: Settings, watch: Watch) -> Sights:
    """Ask the database which domains and keys there are, then look at each domain."""
    try:
        with session(settings.login) as connection:
            found = stored.load(connection)
    except Exception:
        # Which ones cannot be said now, so one line stands for all.
        unknown = [Subject(topic, "every domain") for topic in (SIGNING_KEYS, *_RECORDS)]
        watch.leave_out(unknown, "the domains are not known")
        raise
    yield MODULES, Command("domains", 0, f"{len(found.domains)} domains")
    for domain, kind in found.domains.items():
        keys = [key for key in found.keys if key.domain == domain]
        if kind == "hosted":
            signing = Subject(SIGNING_KEYS, domain)
            watch.start([signing], functools.partial(_observe_keys, signing, keys))
        planned = [Subject(topic, domain) for topic in _RECORDS]
        if settings.site is None:
            watch.leave_out(planned, _NO_ADDRESSES)
        else:
            expected = records(settings.site, domain, keys)
            watch.start(planned, functools.partial(_observe, settings, planned, expected))


def _observe_keys(signing: Subject[t.Any], keys: t.Sequence[Key]) -> Sights:
    yield signing, SigningKeys(tuple(key.selector for key in keys if key.signs))


def _observe(
    settings: Settings, planned: t.Sequence[Subject[t.Any]], expected: t.Sequence[Record]
) -> Sights:
    mx, spf, dkim, dmarc = planned
    domain = mx.target
    yield mx, _look(settings, [r for r in expected if r.type == "MX"])
    yield spf, _look(settings, [r for r in expected if (r.name, r.type) == (domain, "TXT")])
    keys = [r for r in expected if "._domainkey." in r.name]
    yield dkim, _look(settings, keys) if keys else Unseen(_NO_KEYS, on_purpose=True)
    yield dmarc, _look(settings, [r for r in expected if r.name.startswith("_dmarc.")])


def resolver_subject(settings: Settings) -> Subject[t.Any]:
    return Subject(RESOLVER, ", ".join(map(str, servers(settings))) or "no resolver")


def observe_resolver(settings: Settings) -> Sights:
    """Any definite answer shows that it works."""
    yield resolver_subject(settings), dns.ask(settings.hostname, "A", servers(settings))


def start_host(settings: Settings, watch: Watch) -> None:
    planned = Subject(HOST_RECORDS, settings.hostname)
    if settings.site is None:
        watch.leave_out([planned], _NO_ADDRESSES)
    else:
        watch.start([planned], functools.partial(_observe_host, settings, settings.site, planned))


def _observe_host(settings: Settings, site: Site, planned: Subject[t.Any]) -> Sights:
    names = (site.hostname, site.client_hostname)
    expected = [r for r in records(site, settings.mailbox.domain, ()) if r.name in names]
    yield planned, _look(settings, [r for r in expected if r.type in ("A", "AAAA")])


def _look(settings: Settings, expected: t.Sequence[Record]) -> Dns:
    questions = dict.fromkeys((record.name, record.type) for record in expected)
    asked = servers(settings)
    return Dns(tuple(expected), tuple(dns.ask(name, kind, asked) for name, kind in questions))


def servers(settings: Settings) -> list[dns.Server]:
    return [dns.parse_server(text) for text in settings.resolver] or dns.system_servers()
