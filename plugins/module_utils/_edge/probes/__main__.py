# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of this host without Ansible: options as JSON on the standard input, report to the
standard output. Copy _core and _edge into any package: python3 -m PACKAGE._edge.probes <options"""

from __future__ import annotations

import json
import sys

from ..._core.health.report.data import data
from ..database.connection import Login
from .run import examine, own_addresses
from .settings import parse_settings


def main() -> int:
    options = json.load(sys.stdin)
    login = Login(**options.pop("login", {}))
    health = examine(parse_settings(options, login, own_addresses()))
    json.dump(data(health), sys.stdout)
    return 0 if health.score == 100 else 1


if __name__ == "__main__":
    raise SystemExit(main())
