"""One fault under load, counted: the cause comes, stays and goes, the rest must mend itself."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import re
import secrets
import subprocess
import time
import typing as t

from e2e.clients import Clients, verified
from faults import record
from faults.model import Fault
from faults.site import ROOT, Kind, Site, failed
from faults.whole import Wholeness
from ledger import mailboxes, pool, verdict
from ledger.entry import Entry
from ledger.load import Load
from ledger.logins import Login, Logins

WARM_S = 4.0  # load before the cause, which also shows that the host was whole
QUIET_S = 5.0  # so long after the last trouble the host counts as whole
POLL_S = 0.25
QUEUE_POLL_S = 1.0  # it costs a login on the machine, so less often when it takes long
SHARE = 0.05
DETAILS = 3
MOMENT_S = 5.0
CAP_S: t.Mapping[Kind, float] = {"ours": 90.0, "stock": 900.0}
# for the queue: stock Debian tries again after five minutes, and then after ten
DRAIN_S: t.Mapping[Kind, float] = {"ours": 90.0, "stock": 660.0}
SETTLE_S = 60.0  # after a repair by hand
ENHANCED = re.compile(r"\d\.\d{1,3}\.\d{1,3}")


RECORDS = ROOT / ".cache" / "faults"


class NotWhole(Exception):
    """The host was not whole before the cause came, so that nothing would be told by the rest."""


@dataclasses.dataclass(frozen=True)
class Moments:
    """time.monotonic() when the cause began to come, was there, began to go, was gone."""

    began: float
    held: float
    ending: float
    ended: float

    def during(self, moment: float) -> bool:
        """While the cause was there; of one that does not stay, the seconds since it came."""
        if self.ending > self.held + 1:
            return self.held <= moment <= self.ending
        return self.began <= moment <= max(self.ending, self.began + MOMENT_S)


class Beside(t.Protocol):
    """What an administrator does while the cause is there."""

    def begin(self) -> None: ...

    def finish(self) -> list[str]:
        """What was not as it has to be, as sentences."""


def trial(fault: Fault, site: Site, rate: float, beside: Beside | None = None) -> record.Record:
    """Do it once, on a host that is made ready for it and put back."""
    with site.alone():
        try:
            if fault.prepare:
                site.run(fault.prepare, fault.at)
            return counted(fault, site, rate, beside)
        finally:
            if fault.restore:
                site.run(fault.restore, fault.at)


def counted(fault: Fault, site: Site, rate: float, beside: Beside | None) -> record.Record:
    connection = site.connection
    cap = CAP_S[site.kind]
    # half of the messages and one login a second may take a mailbox that nobody has used
    spare = int((fault.hold + cap + SETTLE_S) * (rate / 2 + 1))
    accounts = pool.prepare(connection, site.kind, max(spare, pool.SPARE))
    clients = Clients(connection, verified(connection), connection.address)
    run = f"{fault.id}-{secrets.token_hex(3)}"
    with Load(connection, accounts, rate, run) as load, Logins(connection, accounts) as logins:
        warm(load, logins)
        moments = inject(fault, site, beside)
        with Wholeness(clients, accounts.constant[-1]) as wholeness:
            await_whole(wholeness, load, logins, moments, cap)
        load.stop()
        logins.stop()
    whole_s = seconds_to_whole(wholeness, load.entries, logins.entries, moments)
    if time.monotonic() - moments.ended > cap + QUIET_S:
        whole_s = None
    trouble: tuple[str, ...] = () if whole_s is not None else (wholeness.last_trouble,)
    if whole_s is None:
        site.repair()
    backlog_s = drained(site, moments.ended, DRAIN_S[site.kind]) if whole_s is not None else None
    if backlog_s is None:
        trouble += tuple(site.queued()[:10])
        site.repair()
        site.run("postqueue -f")
        drained(site, time.monotonic(), SETTLE_S)
    complaints = tuple(beside.finish()) if beside else ()
    if fault.proof and site.kind == "ours":
        complaints += tuple(site.run(fault.proof, fault.at).splitlines())
    entries = list(load.entries)
    judged = verdict.judge(entries, mailboxes.collect(connection, accounts, entries))
    if backlog_s is None:
        # it was counted, and would be the next trial's backlog
        site.run("postsuper -d ALL")
    during = [e for e in entries if e.way == "outside" and e.kind != "unknown"]
    asked = [login for login in logins.entries if moments.during(login.began)]
    users = {
        kind: record.count(login.answer for login in asked if login.kind == kind)
        for kind in ("seen", "new", "submission")
    }
    return record.Record(
        fault=fault.id,
        title=fault.title,
        kind=site.kind,
        commit=commit(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        held_s=round(moments.ending - moments.held, 1),
        whole_s=whole_s,
        backlog_s=backlog_s,
        senders=record.count(answer(entry) for entry in during if moments.during(entry.began)),
        seen_users=users["seen"],
        new_users=users["new"],
        submitting_users=users["submission"],
        sent=judged.sent,
        accepted=judged.accepted,
        lost=judged.lost,
        duplicated=judged.duplicated,
        bounced=judged.bounced,
        wrongly_refused=judged.wrongly_refused,
        wrongly_accepted=judged.wrongly_accepted,
        unknown=judged.unknown,
        unsigned=judged.unsigned,
        late_s=round(load.late, 2),
        details=(*trouble, *details(judged)),
        complaints=complaints,
    )


def keep(found: record.Record, name: str) -> None:
    """For the table in the guide."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    with (RECORDS / f"{name}.jsonl").open("a") as file:
        file.write(json.dumps(found.data()) + "\n")


