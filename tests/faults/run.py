"""Try faults on a host, one after the other, and write what came of them."""

from __future__ import annotations

import argparse
import imaplib
import json
import os
import pathlib
import sys
import time

from e2e.connection import VARIABLE, read_connection
from faults import record, table
from faults.model import Fault
from faults.record import Record
from faults.site import ScriptFailed, Site
from faults.trial import NotWhole, trial
from faults.work import Work
from ledger.mailboxes import Unread

RATE = 8.0  # messages per second
AFTER_REPAIR_S = 10.0


def tried(fault: Fault, site: Site, rate: float, work: bool) -> Record | None:
    """What came of it, if anything. The stock host may be ill still from the fault before: then it
    is repaired and has a second try; ours has none, since it has to mend itself."""
    for _try in range(2 if site.kind == "stock" else 1):
        try:
            return trial(fault, site, rate, Work(site.connection, fault) if work else None)
        except (NotWhole, Unread, ScriptFailed, OSError, imaplib.IMAP4.error) as trouble:
            print(f"{fault.id}: {trouble}; repaired by hand", flush=True)
            site.repair()
            time.sleep(AFTER_REPAIR_S)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m faults.run", description=__doc__)
    parser.add_argument("--connection", required=True, help="tests.json of the host")
    parser.add_argument("--kind", choices=["ours", "stock"], default="ours")
    parser.add_argument("--only", nargs="*", metavar="ID", help="these faults")
    parser.add_argument("--area", nargs="*", default=[], choices=table.AREAS)
    parser.add_argument("--selected", action="store_true", help="those of make test")
    parser.add_argument("--rate", type=float, default=RATE, help="messages per second")
    parser.add_argument("--work", action="store_true", help="an administrator works meanwhile")
    parser.add_argument("--json", type=pathlib.Path, help="add each record as a line")
    parser.add_argument("--hosts", type=int, default=1, help="3 for the scenario split")
    chosen = parser.parse_args()
    os.environ[VARIABLE] = chosen.connection
    site = Site(read_connection(), chosen.kind)
    known = table.faults(*chosen.area)
    unknown = {*(chosen.only or ())} - {fault.id for fault in known}
    if unknown:
        parser.error(f"there is no fault {min(unknown)!r}")
    wanted = [
        fault
        for fault in known
        if (not chosen.only or fault.id in chosen.only)
        and (fault.selected or not chosen.selected)
        and (fault.stock or chosen.kind == "ours")
        and fault.hosts == chosen.hosts
    ]
    red = 0
    for fault in wanted:
        found = tried(fault, site, chosen.rate, chosen.work)
        if found is None:
            red += 1
            continue
        if chosen.json:
            with chosen.json.open("a") as file:
                file.write(json.dumps(found.data()) + "\n")
        complaints = record.broken(found, fault)
        red += bool(complaints)
        whole = "never" if found.whole_s is None else f"{found.whole_s:.1f} s"
        print(
            f"{'red' if complaints else 'green':6}{fault.id:34} whole {whole:>8} "
            f"{found.sent:5} sent {found.lost} lost {found.duplicated} doubled",
            *(f"\n      {line}" for line in (*complaints, *(found.details if complaints else ()))),
            flush=True,
        )
    return 1 if red or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
