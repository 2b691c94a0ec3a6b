"""Clients and networks that break off, and clients that do not speak."""

from __future__ import annotations

import pathlib

from faults import strange_clients
from faults.model import Fault

PROGRAM = pathlib.Path(strange_clients.__file__).read_text()
HOST = "mx1.example.test"
# after all was counted: nothing that was cut off lies in the mailbox
NOTHING_HALF = f"""
podman exec "$STORE" test -d "$MAIL_ROOT"
! podman exec "$STORE" grep -rqs '{strange_clients.HALF}' "$MAIL_ROOT"
"""


def clients(way: str, title: str) -> Fault:
    return Fault(
        f"clients-{way}",
        title,
        f"""
podman exec -i "$CLIENT" tee /tmp/clients.py >/dev/null <<'END'
{PROGRAM}
END
podman exec -d "$CLIENT" python3 /tmp/clients.py {HOST} {way}
""",
        at="bed",
        must_accept=True,
        seen_log_in=True,
        restore=NOTHING_HALF,
    )


def cut(id_: str, title: str, hold: float) -> Fault:
    """From the load and from the host outside; what is sent there vanishes, and nobody is told."""
    script = """
network=$(podman exec "$EDGE" hostname -I | cut -d. -f1-3)
for last in 1 20; do podman exec "$EDGE" ip route {verb} blackhole "$network.$last/32"; done
"""
    begin, end = script.format(verb="add"), script.format(verb="delete")
    return Fault(id_, title, begin, end, at="bed", hold=hold)


FAULTS = (
    clients("silent", "200 clients that connect and say nothing"),
    clients("cut-in-data", "clients that break off (RST) within DATA"),
    clients("silent-in-data", "clients that fall silent within DATA"),
    clients("cut-after-dot", "clients that break off after the final dot"),
    cut("network-cut", "no network between the host and the others", 10),
    cut("network-cut-long", "no network between the host and the others for a minute", 60),
)
