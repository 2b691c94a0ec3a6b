"""Services at a limit of memory: their main process just fits, and what it starts needs more.

By LimitAS= of the unit. When the kernel has none left, it kills: see faults/table/processes.
"""

from __future__ import annotations

from faults.model import Fault
from faults.table.processes import UNITS, main_of

MORE_KB = 2000  # than the main process has


def limited(unit: str) -> str:
    place = f"/run/systemd/system/{unit}.service.d"
    return f"""
size=$(awk '/^VmSize/ {{print $2 + {MORE_KB}}}' "/proc/$({main_of(unit)})/status")
mkdir -p {place}
printf '[Service]\\nLimitAS=%sK\\n' "$size" >{place}/limit.conf
systemctl daemon-reload
systemctl restart {unit} || :
"""


def unlimited(unit: str) -> str:
    return f"""
rm -r /run/systemd/system/{unit}.service.d
systemctl daemon-reload
systemctl restart {unit}
"""


def short(id_: str, whose: str, *units: str) -> Fault:
    return Fault(
        f"memory-{id_}",
        f"{whose} at a limit of memory",
        "".join(map(limited, units)),
        "".join(map(unlimited, units)),
        hold=15,
    )


FAULTS = (
    *(short(unit.partition("@")[0], unit, unit) for unit in UNITS),
    short("everything", "all services", *UNITS),
)
