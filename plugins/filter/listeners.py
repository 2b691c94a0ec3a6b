# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: listeners
short_description: Name the places where a Postfix service listens
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Returns what stands in the first column of C(master.cf), one item per address. Without addresses
    it is the port alone, which means every address, IPv4 and IPv6.
options:
  _input:
    description:
      - A service as in the variable C(site_services) of the role P(selfhost.mail.site#role).
    type: dict
    required: true
    suboptions:
      port:
        description: The TCP port.
        type: int
        required: true
      addresses:
        description: The local addresses to listen on.
        type: list
        elements: str
        default: []
"""

EXAMPLES = r"""
- name: Show where a service listens
  ansible.builtin.debug:
    # ["192.0.2.10:25", "[2001:db8::10]:25"]
    msg: "{{ {'port': 25, 'addresses': ['192.0.2.10', '2001:db8::10']} | selfhost.mail.listeners }}"
"""

RETURN = r"""
_value:
  description: The places.
  type: list
  elements: str
  sample: ["192.0.2.10:25", "[2001:db8::10]:25"]
"""

import typing as t

from ..module_utils._core import daemon_settings
from ..plugin_utils.filters import filters


def listeners(service: t.Mapping[str, t.Any]) -> list[str]:
    return daemon_settings.listeners(service["port"], service.get("addresses", []))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(listeners=listeners)
