#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_domain
short_description: Add, change or remove a domain that mail is accepted for
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - A hosted domain has users and aliases of its own. An alias domain has the addresses of another
    one.
  - A change is effective at once. No daemon is reloaded.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  name:
    description:
      - The domain. Upper case is folded, and a name beyond ASCII becomes its registered form.
    type: str
    required: true
  kind:
    description: Without it, a domain that exists keeps its kind, and a new one is of kind
      V(hosted), or V(alias) with O(alias_of).
    type: str
    choices:
      hosted: It has users and aliases of its own.
      alias: Each address of O(alias_of) is valid in this domain as well.
  alias_of:
    description: The hosted domain that an alias domain leads to.
    type: str
  status:
    description:
      - What the users of a hosted domain may do at most; see
        O(selfhost.mail.mail_user#module:status). Without it, it stays as it is, and a new domain is
        V(active).
      - An alias domain has none of its own.
    type: str
    choices: [active, read_only, send_only, suspended, closed]
  state:
    description: Whether the domain is to exist.
    type: str
    choices:
      present: It is added or changed.
      absent:
        It is removed with its aliases, tombstones and DKIM keys. This is refused while it has
        users, while it has alias
        domains, and while aliases of other domains lead to it.
    default: present
  expect:
    description: What has to be there before.
    type: str
    choices:
      any: Nothing. The domain is added or changed.
      new: No domain of this name, or exactly what is asked for, so that none is changed by mistake.
      known:
        The domain has to exist, so that a slip in its name is an error that says which may be
        meant.
    default: any
  force:
    description:
      - Lets O(state=absent) remove a domain that has users, and them with it.
      - Their mail stays on disk.
    type: bool
    default: false
seealso:
  - module: selfhost.mail.mail_user
  - module: selfhost.mail.mail_alias
  - module: selfhost.mail.mail_users
"""

EXAMPLES = r"""
- name: Accept mail for a domain
  selfhost.mail.mail_domain:
    name: example.org

- name: Give its users the same addresses in a second domain
  selfhost.mail.mail_domain:
    name: example.com
    alias_of: example.org

- name: Remove a domain and all its users
  selfhost.mail.mail_domain:
    name: example.org
    state: absent
    force: true
"""

RETURN = r"""
domain:
  description: The domain as it is after the change. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name:
      description: Its name in lower case ASCII.
      type: str
      sample: example.org
    kind:
      description: V(hosted) or V(alias).
      type: str
      sample: hosted
    alias_of:
      description: The domain that an alias domain leads to.
      type: str
      sample: null
    status:
      description: What its users may do; see O(selfhost.mail.mail_user#module:status).
      type: str
      sample: active
report:
  description: What was done, or in check mode would be, as lines for a person.
  returned: success
  type: list
  elements: str
  sample: [The domain example.org was added.]
"""

from ..module_utils._accounts import state_of
from ..module_utils._core.entities import ANY, EXPECTED, STATUSES
from ..module_utils._core.requests import domain_request
from ..module_utils._module import DATABASE_OPTIONS, run

OPTIONS = {
    "name": {"type": "str", "required": True},
    "kind": {"type": "str", "choices": ["hosted", "alias"]},
    "alias_of": {"type": "str"},
    "status": {"type": "str", "choices": list(STATUSES)},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "expect": {"type": "str", "choices": list(EXPECTED), "default": ANY},
    "force": {"type": "bool", "default": False},
}


def main() -> None:
    run(
        state_of("domain", domain_request),
        {**DATABASE_OPTIONS, **OPTIONS},
        required_if=[("kind", "alias", ["alias_of"])],
    )


if __name__ == "__main__":
    main()
