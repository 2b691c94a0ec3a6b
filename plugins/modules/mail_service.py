#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_service
short_description: Pause, resume or restart Postfix and Dovecot without losing mail
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Before it stops a daemon it waits for what is going on to end. Postfix begins no new delivery
    then and ends those that it has begun, and takes in what is being sent to it. Dovecot lets
    nobody log in any more, ends the reading and storing of messages, and then says goodbye to its
    clients.
  - What has not ended after O(patience) seconds is cut. Nothing is lost by that, since a sender
    keeps what was not accepted, and tries again.
  - A paused daemon stays stopped, also over a reboot, until it is resumed. Nothing can start it,
    since its unit is masked; the playbook site.yml fails until then. The queue stays as it is.
extends_documentation_fragment:
  - selfhost.mail.attributes
options:
  units:
    description: The daemons, in the order in which to take them.
    type: list
    elements: str
    choices: [postfix, dovecot]
    required: true
  state:
    description: What to do with them.
    type: str
    required: true
    choices:
      paused: Drain them, stop them and keep them stopped.
      running: Start them, wait until they answer, and deliver what waits in the queue.
      restarted:
        - Drain them and start them anew, one after the other, and deliver what waits in the queue.
  patience:
    description: For how many seconds to wait at most for what is going on to end.
    type: int
    default: 60
  services:
    description:
      - The services of this host, as in the variable C(site_services) of the role
        P(selfhost.mail.site#role). All of them must answer before a daemon counts as running.
    type: dict
    default: {}
attributes:
  diff_mode:
    support: none
    description: There is no text to compare.
  idempotent:
    support: partial
    description: With O(state=restarted) every run restarts them.
seealso:
  - module: selfhost.mail.mail_health
"""

EXAMPLES = r"""
- name: Stop the flow of mail while the disks are exchanged
  selfhost.mail.mail_service:
    units: [postfix, dovecot]
    state: paused

- name: Let it flow again
  selfhost.mail.mail_service:
    units: [dovecot, postfix]
    state: running
    services:
      smtp: {port: 25, enabled: true, addresses: []}
      imaps: {port: 993, enabled: true, addresses: []}
"""

RETURN = r"""
report:
  description: A line for each of the daemons and one for the queue.
  returned: success
  type: list
  elements: str
  sample:
    - postfix is restarted; what it was doing took 0.1 s to end; nobody was answered for 0.3 s
    - 2 messages waited in the queue, and are being delivered now
daemons:
  description: What was done to each.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The daemon.
      type: str
      sample: postfix
    steps:
      description: What was done to it, or would be in check mode.
      type: list
      elements: str
      sample: [drain, restart, wait]
    drained_s:
      description: How many seconds it took until nothing was going on any more.
      type: float
      sample: 0.1
    cut:
      description: How many messages on their way in or out were cut after O(patience).
      type: int
      sample: 0
    gap_s:
      description: How many seconds it took at most until it answered again.
      type: float
      sample: 0.3
queue:
  description: How many messages were in the queue of Postfix. V(null) without Postfix in O(units).
  returned: success
  type: dict
  contains:
    before:
      description: Before.
      type: int
      sample: 2
    after:
      description: After.
      type: int
      sample: 2
"""

import time
import typing as t

from ..module_utils._core.daemons import (
    DOVECOT,
    DRAIN,
    MASK,
    PAUSED,
    POSTFIX,
    START,
    STATES,
    STOP,
    UNITS,
    UNMASK,
    WAIT,
    Done,
    Unit,
    steps,
    tell,
    tell_queue,
)
from ..module_utils._edge import daemons
from ..module_utils._edge.probes import settings
from ..module_utils._module import Options, Result, run


def serve(options: Options, check_mode: bool) -> Result:
    state, names = options["state"], options["units"]
    services = tuple(settings.services_of(options["services"], "localhost", "localhost", LOOPBACK))
    plans = [(unit, steps(state, unit)) for unit in map(daemons.look, names)]
    before = daemons.queue_length() if POSTFIX in names else 0
    if check_mode:
        done = [Done(unit, planned) for unit, planned in plans]
    else:
        done = [_carry_out(one, planned, options["patience"], services) for one, planned in plans]
    flushed = state != PAUSED and not check_mode
    if flushed and POSTFIX in names:
        daemons.flush()
    report = [tell(one, would=check_mode) for one in done]
    result: Result = {"changed": any(one.steps for one in done), "report": report, "queue": None}
    if POSTFIX in names:
        after = daemons.queue_length()
        result["report"].append(tell_queue(before, after, flushed=flushed))
        result["queue"] = {"before": before, "after": after}
    return {**result, "daemons": [_shown(one) for one in done]}


LOOPBACK = ("127.0.0.1",)


def _carry_out(unit: Unit, planned: t.Sequence[str], patience: float, services: t.Any) -> Done:
    drained_s, cut = 0.0, 0
    began = time.monotonic()
    if DRAIN in planned:
        with daemons.drained(unit.name, patience) as cut:
            drained_s = time.monotonic() - began
            # Dovecot's ports are closed from then on
            began = began if unit.name == DOVECOT else time.monotonic()
            daemons.systemctl("stop" if STOP in planned else "restart", unit.name)
    for step in (MASK, UNMASK, START):
        if step in planned:
            daemons.systemctl(step, unit.name)
    if WAIT in planned:
        daemons.wait_until_it_answers(unit.name, services)
    return Done(unit, tuple(planned), drained_s, cut, time.monotonic() - began)


def _shown(done: Done) -> Result:
    return {
        "name": done.unit.name,
        "steps": list(done.steps),
        "drained_s": round(done.drained_s, 3),
        "cut": done.cut,
        "gap_s": round(done.gap_s, 3) if WAIT in done.steps else 0.0,
    }


def main() -> None:
    options: Options = {
        "units": {"type": "list", "elements": "str", "choices": list(UNITS), "required": True},
        "state": {"type": "str", "choices": list(STATES), "required": True},
        "patience": {"type": "int", "default": 60},
        "services": {"type": "dict", "default": {}},
    }
    run(serve, options)


if __name__ == "__main__":
    main()
