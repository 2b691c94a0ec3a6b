"""The demo: its steps, and the report at its end."""

from __future__ import annotations

import json
import pathlib
import sys
import time

from demo import paths, report
from demo.steps import Step, StepFailed, changes, run

MAKE = (
    Step("Prepare this machine", "prepare", ((str(paths.BED / "prepare"),),)),
    Step(
        "Build the image of a bare Debian 13",
        "image",
        ((str(paths.BED / "image"), "base"), (str(paths.BED / "image"), "bed")),
    ),
    Step(
        "Start mx1.example.test and a name server",
        "hosts",
        ((str(paths.BED / "hosts"), "up", paths.NAME),),
    ),
    Step("Make it a mail host", "site", (paths.playbook("site"),)),
    Step(
        "Import the example accounts",
        "import",
        (paths.playbook("import_users", import_users_src=paths.USERS),),
    ),
    Step("Write the records", "dns", (paths.playbook("dns", zone_directory=paths.ZONES),)),
)
PROVE = (
    Step("Activate the DKIM keys", "dkim", (paths.playbook("dkim"),)),
    Step(
        "Write connection.json",
        "connection",
        (
            (
                str(paths.BED / "connection"),
                paths.NAME,
                *map(str, (paths.INVENTORY, paths.USERS, paths.HEALTH, paths.FOLDER)),
            ),
        ),
    ),
    Step(
        "Ask the host how it is", "health", (paths.playbook("health", health_report=paths.HEALTH),)
    ),
)

CHANGE_THE_HOST = ("site", "import", "dkim")  # the other playbooks write files here, or look


def publish(zones: list[pathlib.Path]) -> Step:
    """Zone files as the playbook wrote them, into the test name server."""
    command = (str(paths.BED / "dns" / "publish"), paths.NAME, *map(str, zones))
    return Step("Publish them", "publish", (command,))


def zone_files() -> list[pathlib.Path]:
    return sorted(paths.ZONES.glob("*.zone"))


def make(printed: dict[str, str]) -> None:
    """Run every step and keep what each printed, under the name of its log."""
    total = len(MAKE) + 1 + len(PROVE)
    for number, step in enumerate(MAKE, start=1):
        printed[step.log] = run(step, number, total, paths.FOLDER)
    rest = (publish(zone_files()), *PROVE)
    for number, step in enumerate(rest, start=len(MAKE) + 1):
        printed[step.log] = run(step, number, total, paths.FOLDER)


def main() -> int:
    started = time.monotonic()
    paths.FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths.HEALTH.unlink(missing_ok=True)
    again = paths.CONNECTION.exists()
    printed: dict[str, str] = {}
    try:
        make(printed)
    except StepFailed as failed:
        print(failed, file=sys.stderr)
        if not paths.HEALTH.exists():
            return 1
        # a host that is ill has its report, too
        printed["health"] = (paths.FOLDER / "health.log").read_text()
    connection = json.loads(paths.CONNECTION.read_text())
    health = json.loads(paths.HEALTH.read_text())
    zones = {path.stem: path.read_text() for path in zone_files()}
    print(report.render(connection, zones, str(paths.FOLDER), printed["health"]))
    if again:
        count = changes("".join(printed.get(step, "") for step in CHANGE_THE_HOST))
        print(f"\nIt was there before: changed={count} on the host.")
    print(f"\nDone in {time.monotonic() - started:.0f} s.")
    print(report.verdict(health))
    return 0 if report.healthy(health) else 1


if __name__ == "__main__":
    sys.exit(main())
