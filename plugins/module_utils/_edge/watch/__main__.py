# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service watch: python3 -m PACKAGE._edge.watch --delivery PLACE. Copy _core and _edge into any
package. Where the database is stands in the environment, as libpq takes it."""

from __future__ import annotations

import argparse
import sys
import time
import typing as t

from ..._core.watch.decision import Sight, decide
from ..._core.watch.state import State, Told, from_text, remembered, tell, tell_action, to_text
from . import host, look
from .delivery import Place

_TICK_S = 0.5


def main() -> int:
    given = _parsed()
    place = _place(given.delivery, given.ca_file)
    if given.check:
        return 0
    try:
        with host.alone():
            watch(place, given.pause)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
    return 1


def watch(place: Place, pause: float) -> t.NoReturn:
    memory = remembered(from_text(host.read_state()), time.monotonic())
    database, delivery = look.at_database(), look.at_delivery(place)
    told, unwritten = Told(), ""
    host.notify("READY=1")
    # before that, nothing seen would look like something gone
    database.wait()
    delivery.wait()
    while True:
        now = time.monotonic()
        sight = Sight(now, database.look(), delivery.look(), host.reloading())
        why = {"database": database.why, "delivery": delivery.why}
        memory, action = decide(memory, sight, pause)
        told, lines = tell(told, sight, why, pause)
        if action:
            lines.append(host.do(action) or tell_action(action))
        before, unwritten = unwritten, host.write_state(to_text(State(now, memory, why)))
        if unwritten != before and unwritten:
            lines.append(unwritten)
        for line in lines:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        host.notify("WATCHDOG=1")
        time.sleep(_TICK_S)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="watch", description=__doc__)
    parser.add_argument("--delivery", required=True, help="path of a socket, or HOST:PORT")
    parser.add_argument("--ca-file", default="", help="whose certificate a HOST must have")
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two deeds")
    parser.add_argument("--check", action="store_true", help="only see whether it would start")
    return parser.parse_args()


def _place(said: str, ca_file: str) -> Place:
    if said.startswith("/"):
        return Place(path=said)
    host_name, _colon, port = said.rpartition(":")
    if not host_name or not port.isdecimal():
        raise SystemExit(f"--delivery {said!r} is neither a path nor HOST:PORT.")
    return Place(host=host_name, port=int(port), ca_file=ca_file)


if __name__ == "__main__":
    raise SystemExit(main())
