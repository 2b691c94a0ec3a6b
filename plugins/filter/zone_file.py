# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: zone_file
short_description: Write DNS records as text for a zone file
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Writes the records of P(selfhost.mail.dns_records#filter) in the format of RFC 1035, to be
    imported at a DNS provider or included in a zone of your own. The reason of each record stands
    before it as a comment.
  - The text has no SOA and no NS record, since the zone exists already. Texts are quoted, and
    divided where they exceed the 255 octets that one string may have.
  - Records that lie in other zones are named in comments at the end.
  - The same records always give the same text.
positional: origin
options:
  _input:
    description: The records.
    type: list
    elements: dict
    required: true
  origin:
    description: The name of the zone.
    type: str
    required: true
seealso:
  - plugin: selfhost.mail.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write a file that a DNS provider can import
  ansible.builtin.copy:
    content: "{{ records | selfhost.mail.zone_file('example.org') }}"
    dest: example.org.zone
    mode: "0644"
  delegate_to: localhost
  vars:
    records: "{{ 'example.org' | selfhost.mail.dns_records(facts, keys=mail.dkim_keys) }}"
"""

RETURN = r"""
_value:
  description: The text, which ends with a line feed.
  type: str
  sample: |
    ; Mail records of example.org. The zone's SOA and NS records are not part of this.
    $ORIGIN example.org.

    ; Other mail servers deliver mail for example.org to mx1.example.org.
    @                              3600 IN MX    10 mx1.example.org.
"""

import typing as t

from ..module_utils._core.address import parse_domain
from ..module_utils._core.dns.records import parse_record
from ..module_utils._core.dns.zone import zone_file as write
from ..plugin_utils.filters import filters


def zone_file(records: t.Iterable[t.Mapping[str, t.Any]], origin: str) -> str:
    return write(map(parse_record, records), parse_domain(origin))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(zone_file=zone_file)
