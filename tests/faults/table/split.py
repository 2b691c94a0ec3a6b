"""Database, store and edge on three hosts: the network between two of them, and each away."""

from __future__ import annotations

from faults.model import Fault

INSIDE = """
inside() { podman exec "$1" hostname -I | grep -o '10[.]90[.][0-9.]*'; }
one=$(inside "$%(one)s") other=$(inside "$%(other)s")
"""
# dropped where the wires are, between the machines, so that nobody is told
TABLE = "table=cut_${EDGE//-/_}"
BEGIN_CUT = f"""
{INSIDE}
{TABLE}
nft add table bridge $table
nft "add chain bridge $table between {{ type filter hook forward priority 0; }}"
nft add rule bridge $table between ip saddr $one ip daddr $other drop
"""
BOTH_WAYS = "nft add rule bridge $table between ip saddr $other ip daddr $one drop"
END_CUT = f"{TABLE}\nnft delete table bridge $table"

# the machine says nothing more: the connections of processes that are killed are closed otherwise
POWER_OFF = f"""
{TABLE}
machine="$%s"
nft add table bridge $table
nft "add chain bridge $table between {{ type filter hook forward priority 0; }}"
for address in $(podman exec "$machine" hostname -I); do
  case $address in *:*) family=ip6 ;; *) family=ip ;; esac
  nft add rule bridge $table between $family saddr $address drop
  nft add rule bridge $table between $family daddr $address drop
done
podman kill --signal=KILL "$machine"
"""
POWER_ON = f"""
{END_CUT}
podman start "$%s"
"""

# each second all connections that one has with the other are reset, on both sides
RESET = f"""
{INSIDE}
for _ in {{1..10}}; do
  podman exec "$%(one)s" ss --kill --tcp --no-header dst $other >/dev/null
  podman exec "$%(other)s" ss --kill --tcp --no-header dst $one >/dev/null
  sleep 1
done
"""


def cut(
    id_: str, one: str, other: str, hold: float, *, both: bool = True, selected: bool = False
) -> Fault:
    names = {"one": one.upper(), "other": other.upper()}
    way = "between" if both else "from"
    to = "and" if both else "to"
    return Fault(
        f"split-{id_}",
        f"no network {way} the {one} {to} the {other} for {hold:.0f} s",
        BEGIN_CUT % names + (BOTH_WAYS if both else ""),
        END_CUT,
        at="bed",
        hold=hold,
        must_accept="database" not in (one, other),
        hosts=3,
        stock=False,
        selected=selected,
    )


def reset(id_: str, one: str, other: str) -> Fault:
    return Fault(
        f"split-{id_}",
        f"all connections between the {one} and the {other} reset each second, ten times",
        RESET % {"one": one.upper(), "other": other.upper()},
        at="bed",
        hold=0,
        # what was stored and not yet acknowledged comes again
        may_duplicate=True,
        hosts=3,
        stock=False,
    )


def power_cut(part: str, away: float) -> Fault:
    return Fault(
        f"split-power-cut-{part}",
        f"the {part}'s machine loses its power and starts again {away:.0f} s later",
        POWER_OFF % part.upper(),
        POWER_ON % part.upper(),
        at="bed",
        hold=away,
        whole_within=30,
        may_duplicate=True,
        must_accept=part == "store",
        hosts=3,
        stock=False,
    )


def stopped(id_: str, part: str, unit: str, hold: float) -> Fault:
    return Fault(
        f"split-{id_}",
        f"{unit} on the {part} stopped for {hold:.0f} s",
        f"systemctl stop {unit}",
        f"systemctl start {unit}",
        at="database" if part == "database" else "store",
        hold=hold,
        must_accept=part == "store",
        hosts=3,
        stock=False,
    )


FAULTS = (
    cut("cut-edge-store", "edge", "store", 10, selected=True),
    cut("cut-edge-store-long", "edge", "store", 30),
    cut("cut-edge-to-store", "edge", "store", 15, both=False),
    cut("cut-store-to-edge", "store", "edge", 15, both=False),
    cut("cut-edge-database", "edge", "database", 5),
    cut("cut-edge-database-long", "edge", "database", 30),
    cut("cut-database-to-edge", "database", "edge", 15, both=False),
    cut("cut-store-database", "store", "database", 30),
    cut("cut-database-to-store", "database", "store", 15, both=False),
    reset("reset-edge-store", "edge", "store"),
    reset("reset-edge-database", "edge", "database"),
    power_cut("store", 10),
    power_cut("database", 10),
    power_cut("edge", 3),
    stopped("database-away", "database", "postgresql@17-main", 60),
    stopped("store-dovecot-away", "store", "dovecot", 20),
)
