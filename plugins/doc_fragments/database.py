# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options that lead to the database."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of DATABASE_OPTIONS in module_utils/_module.py."""

    DOCUMENTATION = r"""
options:
  login_host:
    description:
      - Host of the PostgreSQL server, for a connection over TCP.
      - Empty for the local socket.
    type: str
    default: ""
  login_unix_socket:
    description:
      - Directory of the server's socket, such as V(/run/postgresql).
      - Without it and without O(login_host) the client library's own default is used.
    type: str
    default: ""
  login_port:
    description: Port of the server, which is also a part of the socket's name.
    type: int
    default: 5432
  login_user:
    description: Database role to log in as.
    type: str
    default: mail_admin
  login_password:
    description:
      - Password of O(login_user). Not needed on the local socket.
    type: str
  login_db:
    description: Name of the database.
    type: str
    default: mail
  ssl_mode:
    description:
      - How a TCP connection is protected; see C(sslmode) of libpq.
    type: str
    default: prefer
    choices: [disable, allow, prefer, require, verify-ca, verify-full]
  ca_cert:
    description: File with the certificate authority that signed the server's certificate.
    type: path
    default: ""
notes:
  - Nothing is waited for without end. A server lets in within ten seconds, or the task fails;
    another change is waited for up to 60 seconds; and a server that hangs in the middle is given up
    after half a minute. Then the task says whether something was written, or that this is not
    known. It can be run again in any case.
requirements:
  - python3-psycopg2 on the host that runs the module
"""
