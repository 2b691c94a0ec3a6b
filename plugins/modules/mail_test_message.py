#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_test_message
short_description: Send a test message and follow it to its end
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Hands a message to the Postfix of the host, on a port of the loopback as every program of the
    host does. So it is signed, and goes the way of all mail.
  - Then it follows the message in the mail log, for every recipient that it was expanded to, until
    it was delivered, returned or deferred.
  - It knows the message by its Message-ID, so a filter or a requeue that gives it another queue ID
    does not mislead it, nor does other mail.
  - It fails when the message will not arrive for one of them. One that is deferred, held or still
    in the queue is no failure.
  - Run it on a host of the group C(mail_edge).
extends_documentation_fragment:
  - selfhost.mail.attributes
options:
  to:
    description: The address to send to, here or anywhere.
    type: str
    required: true
  sender:
    description:
      - The address that sends, and gets the message back when it cannot be delivered.
      - The message is signed when its domain is hosted here and has an active DKIM key.
    type: str
    required: true
  wait:
    description: For how many seconds to follow the message at most.
    type: int
    default: 60
  address:
    description: Where Postfix takes mail from programs of this host.
    type: str
    default: 127.0.0.1
  port:
    description: The port there.
    type: int
    default: 25
attributes:
  check_mode:
    support: full
    description:
      - Sends nothing. It only asks Postfix whether it would take a message for this recipient.
  diff_mode:
    support: none
    description: Sends mail, which has no state before and after.
  idempotent:
    support: none
    description: Every run sends another message.
seealso:
  - module: selfhost.mail.mail_health
"""

EXAMPLES = r"""
- name: Send a test message
  selfhost.mail.mail_test_message:
    to: maria@example.org
    sender: postmaster@example.org
  register: test

- name: Show its way
  ansible.builtin.debug:
    msg: "{{ test.report }}"
"""

RETURN = r"""
report:
  description: The way of the message, a line for each step.
  returned: always
  type: list
  elements: str
  sample:
    - 04:49:25.230  delivered into the mailbox of maria@example.org after 0.12 s through
      mx1.example.org[private/dovecot-lmtp], which said 250 2.0.0 <maria@example.org> UxouKM Saved
message_id:
  description: The Message-ID of the message.
  returned: when it was sent
  type: str
  sample: <test.9b2f6c1e8a7d4f50@example.org>
queue_ids:
  description: The queue IDs that it had.
  returned: when it was sent
  type: list
  elements: str
  sample: [4jWfqn4crCzTnkc]
ends:
  description: What became of it for each recipient that it was expanded to.
  returned: when it was sent
  type: list
  elements: dict
  contains:
    recipient:
      description: The recipient.
      type: str
      sample: maria@example.org
    original:
      description: The address that led to him, such as an alias.
      type: str
      sample: office@example.org
    status:
      description: One of V(delivered), V(deferred), V(bounced), V(expired), V(held), V(discarded),
        V(refused) and V(queued).
      type: str
      sample: delivered
    agent:
      description: The part of Postfix that delivered or tried; V(lmtp) leads into a mailbox here.
      type: str
      sample: lmtp
    relay:
      description: The server that it talked to.
      type: str
      sample: mx1.example.org[private/dovecot-lmtp]
    seconds:
      description: How long the message had been on its way then.
      type: float
      sample: 0.12
    reply:
      description: What that server said, or the reason.
      type: str
      sample: 250 2.0.0 <maria@example.org> UxouKMUiAWuGCgAAh60xbQ Saved
    at:
      description: When, in seconds since 1970.
      type: float
      sample: 1795236520.111468
"""

import dataclasses
import time
import typing as t

from ..module_utils._core.address import parse_address
from ..module_utils._core.trace.follow import LOST, End, Trail, begin
from ..module_utils._core.trace.report import Sent, outcome, refused, timeline, verdict
from ..module_utils._edge import journal, test_message
from ..module_utils._module import Failure, Options, Result, run


def send(options: Options, check_mode: bool) -> Result:
    recipient, sender = str(parse_address(options["to"])), str(parse_address(options["sender"]))
    address, port = options["address"], options["port"]
    if not 0 < port < 65536:
        raise ValueError(f"The port {port} is none: give a number from 1 to 65535.")
    if not test_message.is_address(address):
        raise ValueError(f"The address {address!r} is neither IPv4 nor IPv6: give that of Postfix.")
    door = f"{address}:{port}"
    if check_mode:
        reply = test_message.ask(address, port, sender, recipient)
        would = f"Would send a message from {sender} to {recipient}; {door} says {reply} to that."
        return {"changed": reply.code == 250, "report": [would]}
    message_id, cursor, began = test_message.new_message_id(sender), journal.position(), time.time()
    reply = test_message.submit(address, port, sender, recipient, message_id)
    sent = Sent(began, sender, recipient, door, str(reply), test_message.lifetime(), 0.0)
    if reply.code != 250:
        return _told(sent, Trail(message_id), [refused(sent)])
    trail = test_message.watch(begin(message_id, str(reply)), cursor, options["wait"])
    sent = dataclasses.replace(sent, waited_s=time.time() - began)
    return _told(sent, trail, outcome(sent, trail))


def _told(sent: Sent, trail: Trail, found: t.Sequence[End]) -> Result:
    result: Result = {
        "changed": True,
        "report": timeline(sent, trail, found),
        "message_id": trail.message_id,
        "queue_ids": list(trail.queue_ids),
        "ends": [dataclasses.asdict(end) for end in found],
    }
    lost = [end for end in found if end.status in LOST]
    if lost:
        words = f"The test message to {sent.recipient}: {verdict(found)}, for {lost[0].recipient}"
        raise Failure(f"{words} because {lost[0].reply}", **result)
    return result


def main() -> None:
    options: Options = {
        "to": {"type": "str", "required": True},
        "sender": {"type": "str", "required": True},
        "wait": {"type": "int", "default": 60},
        "address": {"type": "str", "default": "127.0.0.1"},
        "port": {"type": "int", "default": 25},
    }
    run(send, options)


if __name__ == "__main__":
    main()