def warm(load: Load, logins: Logins) -> None:
    time.sleep(WARM_S)
    trouble = [answer(entry) for entry in load.entries if is_trouble(entry)]
    trouble += [login.answer for login in logins.entries if login.answer != "in"]
    if trouble or not load.entries or not logins.entries:
        raise NotWhole(f"before the cause came: {record.count(trouble) or 'no answer at all'}")


def inject(fault: Fault, site: Site, beside: Beside | None) -> Moments:
    """The cause comes, stays and goes, whatever happens meanwhile."""
    began = held = time.monotonic()
    run = functools.partial(done_or_stopped, fault, site)
    try:
        run(fault.begin)
        held = time.monotonic()
        if beside:
            beside.begin()
        time.sleep(fault.hold)
    finally:
        ending = time.monotonic()
        run(fault.end)
    return Moments(began, held, ending, time.monotonic())


def done_or_stopped(fault: Fault, site: Site, script: str) -> None:
    """The script has to succeed, but on the stock host it may fail in the way that is known."""
    done = site.ask(script, fault.at)
    if done.returncode and not may_fail(fault, site.kind, done.stdout + done.stderr):
        raise failed(script, fault.at, done)


def may_fail(fault: Fault, kind: Kind, said: str) -> bool:
    return kind == "stock" and fault.stock_fails != "" and fault.stock_fails in said


def await_whole(
    wholeness: Wholeness, load: Load, logins: Logins, moments: Moments, cap: float
) -> None:
    """Return when nothing has gone wrong for a while, or at the cap."""
    while time.monotonic() < moments.ended + cap + QUIET_S:
        time.sleep(POLL_S)
        seconds = seconds_to_whole(wholeness, load.entries, logins.entries, moments)
        if seconds is not None and time.monotonic() > moments.ended + seconds + QUIET_S:
            return


def seconds_to_whole(
    wholeness: Wholeness,
    entries: t.Iterable[Entry],
    logins: t.Iterable[Login],
    moments: Moments,
) -> float | None:
    """From the end of the cause to the last trouble anybody had, or the first message through."""
    if wholeness.first is None:
        return None
    late = [entry.began for entry in list(entries) if is_trouble(entry)]
    late += [login.began for login in list(logins) if login.answer != "in"]
    return max(0.0, max([wholeness.first, *late]) - moments.ended)


def drained(site: Site, since: float, cap: float) -> float | None:
    """Seconds until the queue was empty."""
    while site.waiting():
        if time.monotonic() > since + cap:
            return None
        time.sleep(max(QUEUE_POLL_S, SHARE * (time.monotonic() - since)))
    return time.monotonic() - since


def details(judged: verdict.Verdict) -> list[str]:
    """The first messages of each kind with which something went wrong."""
    messages = judged.data()["messages"]
    return [f"{name}: {entry}" for name in verdict.FAULTS for entry in messages[name][:DETAILS]]


def is_trouble(entry: Entry) -> bool:
    """Mail to unknown recipients is refused when all is well."""
    return entry.kind != "unknown" and entry.outcome != "accepted"


def answer(entry: Entry) -> str:
    """An answer without its words: 451 4.3.0."""
    if not entry.code:
        return {"unreached": "no connection", "unknown": "no answer"}.get(entry.outcome, "cut")
    found = ENHANCED.search(entry.text)
    return f"{entry.code} {found.group()}" if found else str(entry.code)


def commit() -> str:
    """Of the checkout, with a sign where it has changes that are in no commit."""
    command = ["git", "describe", "--always", "--dirty=+"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
