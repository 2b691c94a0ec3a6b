# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: dovecot_settings
short_description: Spell a dictionary as Dovecot's configuration has it
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - A dictionary in the dictionary becomes a section, and its key the section's heading.
  - V(true) and V(false) become C(yes) and C(no), a list is joined by spaces. Text is quoted where
    Dovecot would misread it.
options:
  _input:
    description: The settings.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show a section
  ansible.builtin.debug:
    msg: "{{ {'protocol imap': {'imap_max_line_length': 65536}} | selfhost.mail.dovecot_settings }}"
"""

RETURN = r"""
_value:
  description: The lines, without a line feed at the end.
  type: str
  sample: |-
    protocol imap {
      mail_max_userip_connections = 50
    }
"""

import typing as t

from ..module_utils._core import daemon_settings
from ..plugin_utils.filters import filters


def dovecot_settings(settings: t.Mapping[str, t.Any]) -> str:
    return daemon_settings.dovecot_settings(settings)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(dovecot_settings=dovecot_settings)
