"""Name servers that are silent, fail, flap or move."""

from __future__ import annotations

from faults.model import Fault

RESOLVER = "$(awk '$1 == \"nameserver\" {print $2; exit}' /etc/resolv.conf)"
# the resolver's container loses its address for another one, and the mail host learns of it
MOVED = """
resolver=$(podman inspect --format '{{.State.Pid}}' "$RESOLVER")
move() {
  nsenter --target "$resolver" --net ip address delete "$1/24" dev eth0
  nsenter --target "$resolver" --net ip address add "$2/24" dev eth0
  nsenter --target "$resolver" --net ip route add default via "$network.1"
  podman exec "$EDGE" sh -c "echo nameserver $2 >/etc/resolv.conf"
}
network=$(podman exec "$EDGE" hostname -I | cut -d. -f1-3)
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
        MOVED + 'move "$network.3" "$network.4"',
        at="bed",
        restore=MOVED
        + 'move "$network.4" "$network.3"\npodman exec "$EDGE" systemctl restart postfix',
        hold=0,
        seen_log_in=True,
    ),
)
