#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_user
short_description: Add, change or remove a user with a mailbox
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - A user logs in with the full address and has one mailbox, and any number of personal aliases.
  - A change is effective within two seconds. No daemon is reloaded.
  - A password is hashed on the host and stored as a hash only. It is in no file, log, command line,
    diff or result.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  email:
    description:
      - The address, and the name to log in with. Upper case is folded.
      - Its domain must be hosted, its local part plain ASCII (RFC 5321) without C(+), which
        separates an extension.
    type: str
    required: true
  password:
    description:
      - The password in clear text. A new user needs it, or O(password_hash).
      - A password that is the stored one is no change, whatever O(scheme) and O(rounds) say.
    type: str
  password_hash:
    description:
      - A ready hash with its scheme in front, such as C({SHA512-CRYPT}$6$…).
      - Accepted are the schemes ARGON2I, ARGON2ID, BLF-CRYPT, CRYPT (of a strong method), PBKDF2,
        SCRAM-SHA-256, SHA256-CRYPT, SHA512-CRYPT, SSHA256 and SSHA512 of Dovecot.
    type: str
  scheme:
    description: How O(password) is hashed.
    type: str
    choices:
      SHA512-CRYPT: The strongest hash that needs nothing but the system's own library.
      BLF-CRYPT:
        The hash bcrypt. It is refused for a password of more than 72 octets, since it would ignore
        the rest.
      ARGON2ID: With 19 MiB of memory, two passes and one thread, as OWASP advises.
    default: SHA512-CRYPT
  rounds:
    description:
      - The cost of a hash.
      - V(5000) to V(10000000) for SHA512-CRYPT, where V(100000) is the default, and V(10) to V(16)
        for BLF-CRYPT, where V(12) is. None for ARGON2ID.
    type: int
  update_password:
    description: When O(password) or O(password_hash) is set.
    type: str
    choices:
      on_create: Only for a new user, so that a user's own change of password stays.
      always: Whenever it differs from the stored one.
    default: on_create
  full_name:
    description: The user's name. Without it, it stays as it is.
    type: str
  status:
    description: What the user may do. Without it, it stays as it is, and a new user is V(active).
    type: str
    choices:
      active: Log in, send and receive.
      read_only: Log in and receive.
      send_only: Log in and send. Mail to the user is refused.
      suspended: Receive only, for nobody to read yet.
      closed: Nothing. Mail to the user is refused.
  aliases:
    description:
      - Personal aliases. Mail to them is the user's, and the user may send from them.
      - This is the complete list. Without it, it stays as it is.
    type: list
    elements: str
  state:
    description: Whether the user is to exist.
    type: str
    choices:
      present: The user is added or changed.
      absent:
        The user is removed. The mail stays on disk, and the address with its personal aliases stays
        reserved as tombstones, so that nobody gets mail
        that is meant for the former holder. Refused while other aliases lead to the user.
    default: present
  expect:
    description: What has to be there before.
    type: str
    choices:
      any: Nothing. A user is added or changed.
      known:
        The user has to exist, so that a slip in O(email) is an error that names whom it may be
        meant for. With O(state=absent) a user who was removed before is none.
    default: any
  verify_login:
    description:
      - Logs in with O(password) through Dovecot's own socket, once it is stored, and fails when
        that is refused.
      - Nothing is tried when a status forbids to log in.
    type: bool
    default: false
  auth_socket:
    description: Dovecot's socket for O(verify_login).
    type: path
    default: /run/dovecot/auth-client
  end_sessions:
    description: When there was a change, disconnects what the user has open in Dovecot on this
      host.
    type: bool
    default: false
  reuse_retired:
    description:
      - Gives out an address whose former holder was removed.
      - The new mailbox is empty, since it never lies where the old one does.
    type: bool
    default: false
requirements:
  - python3-passlib on the host, for SHA512-CRYPT
  - python3-bcrypt on the host, for BLF-CRYPT
  - python3-argon2 on the host, for ARGON2ID
notes:
  - In a loop, Ansible itself prints and records the loop's item with the password in it. Use
    M(selfhost.mail.mail_users) for many users.
seealso:
  - module: selfhost.mail.mail_users
  - module: selfhost.mail.mail_alias
"""

EXAMPLES = r"""
- name: Add a user
  selfhost.mail.mail_user:
    email: maria@example.org
    full_name: María García
    password: "{{ lookup('community.general.passwordstore', 'mail/maria') }}"

- name: Set a new password
  selfhost.mail.mail_user:
    email: maria@example.org
    password: "{{ new_password }}"
    update_password: always
    verify_login: true

- name: Let her also send from her former name
  selfhost.mail.mail_user:
    email: maria@example.org
    aliases:
      - maria.lopez@example.org

- name: Remove a user, keep the mail
  selfhost.mail.mail_user:
    email: maria@example.org
    state: absent
"""

RETURN = r"""
user:
  description: The user as stored after the change. Empty when the user is absent.
  returned: success
  type: dict
  contains:
    email:
      description: The address in lower case ASCII.
      type: str
      sample: maria@example.org
    full_name:
      description: The user's name.
      type: str
      sample: María García
    status:
      description: What the user may do.
      type: str
      sample: active
    aliases:
      description: The personal aliases.
      type: list
      elements: str
      sample: [maria.lopez@example.org]
    home:
      description: Where the mail lies below the base directory of the store. V(null) in check mode
        for a new user.
      type: str
      sample: example.org/maria.1f0c9a77
report:
  description: What was done, or in check mode would be, as lines for a person.
  returned: success
  type: list
  elements: str
  sample: [The user maria@example.org was added.]
"""

from ..module_utils._core.entities import ANY, KNOWN, STATUSES
from ..module_utils._core.passwords import DEFAULT_SCHEME, SCHEMES
from ..module_utils._edge.probes.auth import SOCKET
from ..module_utils._module import DATABASE_OPTIONS, run
from ..module_utils._user import put_user

OPTIONS = {
    "email": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "password_hash": {"type": "str", "no_log": True},
    "scheme": {"type": "str", "choices": list(SCHEMES), "default": DEFAULT_SCHEME},
    "rounds": {"type": "int"},
    "update_password": {
        "type": "str",
        "choices": ["on_create", "always"],
        "default": "on_create",
        "no_log": False,
    },
    "full_name": {"type": "str"},
    "status": {"type": "str", "choices": list(STATUSES)},
    "aliases": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "expect": {"type": "str", "choices": [ANY, KNOWN], "default": ANY},
    "verify_login": {"type": "bool", "default": False},
    "auth_socket": {"type": "path", "default": SOCKET},
    "end_sessions": {"type": "bool", "default": False},
    "reuse_retired": {"type": "bool", "default": False},
}


def main() -> None:
    run(
        put_user,
        {**DATABASE_OPTIONS, **OPTIONS},
        mutually_exclusive=[("password", "password_hash")],
    )


if __name__ == "__main__":
    main()
