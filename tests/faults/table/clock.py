"""A clock that jumps: containers share one, so the daemons are told another time.

libfaketime is loaded into every program that starts, and looks for the difference every ten
seconds; Postfix's daemons find it in their chroot. Files keep the times of the kernel."""

from __future__ import annotations

from faults.model import Fault

LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"
PLACES = "/etc/faketimerc /var/spool/postfix/etc/faketimerc"
UNITS = "postgresql@17-main opendkim dovecot postfix"


def jump(id_: str, title: str, difference: str) -> Fault:
    """The time stays wrong until all is counted, so that each fault is one jump."""
    return Fault(
        f"clock-{id_}",
        f"clock jumps {title}",
        f"echo {difference} | tee {PLACES}; sleep 11",
        prepare=f"""
apt-get -qq update
apt-get -qq install -y --no-install-recommends libfaketime >/dev/null
echo +0 | tee {PLACES}
ls {LIBRARY} >/etc/ld.so.preload
systemctl restart {UNITS}
sleep 3
""",
        restore=f"""
rm -f /etc/ld.so.preload {PLACES}
systemctl restart {UNITS}
sleep 3
""",
        must_accept=True,
        hold=0,
    )


FAULTS = (
    jump("forward", "ten minutes forward", "+10m"),
    jump("day-forward", "a day forward", "+1d"),
    # Dovecot then starts no process for up to three minutes, except for services of type worker
    jump("back", "ten minutes back", "-10m"),
    jump("day-back", "a day back", "-1d"),
)
