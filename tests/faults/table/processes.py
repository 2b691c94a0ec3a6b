"""Processes that are killed, frozen, or started in any order."""

from __future__ import annotations

import itertools

from faults.model import Fault

UNITS = ("postgresql@17-main", "postfix", "dovecot", "opendkim")
POSTFIX = (
    *("qmgr", "pickup", "cleanup", "trivial-rewrite", "proxymap"),
    *("smtpd", "lmtp", "smtp", "tlsmgr", "anvil"),
)
DOVECOT = ("log", "config", "anvil", "stats", "auth", "imap-login", "imap", "lmtp")
POSTGRESQL = ("checkpointer", "background writer", "walwriter", "autovacuum launcher")


def main_of(unit: str) -> str:
    """0 is none, and to `kill` the shell itself."""
    return f"systemctl show --value --property=MainPID {unit} | grep -vx 0"


def child(unit: str, name: str) -> str:
    """Two daemons have an anvil and an lmtp."""
    return f'pgrep --parent "$({main_of(unit)})" -x {name}'


def server(name: str) -> str:
    """One of PostgreSQL's, by a part of its title."""
    return f"pgrep --full '^postgres: .*{name}'"


def again(found: str, signal: str = "KILL", times: int = 5) -> str:
    """Signal what a command finds, each second; in 20 seconds it has to find something, which may
    live for moments only."""
    return f"""
hit=0
end=$((SECONDS + 20))
while [ "$hit" -lt {times} ] && [ $SECONDS -lt $end ]; do
  if kill -{signal} $({found}) 2>/dev/null; then
    hit=$((hit + 1))
    sleep 1
  else
    sleep 0.1
  fi
done
[ "$hit" -gt 0 ]
"""


def killed(id_: str, whose: str, found: str) -> Fault:
    return Fault(f"kill-{id_}", f"kill -9 of {whose}", again(found), hold=0, may_duplicate=True)


CHILDREN = (
    *(killed(f"postfix-{n}", f"Postfix's {n}", child("postfix", n)) for n in POSTFIX),
    *(killed(f"dovecot-{n}", f"Dovecot's {n}", child("dovecot", n)) for n in DOVECOT),
    *(killed(f"postgresql-{n.split()[0]}", f"PostgreSQL's {n}", server(n)) for n in POSTGRESQL),
    killed("postgresql-session", "PostgreSQL's sessions", server(r"(\[local\]|127\.0\.0\.1|::1)")),
)

MAIN = tuple(
    Fault(
        f"{verb}-{unit.partition('@')[0]}",
        f"{title} of {unit}'s main process",
        again(main_of(unit), signal, times=1),
        hold=5,
        may_duplicate=signal == "KILL",
        # Dovecot's is not: once in several trials a login is told 535, see the guide
        selected=signal == "KILL" and unit in ("postfix", UNITS[0]),
    )
    for verb, unit, signal, title in (
        *(("kill", unit, "KILL", "kill -9") for unit in UNITS),
        # at SIGTERM it would wait until the last session ended, and let nobody else in meanwhile
        ("end", UNITS[0], "INT", "SIGINT"),
        *(("end", unit, "TERM", "SIGTERM") for unit in UNITS[1:]),
    )
)

TOGETHER = (
    Fault(
        "kill-everything",
        "kill -9 of all processes of all services at once",
        f"systemctl kill --kill-whom=all --signal=KILL {' '.join(UNITS)}",
        hold=5,
        may_duplicate=True,
    ),
    Fault(
        "kill-in-a-row",
        "kill -9 of each main process, ten times in a row",
        "".join(
            f"for _ in {{1..10}}; do kill -9 $({main_of(unit)}) 2>/dev/null || :; sleep 0.5; done\n"
            for unit in UNITS
        ),
        hold=0,
        may_duplicate=True,
    ),
    Fault(
        "restart-in-a-row",
        "eight restarts of each service in a row",
        f"for unit in {' '.join(UNITS)}; do\n"
        '  for _ in {1..8}; do systemctl restart "$unit" || :; done\n'
        "done\n",
        hold=0,
    ),
)


def frozen(id_: str, whose: str, found: str, hold: float = 10) -> Fault:
    """SIGSTOP, and after a while SIGCONT."""
    return Fault(
        f"freeze-{id_}",
        f"{whose} frozen for {hold:.0f} s",
        f"found=$({found})\nkill -STOP $found\necho $found >/run/frozen",
        "kill -CONT $(cat /run/frozen) || :",
        hold=hold,
    )


FROZEN = (
    *(frozen(f"postfix-{n}", f"Postfix's {n}", child("postfix", n)) for n in ("qmgr", "proxymap")),
    frozen("postfix", "Postfix's master", main_of("postfix")),
    *(
        frozen(f"dovecot-{n}", f"Dovecot's {n}", child("dovecot", n))
        for n in ("auth", "anvil", "log", "lmtp")
    ),
    frozen("dovecot", "Dovecot's main process", main_of("dovecot")),
)

REBOOTS = (
    Fault(
        "power-cut",
        "the machine loses its power and starts again",
        'podman kill --signal=KILL "$EDGE"\npodman start "$EDGE"',
        at="bed",
        hold=0,
        whole_within=30,
        may_duplicate=True,
        selected=True,
    ),
    Fault(
        "reboot",
        "an orderly restart of the machine",
        'podman stop --time=90 "$EDGE"\npodman start "$EDGE"',
        at="bed",
        hold=0,
        whole_within=30,
    ),
)

ORDERS = tuple(
    Fault(
        "start-" + "-".join(unit.partition("@")[0] for unit in order),
        "all services stopped, then started in the order "
        + ", ".join(unit.partition("@")[0] for unit in order),
        f"systemctl stop {' '.join(UNITS)}\n"
        f"for unit in {' '.join(order)}; do systemctl start --no-block $unit; sleep 3; done",
        hold=0,
        # the database comes last
        selected=order == (*UNITS[1:], UNITS[0]),
        stock=order in (UNITS, (*UNITS[1:], UNITS[0])),
    )
    for order in itertools.permutations(UNITS)
)

FAULTS: tuple[Fault, ...] = (*CHILDREN, *MAIN, *TOGETHER, *FROZEN, *REBOOTS, *ORDERS)
