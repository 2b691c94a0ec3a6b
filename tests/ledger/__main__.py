"""Count what a mail host does with numbered messages: python -m ledger --connection tests.json."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import time

from e2e.connection import VARIABLE, read_connection
from ledger.load import Load, new_run
from ledger.mailboxes import collect
from ledger.pool import prepare
from ledger.queues import drain
from ledger.verdict import judge


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ledger", description=__doc__)
    parser.add_argument("--connection", help=f"tests.json of a host; else {VARIABLE} names it")
    parser.add_argument("--kind", choices=["ours", "stock"], default="ours")
    parser.add_argument("--rate", type=float, default=10.0, help="messages per second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--drain", type=float, default=60.0, help="wait so long for the queues")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there")
    chosen = parser.parse_args()
    if chosen.connection:
        os.environ[VARIABLE] = chosen.connection
    connection = read_connection()
    pool = prepare(connection, chosen.kind)
    run = new_run()
    began = time.monotonic()
    with Load(connection, pool, chosen.rate, run) as load:
        time.sleep(chosen.seconds)
    sent = time.monotonic() - began
    drained = drain(connection, {run}, chosen.drain)
    began = time.monotonic()
    verdict = judge(load.entries, collect(connection, pool, load.entries))
    read = time.monotonic() - began
    print(verdict.line())
    print(
        f"run {run}: {verdict.sent / chosen.seconds:.1f}/s, {load.late:.2f} s late at the worst,"
        f" answers until {sent:.1f} s, queues empty {drained:.1f} s later, read in {read:.1f} s;"
        f" accepted in {verdict.latency()} s"
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(verdict.data(), indent=2) + "\n")
    return 0 if verdict.clean else 1


if __name__ == "__main__":
    sys.exit(main())
