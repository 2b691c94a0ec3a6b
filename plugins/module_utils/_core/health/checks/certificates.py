# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate each port serves."""

from __future__ import annotations

from ..model import WARNING, Verdict, check
from ..observations import CERTIFICATE, Certificate

# Two weeks: time for a person to notice that a renewal fails.
_LEAST_DAYS = 14


@check(
    "certificate.trusted",
    CERTIFICATE,
    needs=("port.tls",),
    title="A client that verifies certificate and name is content",
    remedy="Compare its names and its issuer with what clients know, then run site.yml.",
)
def trusted(certificate: Certificate) -> Verdict:
    expected = f"a certificate for {certificate.hostname} that a client trusts"
    return Verdict(not certificate.distrust, expected, certificate.distrust or "trusted")


@check(
    "certificate.lasts",
    CERTIFICATE,
    needs=("port.tls",),
    severity=WARNING,
    title=f"The certificate is valid for {_LEAST_DAYS} days or more",
    remedy="Find out why it was not renewed; with tls_source own_ca, site.yml renews it.",
)
def lasts(certificate: Certificate) -> Verdict:
    left = int(certificate.days_left)
    return Verdict(left >= _LEAST_DAYS, f"at least {_LEAST_DAYS} days left", f"{left} days left")


@check(
    "certificate.current",
    CERTIFICATE,
    needs=("port.tls",),
    title="The certificate served is the one on disk",
    remedy="systemctl reload postfix dovecot: a daemon keeps its old certificate until then.",
)
def current(certificate: Certificate) -> Verdict:
    passed = certificate.served == certificate.on_disk
    return Verdict(passed, certificate.on_disk, certificate.served)
