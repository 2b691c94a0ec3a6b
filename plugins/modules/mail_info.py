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
  domain:
    description: Only what is in this domain, which must exist.
    type: str
  kind:
    description: Only domains of this kind. All else is listed whatever it is.
    type: str
    choices: [hosted, alias]
  status:
    description: Only users and domains of this status. All else is listed whatever it is.
    type: str
    choices: [active, read_only, send_only, suspended, closed]
  match:
    description:
      - Only what has this text as a part, in upper or lower case. For users it is looked for in
        address and name, for aliases in address and targets, for domains in the name.
      - DKIM keys are listed whatever it is.
    type: str
  email:
    description: The address of a user. Everything about this user is returned as RV(account).
    type: str
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

- name: List who is suspended in a domain
  selfhost.mail.mail_info:
    gather: [users]
    domain: example.org
    status: suspended

- name: Look at one user
  selfhost.mail.mail_info:
    gather: []
    email: maria@example.org
"""

RETURN = r"""
domains:
  description: The domains, as in RV(selfhost.mail.mail_domain#module:domain), with the number of
    their mailboxes and aliases, and their DKIM keys with the state of each.
  returned: when asked for
  type: list
  elements: dict
  sample: [{name: example.org, kind: hosted, alias_of: null, status: active, mailboxes: 12,
    aliases: 3, dkim: [s202611 active]}]
users:
  description: The users, as in RV(selfhost.mail.mail_user#module:user), with the number of all
    aliases that lead to them directly.
  returned: when asked for
  type: list
  elements: dict
  sample: [{email: maria@example.org, full_name: María García, status: active, aliases: [], home:
    example.org/maria.1f0c9a77, alias_count: 1}]
aliases:
  description: The aliases, as in RV(selfhost.mail.mail_alias#module:alias). The personal ones have
    an owner.
  returned: when asked for
  type: list
  elements: dict
  sample: [{address: office@example.org, targets: [maria@example.org], owner: null}]
account:
  description: Everything about the user of O(email).
  returned: when O(email) is given
  type: dict
  contains:
    email:
      description: The address.
      type: str
      sample: maria@example.org
    full_name:
      description: The user's name.
      type: str
      sample: María García
    status:
      description: What the user may do; see O(selfhost.mail.mail_user#module:status).
      type: str
      sample: active
    status_since:
      description: When the status was set.
      type: str
      sample: 2026-11-21 04:37 UTC
    domain_status:
      description: The status of the domain, which limits what its users may do.
      type: str
      sample: active
    may_log_in:
      description: Whether a login is possible at this moment.
      type: bool
      sample: true
    may_submit:
      description: Whether the user may send at this moment.
      type: bool
      sample: true
    may_receive:
      description: Whether mail to the user is accepted at this moment.
      type: bool
      sample: true
    refusal:
      description: With which reply mail to the user is refused.
      type: str
      sample: null
    expires_at:
      description: When the status becomes RV(account.expires_to).
      type: str
      sample: null
    expires_to:
      description: The status after RV(account.expires_at).
      type: str
      sample: null
    home:
      description: Where the mail lies below the base directory of the store.
      type: str
      sample: example.org/maria.1f0c9a77
    store:
      description: The name of the store.
      type: str
      sample: local
    scheme:
      description: How the password is hashed.
      type: str
      sample: SHA512-CRYPT
    created:
      description: When the user was added.
      type: str
      sample: 2026-11-21 04:37 UTC
    aliases:
      description: The personal aliases.
      type: list
      elements: str
      sample: [maria.lopez@example.org]
    led_by:
      description: The other aliases and catch-alls that lead to the user, over any number of steps.
      type: list
      elements: str
      sample: [office@example.org, "@example.org"]
    sends_as:
      description: The addresses that the user may send as; C(@) and a domain stands for all of it.
      type: list
      elements: str
      sample: [maria@example.org, maria.lopez@example.org]
    domains:
      description: The domain, and the alias domains in which each of these addresses is valid, too.
      type: list
      elements: str
      sample: [example.org, example.com]
    mailbox:
      description: The mail on this host, or V(null) when its Dovecot cannot say.
      type: dict
      contains:
        path:
          description: The directory.
          type: str
          sample: /var/mail/vmail/example.org/maria.1f0c9a77
        messages:
          description: How many messages there are in all folders.
          type: int
          sample: 12
        bytes:
          description: The size of them all.
          type: int
          sample: 48213
report:
  description: The same as lines for a person.
  returned: when O(email) is given
  type: list
  elements: str
  sample: [maria@example.org, Name         María García]
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

from ..module_utils._core.entities import STATUSES
from ..module_utils._listing import list_accounts
from ..module_utils._module import DATABASE_OPTIONS, run

GATHERED = ["domains", "users", "aliases", "keys"]
OPTIONS = {
    "gather": {"type": "list", "elements": "str", "choices": GATHERED, "default": GATHERED},
    "domain": {"type": "str"},
    "kind": {"type": "str", "choices": ["hosted", "alias"]},
    "status": {"type": "str", "choices": list(STATUSES)},
    "match": {"type": "str"},
    "email": {"type": "str"},
}


def main() -> None:
    run(list_accounts, {**DATABASE_OPTIONS, **OPTIONS})


if __name__ == "__main__":
    main()
