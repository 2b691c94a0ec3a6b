"""Disks that are full or refuse to be written: the queue's, the store's, those of logs and /tmp."""

from __future__ import annotations

from faults.model import Fault

QUEUE = "/var/spool/postfix"
# where mailboxes lie, see Site.environment
STORE = "$MAIL_ROOT"
# more than Postfix wants to be free in its queue: 1.5 times what one message may have
ROOM_MB = 160
ROOM_FILES = 6000


def moved(place: str, between: str) -> str:
    """Carry what lies at a place over a step that puts another disk there; nobody uses it."""
    return f"""
systemctl stop postfix dovecot opendkim
kept=$(mktemp -d --tmpdir=/run)
cp -a {place}/. "$kept"
find {place} ! -type d -delete
{between}
cp -a "$kept"/. {place}
rm -r "$kept"
systemctl start opendkim dovecot postfix
sleep 3
"""


def own_disk(place: str) -> str:
    """With a bit more room than what lies there needs. A master keeps its pid file open."""
    return moved(
        place,
        f"""
files=$(($(find "$kept" | wc -l) + {ROOM_FILES}))
size=$(($(du -sm "$kept" | cut -f1) + {ROOM_MB}))m
owner=$(stat -c mode=%a,uid=%u,gid=%g {place})
mount -t tmpfs -o "size=$size,nr_inodes=$files,$owner" small {place}
if [ -d "$kept/pid" ]; then
  mkdir {place}/pid
  mount -t tmpfs -o mode=755 pids {place}/pid
fi
""",
    )


def own_disk_gone(place: str) -> str:
    return moved(place, f"umount --recursive {place}")


def filled(place: str) -> str:
    """To the last block, and the kernel has to say so."""
    return f"""
said=$(dd if=/dev/zero of={place}/filling bs=64k 2>&1) || :
grep -q "No space left" <<<"$said"
"""


def emptied(place: str) -> str:
    return f"rm {place}/filling"


def without_inodes(place: str) -> str:
    return f"""
mkdir {place}/filling
number=0
while : 2>/dev/null >"{place}/filling/$number"; do number=$((number + 1)); done
"""


def with_inodes(place: str) -> str:
    return f"rm -r {place}/filling"


def read_only(place: str, daemon: str) -> str:
    """While no file there is open, which no kernel would wait for; so the daemon starts with it.

    The disk alone, as after an error: a daemon's unit keeps a copy of the mount with its flags."""
    return f"""
systemctl stop {daemon}
mount -o remount,ro=fs {place}
systemctl start --no-block {daemon}
"""


def writable(place: str) -> str:
    return f"mount -o remount,rw=fs {place}"


def on_own_disk(
    id_: str, title: str, place: str, begin: str, end: str, selected: bool = False
) -> Fault:
    """Mail that cannot be stored waits in the queue, and there is still nothing against reading."""
    return Fault(
        id_,
        title,
        begin,
        end,
        prepare=own_disk(place),
        restore=own_disk_gone(place),
        must_accept=place == STORE,
        seen_log_in=True,
        selected=selected,
    )


def memory_disk_full(id_: str, title: str, place: str, meanwhile: str = "") -> Fault:
    """Of a place that the machines of a bed have in memory: it gets a size, and is filled."""
    small = f"mount -o remount,size=$(($(du -sm {place} | cut -f1) + 8))m {place}"
    return Fault(
        id_,
        title,
        f"{small}\n{filled(place)}\n{meanwhile}",
        f"{emptied(place)}\nmount -o remount,size=1g {place}",
        must_accept=True,
        seen_log_in=True,
    )


FAULTS = (
    memory_disk_full("journal-full", "disk of the journal full", "/var/log/journal"),
    memory_disk_full(
        "tmp-full",
        "/tmp full, and large messages",
        "/tmp",
        "smtp-source -m 20 -s 4 -l 500000 -f visitor@example.com"
        " -t load-constant-1@example.test localhost",
    ),
    on_own_disk(
        "queue-full", "queue disk full", QUEUE, filled(QUEUE), emptied(QUEUE), selected=True
    ),
    on_own_disk(
        "queue-inodes",
        "queue disk without inodes",
        QUEUE,
        without_inodes(QUEUE),
        with_inodes(QUEUE),
    ),
    on_own_disk(
        "queue-read-only",
        "queue disk read-only",
        QUEUE,
        read_only(QUEUE, "postfix"),
        writable(QUEUE),
    ),
    on_own_disk(
        "store-full",
        "mail store full",
        STORE,
        filled(STORE),
        emptied(STORE),
        selected=True,
    ),
    on_own_disk(
        "store-inodes",
        "mail store without inodes",
        STORE,
        without_inodes(STORE),
        with_inodes(STORE),
    ),
    on_own_disk(
        "store-read-only",
        "mail store read-only",
        STORE,
        read_only(STORE, "dovecot"),
        writable(STORE),
    ),
)
