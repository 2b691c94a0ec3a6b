# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: dns_listing
short_description: Write DNS records as lines for a person
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Writes each record of P(selfhost.mail.dns_records#filter) in a line of its own, with its
    complete name, and below it the sentence that says why it is there.
  - The text of a TXT record is neither quoted nor divided, as the forms of DNS providers want it.
options:
  _input:
    description: The records.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: selfhost.mail.dns_records
    plugin_type: filter
  - plugin: selfhost.mail.zone_file
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what has to be in DNS
  ansible.builtin.debug:
    msg: "{{ records | selfhost.mail.dns_listing }}"
  vars:
    records: "{{ 'example.org' | selfhost.mail.dns_records(facts, keys=mail.dkim_keys) }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample:
    - example.org  MX  10 mx1.example.org.
    - "↳ Other mail servers deliver mail for example.org to mx1.example.org."
"""

import typing as t

from ..module_utils._core.dns.listing import listing
from ..module_utils._core.dns.records import parse_record
from ..plugin_utils.filters import filters


def dns_listing(records: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
    return listing(map(parse_record, records))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(dns_listing=dns_listing)
