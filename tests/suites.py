"""The suites of the project: one table, a few at a time, none of them empty."""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import typing as t

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOGS = ROOT / ".cache" / "gate"
JOBS = 3  # suites with machines wait most of the time
# What starts no machine gives way to what does, whose tests measure seconds: nice(1) says so among
# the processes of a session, and the other among sessions (sched(7), "The autogroup feature").
GENTLY = ("sh", "-c", 'echo 10 2>/dev/null >/proc/self/autogroup; exec nice "$@"', "gently")
TAIL = 60  # lines of its log that a red suite shows

STARTED: list[subprocess.Popen[bytes]] = []
PYTEST = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")
QUALITY = re.compile(r"^[\w-]+: green, (\d+) ", re.MULTILINE)
PYTEST_SUMMARY = re.compile(r"\d+ [a-z]+(?:, \d+ [a-z]+)* in [\d.]+s")


@dataclasses.dataclass(frozen=True)
class Suite:
    """A command, how long it may take; a quick one starts no machine, a long one is for --long, and
    one that is for a table in the guide runs alone."""

    name: str
    command: tuple[str, ...]
    seconds: int
    quick: bool = True
    long: bool = False
    alone: bool = False


@dataclasses.dataclass(frozen=True)
class Result:
    passed: int
    failed: int
    note: str = ""


def quality(name: str, seconds: int = 60) -> Suite:
    return Suite(name, ("python", "-m", "quality", name), seconds)


def tests(name: str, *paths: str, seconds: int, quick: bool = True) -> Suite:
    return Suite(name, ("pytest", "-q", "--no-header", *paths), seconds, quick)


def measured(name: str, *paths: str, seconds: int) -> Suite:
    """Tests that run the plugins' code in their own process, so that its coverage can be seen."""
    pytest = ("-m", "pytest", "-q", "--no-header", *paths)
    return Suite(name, ("coverage", "run", "--parallel-mode", *pytest), seconds)


# The long ones begin early, so that none is left alone at the end. A limit is for what hangs: three
# to four times what a suite takes when both processors are busy with others.
SUITES = (
    quality("house"),
    quality("ruff"),
    quality("mypy", 120),
    # under load, one fault of each kind; it waits more than all others
    Suite("faults", ("tests/scenario", "faults"), 2700, quick=False),
    # three hosts; tests/e2e runs there once more, beside tests/split and tests/leaks
    Suite("split", ("tests/scenario", "split"), 3000, quick=False),
    # tests/health and tests/e2e run in there, on its host
    Suite("default", ("tests/scenario", "default"), 1800, quick=False),
    # tests/daily and tests/configuration
    Suite("daily", ("tests/scenario", "daily"), 2400, quick=False),
    # every fault, on stock Debian 13 as well
    Suite("every-fault", ("tests/faults/long",), 4 * 3600, quick=False, long=True, alone=True),
    # hosts of other kinds, and what they were before
    Suite("hosts", ("tests/scenario", "hosts"), 1800, quick=False),
    measured("database", "tests/database", seconds=1200),
    Suite("services", ("tests/scenario", "services"), 1200, quick=False),
    tests("readme", "tests/readme", seconds=900, quick=False),
    measured("unit", "tests/unit", seconds=400),
    quality("sanity", 300),
    tests("quality", "tests/quality", seconds=240),
    quality("ansible-lint", 300),
    quality("docs", 120),
    quality("pages", 120),
    quality("build"),
    quality("python39"),
    quality("shellcheck"),
    quality("licences"),
    quality("inventory"),
)


