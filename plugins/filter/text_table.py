# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: text_table
short_description: Write rows as a table for a person
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Writes a line of headings and a line for each row, with columns that are as wide as their widest
    value.
  - A list becomes its values with commas between them, a truth value C(yes) or C(no), and nothing a
    dash. Numbers stand at the right of their column.
positional: columns
options:
  _input:
    description: The rows, each with a value for every column.
    type: list
    elements: dict
    required: true
  columns:
    description: The columns in their order, as names or as a dictionary of names and headings.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Show the users
  ansible.builtin.debug:
    msg: "{{ mail.users | selfhost.mail.text_table({'email': 'Address', 'full_name': 'Name'}) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample:
    - Address            Name
    - maria@example.org  María García
"""

import typing as t

from ..module_utils._core import text_table as core
from ..plugin_utils.filters import filters


def text_table(
    rows: t.Iterable[t.Mapping[str, t.Any]], columns: t.Mapping[str, str] | t.Sequence[str]
) -> list[str]:
    return core.text_table(rows, columns)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(text_table=text_table)
