#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_preflight
short_description: Says everything that keeps a host from becoming a mail system
version_added: "0.1.0"
description:
  - Looks at the host and compares it with what the inventory asks of it. It changes nothing.
  - Fails with every reason at once, each a sentence with its remedy.
  - What does not keep it from working is a warning.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.info
author: ["selfhost.mail contributors (@selfhost-mail)"]
options:
  hostname:
    description: The fully qualified name of the host. It must not be one of O(domains).
    type: str
    required: true
  admin_address:
    description: The address of the administrator. An empty one is refused.
    type: str
    default: ""
  domains:
    description: The domains that have mail here, as names or as dictionaries with a key C(name).
    type: list
    elements: raw
    default: []
  groups:
    description:
      - The groups of the host.
      - V(mail_database), V(mail_store) and V(mail_edge) mean something here.
    type: list
    elements: str
    required: true
  services:
    description:
      - Each service with its C(port), whether it is C(enabled), and its C(addresses).
      - No addresses means all.
    type: dict
    required: true
  database_host:
    description: The host of the PostgreSQL server. Empty for the local socket.
    type: str
    default: ""
  database_port:
    description: The port of the PostgreSQL server.
    type: int
    default: 5432
  database_roles:
    description:
      - The PostgreSQL roles whose passwords are known.
      - All four must be with O(database_host).
    type: list
    elements: str
    default: []
  replace_files:
    description: Whether configuration files that somebody else made may be replaced.
    type: bool
    default: false
  minimum_free_mb:
    description: How many megabytes must be free below /usr and /var.
    type: int
    default: 1024
"""

EXAMPLES = r"""
- name: Say all that is wrong before anything is changed
  selfhost.mail.mail_preflight:
    hostname: mx1.example.org
    admin_address: admin@example.com
    domains: [example.org]
    groups: "{{ group_names }}"
    services:
      smtp: {port: 25, enabled: true, addresses: []}
"""

RETURN = r"""
problems:
  description: What keeps the host from becoming a mail system. The task fails when there is any.
  returned: always
  type: list
  elements: str
  sample: ["site_admin_address is missing. Set it to the address that gets root's mail."]
replaced:
  description: Files that somebody else made and that will be replaced or lose their effect.
  returned: always
  type: list
  elements: str
  sample: [/etc/postfix/main.cf]
package_lists_old:
  description: Whether apt's package lists are missing or older than a day.
  returned: always
  type: bool
  sample: false
"""

from ..module_utils._core.preflight import Wanted, judge, sentence
from ..module_utils._edge.host import observe
from ..module_utils._module import Failure, Options, Result, run


def look(options: Options, check_mode: bool) -> Result:
    """Observe, judge, speak."""
    wanted = Wanted(
        hostname=options["hostname"],
        admin_address=options["admin_address"],
        domains=tuple(options["domains"]),
        groups=frozenset(options["groups"]),
        services=options["services"],
        database_host=options["database_host"],
        database_port=options["database_port"],
        database_passwords=frozenset(options["database_roles"]),
        replace_files=options["replace_files"],
        minimum_free_mb=options["minimum_free_mb"],
    )
    verdict = judge(wanted, observe(wanted.hostname), check_mode)
    result = {
        "changed": False,
        "problems": list(verdict.problems),
        "replaced": list(verdict.replaced),
        "package_lists_old": verdict.package_lists_old,
    }
    if verdict.problems:
        raise Failure(sentence(wanted.hostname, verdict.problems), **result)
    return {**result, "warnings": list(verdict.warnings)}


def main() -> None:
    options: Options = {
        "hostname": {"type": "str", "required": True},
        "admin_address": {"type": "str", "default": ""},
        "domains": {"type": "list", "elements": "raw", "default": []},
        "groups": {"type": "list", "elements": "str", "required": True},
        "services": {"type": "dict", "required": True},
        "database_host": {"type": "str", "default": ""},
        "database_port": {"type": "int", "default": 5432},
        "database_roles": {"type": "list", "elements": "str", "default": []},
        "replace_files": {"type": "bool", "default": False},
        "minimum_free_mb": {"type": "int", "default": 1024},
    }
    run(look, options)


if __name__ == "__main__":
    main()
