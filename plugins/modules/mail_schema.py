#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_schema
short_description: Bring the tables of the mail database up to date
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Runs the migrations that the database has not seen, in order, each in a transaction of its own,
    and recreates what the daemons may read when it has changed.
  - A database that is newer than this collection, or has run another text of a migration, is
    refused and stays as it is.
  - The role P(selfhost.mail.database#role) calls it. The database, its roles and the login must
    exist, except in check mode.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  owner:
    description: The database role that everything belongs to. O(login_user) must be allowed to
      become it.
    type: str
    default: mail_owner
  migrations:
    description:
      - Texts of all migrations under their file names, such as C(0001_accounts.sql).
      - The action plugin takes them from the role P(selfhost.mail.database#role).
    type: dict
  views:
    description:
      - Text of the file that makes everything that the daemons may read, with its grants.
      - The action plugin takes it from the role P(selfhost.mail.database#role).
    type: str
seealso:
  - module: selfhost.mail.mail_info
"""

EXAMPLES = r"""
- name: Bring the tables up to date
  selfhost.mail.mail_schema:
    login_user: postgres
    login_unix_socket: /run/postgresql
  become: true
  become_user: postgres
"""

RETURN = r"""
version:
  description: Number of the newest migration that the database has, or would have.
  returned: success
  type: int
  sample: 2
applied:
  description: What ran, or would run.
  returned: success
  type: list
  elements: str
  sample: [0001_accounts.sql, 0002_dkim.sql, views.sql]
"""

from ..module_utils._module import DATABASE_OPTIONS, run
from ..module_utils._schema import bring_up_to_date

OPTIONS = {
    "owner": {"type": "str", "default": "mail_owner"},
    "migrations": {"type": "dict"},
    "views": {"type": "str"},
}


def main() -> None:
    run(bring_up_to_date, {**DATABASE_OPTIONS, **OPTIONS})


if __name__ == "__main__":
    main()
