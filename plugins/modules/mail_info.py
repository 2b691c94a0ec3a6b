#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_info
short_description: List domains, users, aliases and DKIM keys
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Lists what the database holds, without any secret.
extends_documentation_fragment:
  - selfhost.mail.attributes.info
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  gather:
    description: What to list.
    type: list
    elements: str
    choices: [domains, users, aliases, keys]
    default: [domains, users, aliases, keys]
seealso:
  - module: selfhost.mail.mail_domain
  - module: selfhost.mail.mail_user
  - module: selfhost.mail.mail_alias
  - module: selfhost.mail.mail_dkim
"""

EXAMPLES = r"""
- name: List the users
  selfhost.mail.mail_info:
    gather: [users]
  register: listed

- name: Show their addresses
  ansible.builtin.debug:
    var: listed.users | map(attribute='email')
"""

RETURN = r"""
domains:
  description: The domains, as in RV(selfhost.mail.mail_domain#module:domain).
  returned: when asked for
  type: list
  elements: dict
  sample: [{name: example.org, kind: hosted, alias_of: null, status: active}]
users:
  description: The users, as in RV(selfhost.mail.mail_user#module:user).
  returned: when asked for
  type: list
  elements: dict
  sample: [{email: maria@example.org, full_name: María García, status: active, aliases: [], home:
    example.org/maria.1f0c9a77}]
aliases:
  description: The aliases, as in RV(selfhost.mail.mail_alias#module:alias). The personal ones have
    an owner.
  returned: when asked for
  type: list
  elements: dict
  sample: [{address: office@example.org, targets: [maria@example.org], owner: null}]
dkim_keys:
  description: The DKIM keys without their private halves, as in
    RV(selfhost.mail.mail_dkim#module:dkim_keys).
  returned: when asked for
  type: list
  elements: dict
  contains:
    domain:
      description: The domain.
      type: str
      sample: example.org
    selector:
      description: The name of the key.
      type: str
      sample: s202611
    algorithm:
      description: The algorithm as its record has it.
      type: str
      sample: rsa
    state:
      description: One of V(pending), V(active), V(retiring) and V(retired).
      type: str
      sample: active
    public:
      description: The public half in base64.
      type: str
      sample: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA…
    in_dns:
      description: Whether its record has to be in DNS.
      type: bool
      sample: true
    signs:
      description: Whether new mail is signed with it.
      type: bool
      sample: true
    record:
      description: Its DNS record.
      type: dict
"""

from ..module_utils._accounts import list_accounts
from ..module_utils._module import DATABASE_OPTIONS, run

GATHERED = ["domains", "users", "aliases", "keys"]
OPTIONS = {
    "gather": {"type": "list", "elements": "str", "choices": GATHERED, "default": GATHERED},
}


def main() -> None:
    run(list_accounts, {**DATABASE_OPTIONS, **OPTIONS})


if __name__ == "__main__":
    main()
