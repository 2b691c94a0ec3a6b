"""Every fault on our host, and on stock Debian 13 beside it; then the table in the guide.

Several hosts of either kind take the faults one after the other from one list, each host under
its own load. Records go to .cache/faults; with --document they become docs/faults.jsonl."""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import queue
import subprocess
import sys
import typing as t

from faults import document, record, table
from faults.model import Fault
from faults.site import ROOT, Kind

FOLDER = ROOT / ".cache" / "faults"
# waiting is most of what a trial does, above all on the stock host
BEDS: t.Mapping[Kind, tuple[str, ...]] = {
    "ours": ("try60", "try65", "try67"),
    "stock": ("stock", "try61", "try62", "try63", "try64"),
}
PATIENCE = 3600  # seconds for one trial
WORK_S = 15.0  # what is over sooner is over before an administrator's work has begun


@dataclasses.dataclass(frozen=True)
class Worker:
    """A host that takes one fault after the other."""

    bed: str
    kind: Kind

    def ready(self) -> str:
        tool = [str(ROOT / "tests" / "faults" / "ready"), self.bed, self.kind]
        done = subprocess.run(tool, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.bed}: {done.stdout}{done.stderr}")
        return done.stdout.strip().splitlines()[-1]

    def work(self, waiting: queue.SimpleQueue[Fault], results: pathlib.Path) -> int:
        """How many faults were red here."""
        connection, red = self.ready(), 0
        while True:
            try:
                fault = waiting.get_nowait()
            except queue.Empty:
                return red
            command = [sys.executable, "-m", "faults.run", "--connection", connection]
            command += ["--kind", self.kind, "--only", fault.id, "--json", str(results)]
            command += ["--work"] if self.kind == "ours" and fault.hold >= WORK_S else []
            with (results.parent / f"{self.bed}.log").open("a") as log:
                done = subprocess.run(
                    command, stdout=log, stderr=log, timeout=PATIENCE, check=False
                )
            print(f"{'red' if done.returncode else 'green':6}{self.kind:6}{fault.id}", flush=True)
            red += bool(done.returncode)


def faults(kind: Kind) -> list[Fault]:
    """Those of one host, the longest first, so that none is left alone at the end."""
    wanted = [one for one in table.faults() if one.hosts == 1 and (one.stock or kind == "ours")]
    return sorted(wanted, key=lambda fault: -fault.hold)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/faults/long", description=__doc__)
    parser.add_argument("--document", action="store_true", help="write the table in docs/")
    parser.add_argument("--kind", choices=["ours", "stock"], help="only this host")
    parser.add_argument("--keep", action="store_true", help="leave the machines there")
    parser.add_argument("--only", nargs="*", metavar="ID", help="these faults")
    chosen = parser.parse_args()
    kinds: list[Kind] = [chosen.kind] if chosen.kind else ["ours", "stock"]
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = FOLDER / f"records-{os.getpid()}.jsonl"
    waiting: dict[Kind, queue.SimpleQueue[Fault]] = {kind: queue.SimpleQueue() for kind in kinds}
    for kind in kinds:
        for fault in faults(kind):
            if not chosen.only or fault.id in chosen.only:
                waiting[kind].put(fault)
    workers = [Worker(bed, kind) for kind in kinds for bed in BEDS[kind]]
    try:
        with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
            running = {
                worker: pool.submit(worker.work, waiting[worker.kind], results)
                for worker in workers
            }
        # what stock Debian does is for the table; it is nobody's failure
        red = sum(done.result() for worker, done in running.items() if worker.kind == "ours")
    finally:
        if not chosen.keep:
            for worker in workers:
                tool = str(ROOT / "tests" / "bed" / "hosts")
                subprocess.run([tool, "down", worker.bed], timeout=120, check=False)
    found = [record.read(json.loads(line)) for line in results.read_text().splitlines()]
    if chosen.document:
        # those of the three hosts come from the scenario split
        document.write([*FOLDER.glob("split.jsonl"), results])
    print(document.told(found))
    colour = "red" if red else "green"
    print(f"faults: {colour}, {len(found)} trials, {red} red on our host: {results}")
    return 1 if red or not found else 0


if __name__ == "__main__":
    sys.exit(main())
