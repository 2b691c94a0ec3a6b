"""The database: away, locked, frozen, full, without connections; and too many who log in."""

from __future__ import annotations

from faults.model import Fault
from ledger.pool import CONSTANT, PASSWORD

SERVER = "postgresql@17-main"
DATA = "/var/lib/postgresql/17/main"
STOP = f"systemctl stop {SERVER}"
START = f"systemctl start {SERVER}"
ASK = "runuser -u postgres -- psql -qXAt"
# where a script that goes on keeps whom to end
KEPT = "/run/fault.pids"
END_IT = f"kill $(cat {KEPT}) 2>/dev/null || :\nrm {KEPT}"

LOCKERS = "FROM pg_stat_activity WHERE query LIKE 'DO %pg_sleep(900)%'"
# in every database that somebody made, so that it works for any schema
LOCKED = f"""
cat >/tmp/lock.sql <<'END'
DO $$ DECLARE found record; BEGIN
  FOR found IN
    SELECT * FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
  LOOP
    EXECUTE format('LOCK TABLE %I.%I', found.schemaname, found.tablename);
  END LOOP;
  PERFORM pg_sleep(900);
END $$
END
chmod a+r /tmp/lock.sql
names=$({ASK} -c "SELECT datname FROM pg_database WHERE datname !~ '^(postgres|template.)$'")
for name in $names; do
  setsid {ASK} -d "$name" -f /tmp/lock.sql </dev/null >/dev/null 2>&1 &
done
sleep 1
[ "$({ASK} -c "SELECT count(*) > 0 {LOCKERS}")" = t ]
"""
UNLOCKED = f"""
rm /tmp/lock.sql
{ASK} -c "SELECT pg_terminate_backend(pid) {LOCKERS}"
"""

# those of daemons, by the title of the process; new ones are served
SESSIONS = "pgrep -f '^postgres: [0-9a-z/-]*: *[a-z_]+ [a-z_]+ ' | grep -vx $$"

# a superuser takes those that are kept for superusers as well
USED_UP = f"""
for _ in {{1..130}}; do
  setsid {ASK} -c "SELECT pg_sleep(900)" </dev/null >/dev/null 2>&1 &
done
for _ in {{1..20}}; do {ASK} -c '' 2>/dev/null || exit 0; sleep 1; done
exit 1
"""

# nobody can log in to end them, and a server that sleeps does not see that its client is gone
GIVEN_BACK = "pkill -f '^postgres: 17/main: postgres postgres .local. SELECT'"

CUT = f"""
for _ in {{1..30}}; do
  {ASK} -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
  sleep 0.5
done
"""

FLAPPING = f"""
for _ in {{1..8}}; do
  {STOP}
  sleep 2
  {START}
  sleep 2
done
"""

# the server's files on a disk of their own, with little room beyond what they need
SMALL = f"""
{STOP}
mv {DATA} {DATA}.kept
mkdir {DATA}
size=$(($(du -sm {DATA}.kept | cut -f1) + 48))m
mount -t tmpfs -o "size=$size,mode=700,uid=postgres,gid=postgres" small {DATA}
cp -a {DATA}.kept/. {DATA}
{START}
"""
LARGE = f"""
{STOP}
cp -a {DATA}/. {DATA}.new
umount {DATA}
rmdir {DATA}
mv {DATA}.new {DATA}
rm -r {DATA}.kept
{START}
"""
# somebody's table takes what room there is, then the log of changes has none
FULL = f"""
{ASK} -c 'CREATE TABLE filling (line text)'
for _ in {{1..60}}; do
  {ASK} -c "INSERT INTO filling SELECT repeat('x', 900) FROM generate_series(1, 8000)" || break
done
dd if=/dev/zero of={DATA}/filling bs=64k 2>/dev/null || :
{ASK} -c 'CHECKPOINT; DROP TABLE filling' 2>/dev/null || :
"""
ROOM = f"rm {DATA}/filling"

