#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_alias
short_description: Add, change or remove an alias or a catch-all
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - An alias is an address that leads to others, here or elsewhere. The catch-all of a domain gets
    the mail that has no other address.
  - Targets in a hosted domain must exist, so no alias leads into nowhere, and none leads back to
    itself.
  - Personal aliases, from which their user may also send, are the option
    O(selfhost.mail.mail_user#module:aliases).
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  address:
    description: The address, or V(@example.org) for the catch-all of a domain.
    type: str
    required: true
  targets:
    description: All addresses that get its mail. Required with O(state=present).
    type: list
    elements: str
  state:
    description: Whether the alias is to exist.
    type: str
    choices:
      present: It is added or changed.
      absent: It is removed. Refused while other aliases lead to it.
    default: present
  expect:
    description: What has to be there before.
    type: str
    choices:
      any: Nothing. The alias is added or changed.
      new: No alias of this name, or exactly what is asked for, so that none is changed by mistake.
      known:
        The alias has to exist, so that a slip in its name is an error that says which may be
        meant.
    default: any
  reuse_retired:
    description:
      - Gives out an address whose former holder was removed, for instance to forward the mail of
        somebody who left.
    type: bool
    default: false
seealso:
  - module: selfhost.mail.mail_user
  - module: selfhost.mail.mail_users
"""

EXAMPLES = r"""
- name: Let two people read what is sent to the office
  selfhost.mail.mail_alias:
    address: office@example.org
    targets:
      - maria@example.org
      - patrick@example.org

- name: Give mail without an address to one person
  selfhost.mail.mail_alias:
    address: "@example.org"
    targets: [maria@example.org]

- name: Forward the mail of somebody who left
  selfhost.mail.mail_alias:
    address: jean@example.org
    targets: [maria@example.org]
    reuse_retired: true
"""

RETURN = r"""
alias:
  description: The alias as it is after the change. Empty when it is absent.
  returned: success
  type: dict
  contains:
    address:
      description: Its address in lower case ASCII.
      type: str
      sample: office@example.org
    targets:
      description: Where its mail goes.
      type: list
      elements: str
      sample: [maria@example.org, patrick@example.org]
    owner:
      description: The user whose personal alias it is.
      type: str
      sample: null
report:
  description: What was done, or in check mode would be, as lines for a person.
  returned: success
  type: list
  elements: str
  sample: ["The alias office@example.org was added."]
"""

from ..module_utils._accounts import state_of
from ..module_utils._core.entities import ANY, EXPECTED
from ..module_utils._core.requests import alias_request
from ..module_utils._module import DATABASE_OPTIONS, run

OPTIONS = {
    "address": {"type": "str", "required": True},
    "targets": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "expect": {"type": "str", "choices": list(EXPECTED), "default": ANY},
    "reuse_retired": {"type": "bool", "default": False},
}


def main() -> None:
    run(
        state_of("alias", alias_request),
        {**DATABASE_OPTIONS, **OPTIONS},
        required_if=[("state", "present", ["targets"])],
    )


if __name__ == "__main__":
    main()