def count(printed: str, status: int) -> Result:
    """What a suite's output and status say. Pure; a suite that ran nothing has failed."""
    found = [pair for line in PYTEST_SUMMARY.findall(printed) for pair in PYTEST.findall(line)]
    passed = sum(int(number) for number, word in found if word == "passed")
    failed = sum(int(number) for number, word in found if word.startswith(("failed", "error")))
    skipped = sum(int(number) for number, word in found if word == "skipped")
    looked_at = [int(number) for number in QUALITY.findall(printed)]
    passed += sum(number > 0 for number in looked_at)
    if status == 0 and failed == 0 and passed == 0:
        return Result(0, 1, "it ran nothing")
    if status != 0 and failed == 0:
        return Result(passed, 1, f"it ended with status {status}")
    return Result(passed, failed, f"{skipped} skipped" if skipped else "")


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def run(suite: Suite) -> Result:
    log = LOGS / f"{suite.name}.log"
    with log.open("w") as file:
        # a group of its own: what the suite started ends with it
        process = subprocess.Popen(
            (*(GENTLY if suite.quick else ()), *suite.command),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        STARTED.append(process)
        try:
            status = process.wait(
                timeout=suite.seconds * (4 if "SELFHOST_LONG" in os.environ else 1)
            )
        except subprocess.TimeoutExpired:
            return Result(0, 1, f"it took longer than {suite.seconds} s")
        finally:
            end(process)
    return count(log.read_text(errors="replace"), status)


def timed(suite: Suite) -> tuple[Suite, float, Result]:
    started = time.monotonic()
    result = run(suite)
    return suite, time.monotonic() - started, result


def side_by_side(wanted: t.Sequence[Suite], jobs: int) -> t.Iterator[tuple[Suite, float, Result]]:
    """Run some at a time, in this order; who stops the gate stops what it started."""
    pool = concurrent.futures.ThreadPoolExecutor(jobs)
    try:
        running = [pool.submit(timed, suite) for suite in wanted]
        for done in concurrent.futures.as_completed(running):
            yield done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in STARTED:
            end(process)


def in_phases(wanted: t.Sequence[Suite], jobs: int) -> t.Iterator[tuple[Suite, float, Result]]:
    """Those that may run beside others, and then the rest, one after the other."""
    yield from side_by_side([suite for suite in wanted if not suite.alone], jobs)
    yield from side_by_side([suite for suite in wanted if suite.alone], 1)


def coverage(*arguments: str) -> str:
    command = ("coverage", *arguments)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def covered() -> str:
    """How much of the plugins the measured suites ran."""
    coverage("combine")
    total = coverage("report", "--format=total")
    return f"the measured suites ran {total} % of the code in plugins/"


def main() -> int:
    names = [suite.name for suite in SUITES]
    parser = argparse.ArgumentParser(prog="tests/gate", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"one of {', '.join(names)}")
    parser.add_argument("--list", action="store_true", help="name the suites and end")
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"suites at a time ({JOBS})")
    parser.add_argument("--quick", action="store_true", help="only those that start no machine")
    parser.add_argument("--long", action="store_true", help="hours: every fault, everywhere")
    chosen = parser.parse_args()
    unknown = sorted({*chosen.suites} - {*names})
    if unknown:
        parser.error(f"there is no suite {unknown[0]!r}; choose from {', '.join(names)}")
    wanted = [
        suite
        for suite in SUITES
        if suite.name in (chosen.suites or names)
        and (suite.quick or not chosen.quick)
        and (chosen.long or suite.name in chosen.suites or not suite.long)
    ]
    if chosen.list:
        print("\n".join(suite.name for suite in wanted))
        return 0
    if chosen.long:
        os.environ["SELFHOST_LONG"] = "yes"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    LOGS.mkdir(parents=True, exist_ok=True)
    coverage("erase")
    passed = failed = 0
    for suite, seconds, result in in_phases(wanted, chosen.jobs):
        passed, failed = passed + result.passed, failed + result.failed
        word = "red" if result.failed else "green"
        said = f"{result.passed:5} passed {result.failed:3} failed  {result.note}".rstrip()
        print(f"{word:6}{suite.name:14}{seconds:7.1f} s {said}", flush=True)
        if result.failed:
            log = LOGS / f"{suite.name}.log"
            print("\n".join(f"    {line}" for line in log.read_text().splitlines()[-TAIL:]))
            print(f"    all of it: {log}", flush=True)
    if any(suite.command[0] == "coverage" for suite in wanted):
        print(covered())
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
