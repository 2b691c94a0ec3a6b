# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the world finds in DNS, and the keys that go with it."""

from __future__ import annotations

from ...dns.answer import Answer
from ...dns.compare import compare
from ..model import WARNING, Verdict, check
from ..observations import (
    DKIM,
    DMARC,
    HOST_RECORDS,
    MX,
    RESOLVER,
    SIGNING_KEYS,
    SPF,
    Dns,
    SigningKeys,
)

_REMEDY = "Publish what the playbook dns.yml prints, and wait until the old record's TTL is over."
_ASKS = ("dns.resolver *",)
_KNOWN = ("database.modules *", *_ASKS)


@check(
    "dkim.active",
    SIGNING_KEYS,
    needs=("database.modules *",),
    severity=WARNING,
    title="The domain has a DKIM key that signs",
    remedy="Publish the record that the playbook dns.yml prints, then run dkim.yml.",
)
def active_key(keys: SigningKeys) -> Verdict:
    """A warning: until a first key is active, mail goes out unsigned, and that is by design."""
    observed = f"selector {', '.join(keys.selectors)}" if keys.selectors else "no active key"
    return Verdict(bool(keys.selectors), "an active key", observed)


@check(
    "dns.resolver",
    RESOLVER,
    title="The resolver answers",
    remedy="Look at /etc/resolv.conf, or at the option resolver, and whether port 53 is reachable.",
)
def resolver(answer: Answer) -> Verdict:
    return Verdict(answer.definite, "an answer", answer.detail or ", ".join(answer.values))


@check("dns.host", HOST_RECORDS, needs=_ASKS, title="DNS leads to the host", remedy=_REMEDY)
def host(dns: Dns) -> Verdict:
    return _same(dns)


@check("dns.mx", MX, needs=_KNOWN, title="The domain's mail leads to the host", remedy=_REMEDY)
def mx(dns: Dns) -> Verdict:
    return _same(dns)


@check("dns.spf", SPF, needs=_KNOWN, title="SPF allows the host to send", remedy=_REMEDY)
def spf(dns: Dns) -> Verdict:
    return _same(dns)


@check("dns.dkim", DKIM, needs=_KNOWN, title="The domain's DKIM keys are published", remedy=_REMEDY)
def dkim(dns: Dns) -> Verdict:
    return _same(dns)


@check(
    "dns.dmarc",
    DMARC,
    needs=_KNOWN,
    severity=WARNING,
    title="DMARC asks receivers to check",
    remedy=_REMEDY,
)
def dmarc(dns: Dns) -> Verdict:
    return _same(dns)


def _same(dns: Dns) -> Verdict:
    expected = "; ".join(f"{r.name} {r.type} {r.value}" for r in dns.expected)
    differences = compare(dns.expected, dns.answers)
    seen = "; ".join(f"{a.name} {a.type} {' '.join(a.values)}" for a in dns.answers)
    return Verdict(not differences, expected, differences[0].sentence if differences else seen)