# a hundred at a time, every second one with a wrong password, from an address that is nobody else's
STORM = f"""
cat >/tmp/storm.py <<'END'
import contextlib, imaplib, ssl, threading
context = ssl._create_unverified_context()
def storm(number):
    while True:
        with contextlib.suppress(Exception):
            client = imaplib.IMAP4_SSL("127.0.0.1", ssl_context=context, timeout=60)
            user = f"load-constant-{{number % {CONSTANT} + 1}}@example.test"
            client.login(user, "{PASSWORD}" if number % 2 else "wrong")
            client.logout()
for number in range(100):
    threading.Thread(target=storm, args=(number,)).start()
END
setsid python3 /tmp/storm.py </dev/null >/dev/null 2>&1 &
echo $! >{KEPT}
"""

IMPATIENT = """
for number in 1 2 3; do
  timeout --signal=KILL 1 doveadm user "nobody-$number@example.test" || :
done
"""


def away(seconds: int, selected: bool = False) -> Fault:
    """Mail is answered 4xx, who was seen before logs in, others are told "later"."""
    title = f"database stopped for {seconds} s"
    id_ = f"database-stopped-{seconds}"
    return Fault(id_, title, STOP, START, hold=seconds, seen_log_in=True, selected=selected)


FAULTS = (
    away(3, selected=True),
    away(60),
    away(200),
    away(600),
    # what Dovecot knows of users is with its process auth, which nobody's going away may end
    Fault(
        "database-stopped-askers-gone",
        "database stopped, and who asks Dovecot for a user does not wait for the answer",
        f"{STOP}\n{IMPATIENT}",
        START,
        seen_log_in=True,
        selected=True,
    ),
    # as after a crash it has to recover first, and tells who connects "starting up"
    Fault(
        "database-crash",
        "database ended at once, and recovered",
        "pg_ctlcluster --skip-systemctl-redirect -m immediate 17 main stop",
        START,
        seen_log_in=True,
    ),
    # Postfix has connections to nothing, and must not keep in mind what it could not look up
    Fault(
        "postfix-restarted-without-database",
        "Postfix restarted while the database was away",
        f"{STOP}\nsystemctl restart postfix",
        START,
        hold=20,
        seen_log_in=True,
        selected=True,
    ),
    # nobody was seen before then: all who log in are told "later", and deliveries wait
    Fault(
        "dovecot-restarted-without-database",
        "Dovecot and the signer restarted while the database was away",
        f"{STOP}\nsystemctl restart dovecot opendkim",
        START,
        hold=20,
    ),
    # all look-ups wait for lock_timeout; nobody may be short of connections afterwards
    Fault(
        "database-locked",
        "all tables locked for 60 s",
        LOCKED,
        UNLOCKED,
        hold=60,
        seen_log_in=True,
    ),
    # it takes connections and never answers, as on a disk that hangs
    Fault(
        "database-frozen",
        "database frozen for 45 s",
        "pkill -STOP -x postgres",
        "pkill -CONT -x postgres",
        hold=45,
        seen_log_in=True,
    ),
    # the same for the connections there are; new ones are served
    Fault(
        "database-half-open",
        "all connections to the database frozen",
        f"{SESSIONS} >{KEPT}\nkill -STOP $(cat {KEPT})",
        f"kill -CONT $(cat {KEPT}) 2>/dev/null || :\nrm {KEPT}",
        hold=30,
    ),
    # who has a connection keeps it; the others are told "later"
    Fault(
        "database-without-connections",
        "all connections of the database used up",
        USED_UP,
        GIVEN_BACK,
        hold=30,
        seen_log_in=True,
    ),
    # each look-up finds its connection dead, and the second try is a new one
    Fault(
        "database-connections-cut",
        "all connections cut, thirty times",
        CUT,
        hold=0,
        seen_log_in=True,
    ),
    Fault(
        "database-flapping",
        "database away every two seconds",
        FLAPPING,
        hold=0,
        seen_log_in=True,
    ),
    # it panics when it cannot write its log, and cannot recover before there is room
    Fault(
        "database-disk-full",
        "disk of the database full",
        FULL,
        ROOM,
        prepare=SMALL,
        restore=LARGE,
        hold=20,
        seen_log_in=True,
    ),
    # Dovecot lets one address wait that has wrong passwords; others log in and mail flows
    Fault(
        "login-storm",
        "a hundred connections that log in, half of them with wrong passwords",
        STORM,
        END_IT,
        hold=30,
        whole_within=60,
        must_accept=True,
    ),
)
