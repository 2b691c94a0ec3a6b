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
  - Says so also when Ansible cannot log in, cannot become root, or finds no Python there.
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
  inside_services:
    description: What a store offers its edges when it is none itself, in the form of O(services).
    type: dict
    default: {}
  internal_address:
    description: Where the host serves the other hosts of the mail system. Empty when it does not.
    type: str
    default: ""
  mail_base:
    description: The directory of the mail. Its file system must have room.
    type: path
    default: /var/mail
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
    description: Whether what somebody else configured by hand may be replaced.
    type: bool
    default: false
  minimum_free_mb:
    description: How many megabytes must be free where programs, settings, databases and mail lie.
    type: int
    default: 1024
  minimum_memory_mb:
    description: How many megabytes of memory there must be, swap space included.
    type: int
    default: 400
  controller_time:
    description: What the controller's clock shows, in seconds since 1970. Filled in by itself.
    type: float
  clock_tolerance_s:
    description: By how many seconds the host's clock may differ from the controller's.
    type: int
    default: 60
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
kept:
  description: Files to be kept a copy of, made by somebody else or part of what he made.
  returned: always
  type: list
  elements: str
  sample: [/etc/postfix/main.cf, /etc/postfix/master.cf]
stopped:
  description: Units of a mail program that Postfix takes the place of.
  returned: always
  type: list
  elements: str
  sample: [exim4.service, exim4-base.timer]
packages:
  description: The packages that are installed.
  returned: always
  type: list
  elements: str
  sample: [dovecot-core, postfix]
package_lists_old:
  description: Whether apt's package lists are missing or older than a day.
  returned: always
  type: bool
  sample: false
"""

from ..module_utils._core.preflight.facts import Wanted
from ..module_utils._core.preflight.judge import judge, sentence
from ..module_utils._edge.host import observe
from ..module_utils._module import Failure, Options, Result, run


def look(options: Options, check_mode: bool) -> Result:
    """Observe, judge, speak."""
    wanted = Wanted(
        **{
            **options,
            "domains": tuple(options["domains"]),
            "groups": frozenset(options["groups"]),
            "database_roles": frozenset(options["database_roles"]),
        }
    )
    host = observe(wanted)
    verdict = judge(wanted, host, check_mode)
    result = {
        "changed": False,
        "problems": list(verdict.problems),
        "kept": list(verdict.kept),
        "stopped": list(verdict.stopped),
        "packages": sorted(host.packages),
        "package_lists_old": verdict.package_lists_old,
    }
    if verdict.problems:
        raise Failure(sentence(wanted.hostname, verdict.problems), **result)
    return {**result, "warnings": list(verdict.warnings)}


# Documented above; each is what Wanted has under the same name.
OPTIONS: Options = {
    "hostname": {"type": "str", "required": True},
    "admin_address": {"type": "str", "default": ""},
    "domains": {"type": "list", "elements": "raw", "default": []},
    "groups": {"type": "list", "elements": "str", "required": True},
    "services": {"type": "dict", "required": True},
    "inside_services": {"type": "dict", "default": {}},
    "internal_address": {"type": "str", "default": ""},
    "mail_base": {"type": "path", "default": "/var/mail"},
    "database_host": {"type": "str", "default": ""},
    "database_port": {"type": "int", "default": 5432},
    "database_roles": {"type": "list", "elements": "str", "default": []},
    "replace_files": {"type": "bool", "default": False},
    "minimum_free_mb": {"type": "int", "default": 1024},
    "minimum_memory_mb": {"type": "int", "default": 400},
    "controller_time": {"type": "float"},
    "clock_tolerance_s": {"type": "int", "default": 60},
}


def main() -> None:
    run(look, OPTIONS)


if __name__ == "__main__":
    main()
