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


def publish(zones: list[pathlib.Path]) -> Step:
    """Zone files as the playbook wrote them, into the test name server."""
    command = (str(paths.BED / "dns" / "publish"), paths.NAME, *map(str, zones))
    return Step("Publish them", "publish", (command,))


def make() -> str:
    """Run every step and return what the playbooks printed."""
    total = len(MAKE) + 1 + len(PROVE)
    printed = ""
    for number, step in enumerate(MAKE, start=1):
        printed += run(step, number, total, paths.FOLDER)
    rest = (publish(sorted(paths.ZONES.glob("*.zone"))), *PROVE)
    for number, step in enumerate(rest, start=len(MAKE) + 1):
        printed += run(step, number, total, paths.FOLDER)
    return printed


def main() -> int:
    started = time.monotonic()
    paths.FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths.ZONES.mkdir(exist_ok=True)
    paths.HEALTH.unlink(missing_ok=True)
    again = paths.CONNECTION.exists()
    try:
        printed = make()
    except StepFailed as failed:
        print(failed, file=sys.stderr)
        if not paths.HEALTH.exists():  # a host that is ill still deserves its report
            return 1
        printed = ""
    connection = json.loads(paths.CONNECTION.read_text()) | {"folder": paths.FOLDER}
    health = json.loads(paths.HEALTH.read_text())
    zones = "\n".join(path.read_text().strip() for path in sorted(paths.ZONES.glob("*.zone")))
    print(report.render(connection, health, zones, time.monotonic() - started))
    if again:
        print(f"It was there already: changed={changes(printed)}.")
    print(report.verdict(health))
    return 0 if report.healthy(health) else 1


if __name__ == "__main__":
    sys.exit(main())
