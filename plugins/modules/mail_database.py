#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_database
short_description: Make the database of a mail system and its PostgreSQL roles
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Makes PostgreSQL roles and brings those that exist into the state that is wanted, and makes the
    database that belongs to one of them.
  - O(login_user) need not be a superuser. C(CREATEROLE) and C(CREATEDB) are enough on a server
    where nothing of it exists. What else somebody has to grant is told as SQL to copy, before
    anything is changed.
  - In a database that belongs to another role than O(owner), nothing is taken from anybody.
    O(owner) may make schemas in it and O(roles) may connect, and that is all that changes.
  - The role P(selfhost.mail.database#role) calls it.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  name:
    description:
      - Name of the database. Without it only O(roles) are looked after.
      - O(login_db) is the one to log in to before it exists.
    type: str
  owner:
    description: The one of O(roles) that the database belongs to when it is made. O(login_user)
      becomes a member of it. Nobody but O(roles) may connect to it.
    type: str
    default: mail_owner
  roles:
    description: The roles. What is not named of a role stays as it is.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the role.
        type: str
        required: true
      login:
        description: Whether the role may log in.
        type: bool
      connections:
        description: How many connections it may have at a time, V(-1) for any number.
        type: int
      settings:
        description: Settings of its sessions, such as C(search_path=mail). Others are taken back.
        type: list
        elements: str
        default: []
      superuser:
        description: Whether nothing is forbidden to it.
        type: bool
      create_role:
        description: Whether it may make roles.
        type: bool
      create_database:
        description: Whether it may make databases.
        type: bool
      replication:
        description: Whether it may replicate the server.
        type: bool
      bypass_rls:
        description: Whether rules for rows do not hold for it.
        type: bool
  passwords:
    description:
      - Passwords under the names of their roles. They are stored as SCRAM-SHA-256, and the server
        sees no clear one.
      - Whether a password is in force already, a superuser reads. For another O(login_user) it is
        tried.
    type: raw
  update_passwords:
    description: With V(on_create) only new roles get their password.
    type: str
    choices: [always, on_create]
    default: always
seealso:
  - module: selfhost.mail.mail_schema
"""

EXAMPLES = r"""
- name: Make a database and who owns it
  selfhost.mail.mail_database:
    login_unix_socket: /run/postgresql
    login_user: postgres
    login_db: postgres
    name: mail
    roles:
      - {name: mail_owner, login: false}
      - {name: mail_admin, login: true, connections: 15}
  become: true
  become_user: postgres
"""

RETURN = r"""
changes:
  description: What was changed, or would be.
  returned: success
  type: list
  elements: str
  sample: [role mail_signer, password of mail_signer, CONNECT on mail for mail_signer]
"""

from ..module_utils._core.server_plan import SPELLED
from ..module_utils._database import provide
from ..module_utils._module import DATABASE_OPTIONS, run

ROLE = {
    "name": {"type": "str", "required": True},
    "connections": {"type": "int"},
    "settings": {"type": "list", "elements": "str", "default": []},
    **{attribute: {"type": "bool"} for attribute in SPELLED},
}
OPTIONS = {
    "name": {"type": "str"},
    "owner": {"type": "str", "default": "mail_owner"},
    "roles": {"type": "list", "elements": "dict", "required": True, "options": ROLE},
    "passwords": {"type": "raw", "no_log": True},
    "update_passwords": {
        "type": "str",
        "default": "always",
        "choices": ["always", "on_create"],
        "no_log": False,
    },
}


def main() -> None:
    run(provide, {**DATABASE_OPTIONS, **OPTIONS})


if __name__ == "__main__":
    main()
