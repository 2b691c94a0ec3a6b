"""Name servers that are silent, fail, flap or move."""

from __future__ import annotations

from faults.model import Fault

RESOLVER = "$(awk '$1 == \"nameserver\" {print $2; exit}' /etc/resolv.conf)"
# the resolver gets another last number in its addresses, and the mail host learns of it
MOVED = """
networks='{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}'
network=$(podman inspect --format "$networks" "$RESOLVER")
four=$(podman exec "$EDGE" hostname -I | cut -d. -f1-3)
move() {
  podman network disconnect "$network" "$RESOLVER"
  podman network connect --ip "$four.$1" --ip6 "fd89:${four##*.}::$1" "$network" "$RESOLVER"
  podman exec "$EDGE" sh -c "echo nameserver $four.$1 >/etc/resolv.conf"
}
"""

FAULTS = (
    Fault(
        "resolver-silent",
        "resolver does not answer",
        'podman pause "$RESOLVER"',
        'podman unpause "$RESOLVER"',
        at="bed",
        seen_log_in=True,
        selected=True,
    ),
    Fault(
        "resolver-silent-long",
        "resolver does not answer for a minute",
        'podman pause "$RESOLVER"',
        'podman unpause "$RESOLVER"',
        at="bed",
        hold=60,
        seen_log_in=True,
    ),
    Fault(
        "resolver-fails",
        "resolver knows no answer (SERVFAIL)",
        'podman pause "$NS1"',
        'podman unpause "$NS1"',
        at="bed",
        hold=20,
        seen_log_in=True,
    ),
    Fault(
        "resolver-unreachable",
        "no way to the resolver",
        f"ip route add unreachable {RESOLVER}",
        f"ip route delete unreachable {RESOLVER}",
        seen_log_in=True,
    ),
    Fault(
        "resolver-flaps",
        "resolver answers for a moment every two seconds",
        """
touch "/tmp/flap.$RESOLVER"
setsid bash -c 'while [ -e "/tmp/flap.$RESOLVER" ]; do
  podman pause "$RESOLVER"; sleep 1.8; podman unpause "$RESOLVER"; sleep 0.2
done' >/dev/null 2>&1 </dev/null &
""",
        'rm "/tmp/flap.$RESOLVER"; sleep 2.5',
        at="bed",
        hold=20,
        seen_log_in=True,
    ),
    Fault(
        "resolver-moves",
        "resolver has another address, and resolv.conf says so",
        MOVED + "move 4",
        at="bed",
        restore=MOVED + 'move 3\npodman exec "$EDGE" systemctl restart postfix',
        hold=0,
        seen_log_in=True,
    ),
)
