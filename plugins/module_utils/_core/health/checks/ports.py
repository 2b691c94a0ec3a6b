# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the outside meets first: the right protocol, TLS, and no password without it."""

from __future__ import annotations

from ..model import Verdict, check
from ..observations import ENCRYPTION, GREETING, MECHANISMS, Encryption, Greeting, Mechanisms

_GREETINGS = {
    "smtp": "220 ",
    "lmtp": "220 ",
    "imap": "* OK",
    "pop3": "+OK",
    "sieve": '"IMPLEMENTATION"',
}
_MODERN = ("TLSv1.2", "TLSv1.3")
_PASSWORD = {"PLAIN", "LOGIN"}


@check(
    "port.answers",
    GREETING,
    title="The port answers, in the right protocol",
    remedy="ss -tlnp shows who listens; journalctl -u postfix -u dovecot what they say.",
)
def answers(greeting: Greeting) -> Verdict:
    wanted = _GREETINGS[greeting.protocol]
    observed = greeting.error or greeting.text
    passed = not greeting.error and greeting.text.startswith(wanted)
    return Verdict(passed, f"a greeting that begins with {wanted.strip()}", observed)


@check(
    "port.tls",
    ENCRYPTION,
    needs=("port.answers",),
    title="TLS 1.2 or later, at once or by STARTTLS",
    remedy="See that certificate and key exist and belong together (role tls), and run site.yml.",
)
def encrypted(encryption: Encryption) -> Verdict:
    observed = encryption.error or f"{encryption.version}, {encryption.cipher}"
    return Verdict(encryption.version in _MODERN, "TLS 1.2 or later", observed)


@check(
    "port.password_needs_tls",
    MECHANISMS,
    needs=("port.tls",),
    title="Passwords only under TLS, and only where users log in",
    remedy="Run site.yml: smtpd_tls_auth_only or auth_allow_cleartext was changed.",
)
def password_needs_tls(seen: Mechanisms) -> Verdict:
    """Servers of mail have no business with passwords on port 25."""
    expected = "PLAIN and LOGIN under TLS only" if seen.wanted else "no login at all"
    right = set(seen.encrypted) >= _PASSWORD if seen.wanted else not seen.encrypted
    observed = f"{_listed(seen.clear)} in clear, {_listed(seen.encrypted)} under TLS"
    return Verdict(right and not seen.clear, expected, observed)


def _listed(mechanisms: tuple[str, ...]) -> str:
    return " ".join(mechanisms) or "nothing"
