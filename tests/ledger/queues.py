"""What the queues of the edge and of the outside machine hold."""

from __future__ import annotations

import re
import subprocess
import time
import typing as t

from e2e.connection import Connection
from e2e.tunnel import OUTSIDE_MACHINE
from ledger.entry import HEADER

LIMIT, POLL = 60, 0.5  # seconds
# the message or a bounce of it
HELD = (
    r"""postqueue -j | sed -n 's/.*"queue_id": "\([^"]*\)".*/\1/p' | xargs -r -n 200 postcat -q"""
    rf" 2>/dev/null | grep -aoi '{HEADER}: [^ ]*' | sort -u || true"
)


def waiting(connection: Connection) -> frozenset[str]:
    """The headers of the messages that are on their way."""
    machines = (connection.parts["edge"].name, OUTSIDE_MACHINE)
    return frozenset(name for machine in machines for name in held(connection, machine))


def held(connection: Connection, machine: str) -> list[str]:
    ssh = ["ssh", "-F", connection.ssh_config, machine, "sudo bash"]
    done = subprocess.run(
        ssh, input=HELD, capture_output=True, text=True, timeout=LIMIT, check=True
    )
    return re.findall(r": (\S+)", done.stdout)


def drain(connection: Connection, runs: t.Collection[str], within: float) -> float:
    """Wait until nothing of these runs is queued, but no longer; return the seconds it took."""
    began = time.monotonic()
    while (asked := time.monotonic()) < began + within:
        if not any(name.rpartition("-")[0] in runs for name in waiting(connection)):
            break
        # a long queue takes time to read, and most of it is to stay the host's
        time.sleep(max(POLL, 2 * (time.monotonic() - asked)))
    return time.monotonic() - began
