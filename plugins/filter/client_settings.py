# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: client_settings
short_description: Say what a user types into a mail program
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Writes the user name and each service that the host offers, with its port and its protection, in
    a line of its own.
positional: hostname, services
options:
  _input:
    description: The user's address.
    type: str
    required: true
  hostname:
    description: The name of the host that clients type.
    type: str
    required: true
  services:
    description: The services of the host, as in C(site_service_defaults) of the role C(site).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Say how to connect
  ansible.builtin.debug:
    msg: "{{ 'maria@example.org' | selfhost.mail.client_settings(site_client_hostname, services) }}"
  vars:
    services: "{{ site_service_defaults | combine(site_services, recursive=true) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample:
    - User name    maria@example.org
    - IMAP         mail.example.org, port 993, SSL/TLS
    - SMTP         mail.example.org, port 587, STARTTLS
    - SMTP         mail.example.org, port 465, SSL/TLS
"""

import typing as t

from ..module_utils._core import client_settings as core
from ..plugin_utils.filters import filters


def client_settings(
    email: str, hostname: str, services: t.Mapping[str, t.Mapping[str, t.Any]]
) -> list[str]:
    return core.client_settings(email, hostname, services)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(client_settings=client_settings)
