# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the host, each with an end."""

from __future__ import annotations

import shlex
import subprocess
import typing as t

from ..._core.health.observations import Command

# Some daemons' tools ignore SIGTERM while they wait for a database, so this kills.
_SECONDS = 3.0


def run(
    *arguments: str,
    user: str | None = None,
    environment: t.Mapping[str, str] | None = None,
    seconds: float = _SECONDS,
) -> Command:
    """Run a command, as another user of the host when one is named."""
    line = shlex.join(arguments)
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        return Command(line, None)
    except (OSError, LookupError) as error:
        return Command(line, 127, "", str(error))
    output, errors = (text.decode(errors="replace").strip() for text in (done.stdout, done.stderr))
    return Command(line, done.returncode, output, errors)
