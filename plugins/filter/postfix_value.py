# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: postfix_value
short_description: Spell a value as Postfix's main.cf has it
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - V(true) and V(false) become C(yes) and C(no), a list is joined by commas, text and numbers stay.
options:
  _input:
    description: The value.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show how a list stands in main.cf
  ansible.builtin.debug:
    # mynetworks = 127.0.0.0/8, 192.0.2.0/24
    msg: "mynetworks = {{ ['127.0.0.0/8', '192.0.2.0/24'] | selfhost.mail.postfix_value }}"
"""

RETURN = r"""
_value:
  description: The text, one line.
  type: str
  sample: 127.0.0.0/8, 192.0.2.0/24
"""

import typing as t

from ..module_utils._core import daemon_settings
from ..plugin_utils.filters import filters


def postfix_value(value: t.Any) -> str:
    return daemon_settings.postfix_value(value)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(postfix_value=postfix_value)
