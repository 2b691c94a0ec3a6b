"""More mail than usual, and destinations that do not take it."""

from __future__ import annotations

from faults.model import Fault

STRANGER = "visitor@example.com"
BUSY = "load-constant-1@example.test"
HOST = "mx1.example.test"


def sent(messages: int, at_once: int, size: int, to: str) -> str:
    """By another client than the load's own; it stops at the first answer that it does not like."""
    return (
        f'podman exec "$CLIENT" timeout 200 smtp-source -s {at_once} -m {messages} -l {size}'
        f" -f {STRANGER} {to} {HOST}"
    )


def outside(title: str, id_: str, begin: str, end: str) -> Fault:
    return Fault(
        id_,
        f"outside host {title}",
        f'podman exec -i "$CLIENT" bash -eu <<"END"\n{begin}\nEND',
        f'podman exec -i "$CLIENT" bash -eu <<"END"\n{end}\nEND',
        at="bed",
        must_accept=True,
        seen_log_in=True,
        hold=20,
    )


FAULTS = (
    Fault(
        "burst",
        "a burst of 1,000 messages to one mailbox, 20 at once",
        sent(1000, 20, 4000, f"-t {BUSY}"),
        at="bed",
        hold=0,
        must_accept=True,
        seen_log_in=True,
        selected=True,
    ),
    Fault(
        "flood",
        "a flood of 5,000 messages to one mailbox, 50 at once",
        sent(5000, 50, 4000, f"-t {BUSY}"),
        at="bed",
        hold=0,
        must_accept=True,
        seen_log_in=True,
    ),
    Fault(
        "large",
        "200 messages of 10 MB, 10 at once",
        sent(200, 10, 10_000_000, f"-t {BUSY}"),
        at="bed",
        hold=0,
        must_accept=True,
        seen_log_in=True,
    ),
    outside(
        "away",
        "outside-away",
        "systemctl stop postfix",
        "systemctl start postfix",
    ),
    outside(
        "hangs",
        "outside-hangs",
        "systemctl kill --signal=STOP postfix",
        "systemctl kill --signal=CONT postfix",
    ),
    outside(
        "puts off (greylisting)",
        "outside-later",
        "postconf -e 'smtpd_recipient_restrictions = defer'; postfix reload",
        "postconf -X smtpd_recipient_restrictions; postfix reload",
    ),
    outside(
        "is slow",
        "outside-slow",
        "postconf -e 'smtpd_recipient_restrictions = sleep 5, permit_mynetworks,"
        " reject_unauth_destination'; postfix reload",
        "postconf -X smtpd_recipient_restrictions; postfix reload",
    ),
)
