#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_users
short_description: Add many users at once, from a CSV file or a list
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Everything is checked before anything is written. All faults are told at once, each with its
    line, its column, the value and the reason.
  - Domains, users and aliases are planned together and written in one transaction, or not at all.
  - Passwords are hashed on the host, on all its cores.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  src:
    description:
      - A CSV file on the controller, relative to the directory in which C(ansible-playbook) was
        started.
      - Its columns are C(email), C(password) and C(full_name), of which the last may be missing. A
        header row may name them, in any order. A first row whose first value has an C(@) in it is a
        user; one that names the column C(email) is a header; any other is refused.
      - The values are separated by the first comma, semicolon or tab that stands outside quotes in
        the first row. A value with a separator, a quote or a line break in it stands in quotes,
        and a quote within it is written twice.
      - The text is UTF-8, with or without a byte order mark. A line ends with LF, CRLF or CR.
      - Passwords are taken as they are, with blanks at their ends. Control characters and line
        breaks are refused in every column, since nobody can type them.
      - A file with passwords that others may read or write is refused. Say C(chmod 600) to it.
      - It excludes O(users).
    type: path
  rejects:
    description:
      - Where the refused rows of O(src) are written on the controller, as they were and with their
        reasons in a further column C(reason). Only the owner may read that file.
      - Once its rows are mended it can be imported as it is, since the column C(reason) is passed
        over. An older reject file is replaced, any other file is not.
      - Without it, C(.rejected) is added to the name of O(src), as in C(users.rejected.csv).
    type: path
  hand_over:
    description:
      - A new user without a password, or with an empty one, gets a generated one, and this file on
        the controller is where it stands. It is the only place with that password. Without this
        option, such a user is refused.
      - The file is CSV with the columns C(email), C(password) and C(full_name), encrypted by
        C(ansible-vault) with the secret that C(ansible-playbook) was called with. Read it with
        C(ansible-vault view). Without such a secret nothing is written, here or there.
      - It is never overwritten. It is written before the accounts are, with C(.unconfirmed) at the
        end of its name. It keeps that name when the run breaks off, so that it is not known whether
        the users were added.
      - A generated password has four groups of four letters and digits, such as
        C(kx7m-p2vq-rtw9-h3nc), chosen out of 32 each, which is an entropy of 80 bits.
      - Users that exist keep their password. In check mode no password is generated and no file is
        written, but what would stand in the way is told.
    type: path
  hand_over_vault_id:
    description: Which of several vault secrets encrypts O(hand_over), by its vault identity.
    type: str
  users:
    description:
      - The users as a list. An entry has the options of M(selfhost.mail.mail_user) of the same
        name.
    type: list
    elements: dict
    suboptions:
      email:
        description: The address.
        type: str
        required: true
      password:
        description:
          - The password in clear text. A new user needs it, O(users[].password_hash) or
            O(hand_over).
          - An empty one is the same as none.
        type: str
      password_hash:
        description: A ready hash with its scheme in front.
        type: str
      full_name:
        description: The user's name.
        type: str
      status:
        description: What the user may do.
        type: str
        choices: [active, read_only, send_only, suspended, closed]
      aliases:
        description: All personal aliases.
        type: list
        elements: str
  domains:
    description:
      - Domains that are to exist, as names or as dictionaries with the options C(name), C(kind) and
        C(alias_of) of M(selfhost.mail.mail_domain).
      - Other domains stay as they are.
    type: list
    elements: raw
    default: []
  aliases:
    description:
      - Aliases that are to exist, as dictionaries with the options C(address) and C(targets) of
        M(selfhost.mail.mail_alias).
      - Other aliases stay as they are.
    type: list
    elements: dict
    default: []
    suboptions:
      address:
        description: The address, or C(@) and a domain for its catch-all.
        type: str
        required: true
      targets:
        description: All addresses that get its mail.
        type: list
        elements: str
        required: true
  existing:
    description:
      - What becomes of users that exist. Without it, they are skipped with O(src), and updated with
        O(users).
    type: str
    choices:
      skip: They stay as they are.
      update:
        Full name, status and aliases are brought into the given state, where they are given, and
        the password according to O(update_password).
  scheme:
    description: How passwords are hashed; see O(selfhost.mail.mail_user#module:scheme).
    type: str
    choices: [SHA512-CRYPT, BLF-CRYPT, ARGON2ID]
    default: SHA512-CRYPT
  rounds:
    description: The cost of a hash; see O(selfhost.mail.mail_user#module:rounds).
    type: int
  update_password:
    description: When the password of a user is set.
    type: str
    choices:
      on_create: Only for a new user.
      always: Whenever it differs from the stored one.
    default: on_create
  reuse_retired:
    description: Gives out addresses whose former holders were removed; see
      O(selfhost.mail.mail_user#module:reuse_retired).
    type: bool
    default: false
  verify_logins:
    description:
      - Logs in as each added user through Dovecot's own socket, once they are stored. The task
        fails when one does not get in, and the users stay.
      - Users with a ready hash cannot be tried.
    type: bool
    default: false
  auth_socket:
    description: Dovecot's socket for O(verify_logins).
    type: path
    default: /run/dovecot/auth-client
  sealed_users:
    description: The users on their way from the action plugin to the module, as one secret text.
      Not for use in a task.
    type: str
requirements:
  - python3-passlib, python3-bcrypt or python3-argon2 on the host, according to O(scheme)
seealso:
  - module: selfhost.mail.mail_user
  - module: selfhost.mail.mail_info
"""

EXAMPLES = r"""
- name: Import users and see that each can log in
  selfhost.mail.mail_users:
    src: users.csv
    verify_logins: true

- name: Import users, and generate a password for each new one who has none in the file
  selfhost.mail.mail_users:
    src: users.csv
    hand_over: passwords.csv.vault

- name: Bring a small system into its state
  selfhost.mail.mail_users:
    domains:
      - example.org
      - name: example.com
        alias_of: example.org
    users:
      - email: maria@example.org
        full_name: María García
        password_hash: "{{ maria_password_hash }}"
        aliases: [garcia@example.org]
    aliases:
      - address: office@example.org
        targets: [maria@example.org]
"""

RETURN = r"""
counts:
  description: How many users there were to handle, and what became of them.
  returned: success, or when logins fail
  type: dict
  contains:
    total:
      description: Users in the file or list.
      type: int
      sample: 3
    added:
      description: Users that are new.
      type: int
      sample: 1
    updated:
      description: Users that were changed.
      type: int
      sample: 0
    skipped:
      description: Users that exist and were left as they are.
      type: int
      sample: 2
    failed:
      description: Users that were added and cannot log in.
      type: int
      sample: 0
added:
  description: Addresses of the new users.
  returned: success, or when logins fail
  type: list
  elements: str
  sample: [maria@example.org]
generated:
  description: Addresses of the new users whose password was generated.
  returned: success, or when logins fail
  type: list
  elements: str
  sample: []
hand_over:
  description:
    - The file with the generated passwords on the controller. Its name ends in C(.unconfirmed) when
      the run broke off.
  returned: when passwords were generated
  type: str
  sample: /srv/mail/passwords.csv.vault
rejects:
  description: The file with the refused rows on the controller.
  returned: when rows of O(src) were refused, but not in check mode
  type: str
  sample: /srv/mail/users.rejected.csv
updated:
  description: Addresses of the changed users.
  returned: success, or when logins fail
  type: list
  elements: str
  sample: []
existing:
  description: Addresses of the users that were left as they are.
  returned: success, or when logins fail
  type: list
  elements: str
  sample: [patrick@example.org, jean-pierre@example.org]
verified:
  description: Addresses of the new users who logged in.
  returned: success, or when logins fail
  type: list
  elements: str
  sample: [maria@example.org]
written:
  description: False, since it is known that nothing was written. Without it nobody knows.
  returned: when nothing was written on account of a failure
  type: bool
  sample: false
report:
  description: The result as lines for a person, at most 50 of a kind.
  returned: success, or when logins fail
  type: list
  elements: str
  sample:
    - "3 users: 1 added, 0 updated, 2 skipped, 0 failed."
    - maria@example.org  added and logged in
failures:
  description:
    - What was refused before anything was written, or who could not log in; of many the first 50.
  returned: always, except when the file cannot be read
  type: list
  elements: dict
  contains:
    origin:
      description: Where it stands.
      type: str
      sample: users.csv line 3
    column:
      description: The column or option in which the reason lies; empty when it is none of them.
      type: str
      sample: email
    reason:
      description: Why it is refused.
      type: str
      sample: "The address 'maria@' is refused: the domain is empty."
"""

from ..module_utils._core.entities import STATUSES
from ..module_utils._core.passwords import DEFAULT_SCHEME, SCHEMES
from ..module_utils._module import DATABASE_OPTIONS, run
from ..module_utils._users import put_users

USER = {
    "email": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "password_hash": {"type": "str", "no_log": True},
    "full_name": {"type": "str"},
    "status": {"type": "str", "choices": list(STATUSES)},
    "aliases": {"type": "list", "elements": "str"},
}
ALIAS = {
    "address": {"type": "str", "required": True},
    "targets": {"type": "list", "elements": "str", "required": True},
}
OPTIONS = {
    "src": {"type": "path"},
    "rejects": {"type": "path"},
    "hand_over": {"type": "path"},
    "hand_over_vault_id": {"type": "str"},
    "users": {"type": "list", "elements": "dict", "options": USER},
    "domains": {"type": "list", "elements": "raw", "default": []},
    "aliases": {"type": "list", "elements": "dict", "default": [], "options": ALIAS},
    "existing": {"type": "str", "choices": ["skip", "update"]},
    "scheme": {"type": "str", "choices": list(SCHEMES), "default": DEFAULT_SCHEME},
    "rounds": {"type": "int"},
    "update_password": {
        "type": "str",
        "choices": ["on_create", "always"],
        "default": "on_create",
        "no_log": False,
    },
    "reuse_retired": {"type": "bool", "default": False},
    "verify_logins": {"type": "bool", "default": False},
    "auth_socket": {"type": "path", "default": "/run/dovecot/auth-client"},
    "sealed_users": {"type": "str", "no_log": True},
}


def main() -> None:
    run(put_users, {**DATABASE_OPTIONS, **OPTIONS})


if __name__ == "__main__":
    main()
