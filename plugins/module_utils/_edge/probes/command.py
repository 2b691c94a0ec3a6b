# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the host, each with an end."""

from __future__ import annotations

import shlex
import subprocess
import threading
import typing as t

from ..._core.health.observations import Command

# Some daemons' tools ignore SIGTERM while they wait for a database, so this kills.
_SECONDS = 3.0


def run(
    *arguments: str,
    user: str | None = None,
    environment: t.Mapping[str, str] | None = None,
    seconds: float = _SECONDS,
    kill: bool = True,
) -> Command:
    """Run a command, as another user of the host when one is named. What is not to be killed goes
    on alone when the time is over."""
    line = shlex.join(arguments)
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not kill,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd="/",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", **(environment or {})},
        )
    except (OSError, LookupError) as error:
        return Command(line, 127, "", str(error))
    try:
        said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        if kill:
            process.kill()
            with process:  # closes the pipes, which a child of it may still hold
                pass
        else:
            threading.Thread(target=process.communicate, daemon=True).start()
        return Command(line, None)
    output, errors = (text.decode(errors="replace").strip() for text in said)
    return Command(line, process.returncode, output, errors)
