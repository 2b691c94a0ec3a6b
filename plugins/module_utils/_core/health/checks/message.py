# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real message: submitted, signed, delivered, read back, removed."""

from __future__ import annotations

from ..model import WARNING, Verdict, check
from ..observations import (
    DELIVERY,
    REMOVAL,
    SIGNATURE,
    SUBMISSION,
    VERIFICATION,
    Delivery,
    Reply,
    Signature,
    Verification,
)

_QUICK_S = 2.0


@check(
    "message.submitted",
    SUBMISSION,
    needs=("database.postfix *", "database.signer *"),
    title="A user's message is accepted for delivery",
    remedy="journalctl -u postfix -u opendkim shows the refusal with its reason.",
)
def submitted(reply: Reply) -> Verdict:
    return Verdict(reply.code == 250, "250", str(reply))


@check(
    "message.delivered",
    DELIVERY,
    needs=("message.submitted",),
    title="It arrives in the mailbox",
    remedy="postqueue -p names what waits and why; Dovecot's LMTP logs to journalctl -u dovecot.",
)
def delivered(delivery: Delivery) -> Verdict:
    observed = "found" if delivery.found else f"not there after {delivery.seconds:.1f} s"
    return Verdict(delivery.found, "found in INBOX", observed)


@check(
    "message.quick",
    DELIVERY,
    needs=("message.delivered",),
    severity=WARNING,
    title=f"It arrives within {_QUICK_S:.0f} s",
    remedy="Look for load (uptime), a long queue (postqueue -p), slow look-ups in the database.",
)
def quick(delivery: Delivery) -> Verdict:
    passed = delivery.seconds <= _QUICK_S
    return Verdict(passed, f"at most {_QUICK_S:.0f} s", f"{delivery.seconds:.2f} s")


@check(
    "message.signed",
    SIGNATURE,
    needs=("message.delivered",),
    title="It carries its domain's DKIM signature",
    remedy="journalctl -u opendkim says why it did not sign; systemctl status opendkim.",
)
def signed(signature: Signature) -> Verdict:
    found = f"d={signature.domain}, s={signature.selector}"
    observed = found if signature.domain else "no signature"
    return Verdict(signature.domain == signature.wanted, f"d={signature.wanted}", observed)


@check(
    "message.verified",
    VERIFICATION,
    needs=("message.signed",),
    title="The signature verifies against DNS",
    remedy="Publish what dns.yml prints; let nothing change mail after OpenDKIM.",
)
def verified(verification: Verification) -> Verdict:
    return Verdict(verification.valid, "valid", verification.detail)


@check(
    "message.removed",
    REMOVAL,
    needs=("message.delivered",),
    title="It can be removed again",
    remedy="See that the store can be written to (df, mount) and what journalctl -u dovecot says.",
)
def removed(reply: Reply) -> Verdict:
    return Verdict(reply.code == 0, "gone", reply.text)
