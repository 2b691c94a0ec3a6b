"""Run the health playbook on the demo's host and end as it says."""

from __future__ import annotations

import json
import subprocess
import sys

from demo import paths, report


def main() -> int:
    if not paths.CONNECTION.exists():
        print("there is no demo to ask; start it with: make demo", file=sys.stderr)
        return 69
    paths.HEALTH.unlink(missing_ok=True)
    ended = subprocess.run(paths.playbook("health", health_report=paths.HEALTH), check=False)
    if not paths.HEALTH.exists():
        print("the host could not be asked; the lines above say why", file=sys.stderr)
        return ended.returncode or 1
    health = json.loads(paths.HEALTH.read_text())
    print(report.verdict(health))
    return 0 if report.healthy(health) and ended.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
