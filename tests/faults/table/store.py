"""Dovecot away: what is accepted waits for it, and comes soon after it is back."""

from __future__ import annotations

from faults.model import Fault


def away(id_: str, title: str, hold: float, selected: bool = False) -> Fault:
    return Fault(
        id_,
        title,
        "systemctl stop dovecot",
        "systemctl start dovecot",
        at="store",
        must_accept=True,
        hold=hold,
        selected=selected,
    )


FAULTS = (
    away("dovecot-away", "Dovecot stopped", 8, selected=True),
    away("dovecot-away-long", "Dovecot stopped for two minutes", 120),
)
