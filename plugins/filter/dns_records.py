# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: dns_records
short_description: List the DNS records that a mail domain needs, each with its reason
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Returns everything that should be in DNS so that a domain can send and receive mail through
    this system. These are MX, the addresses of the host, SPF for the domain and for the host's own
    name, one DKIM record per key, DMARC, and the SRV records by which mail clients find their
    servers.
  - Records of the host are part of the list of every domain, whatever zone they lie in.
  - It fails when an address that only the own network reaches would go into a public zone. Zones
    under the special names V(test), V(example), V(invalid), V(localhost), V(example.com),
    V(example.net) and V(example.org) may hold any address.
positional: site, keys
options:
  _input:
    description: The domain.
    type: str
    required: true
  site:
    description: The facts about the mail system.
    type: dict
    required: true
    suboptions:
      hostname:
        description: The name that the host greets others with, and that MX leads to.
        type: str
        required: true
      client_hostname:
        description: The name that mail clients use. Default is the value of O(site.hostname).
        type: str
      public_addresses:
        description: The IPv4 and IPv6 addresses of the host as the Internet sees them.
        type: list
        elements: str
        required: true
      services:
        description:
          - A dictionary of the services, as in the variable C(site_services) of the role
            P(selfhost.mail.site#role). Each has C(port) and C(enabled).
          - A service that is missing or not enabled is announced as not offered.
        type: dict
        default: {}
      dmarc_policy:
        description:
          - What receivers are asked to do with mail in the domain's name that it did not send.
        type: str
        choices:
          none: Deliver as usual. For a domain of which not all senders are known yet.
          quarantine: Treat as spam.
          reject: Refuse.
        default: quarantine
  keys:
    description:
      - DKIM keys as M(selfhost.mail.mail_info) returns them, of this and of other domains. Only
        the keys of this domain whose state says that they are in DNS have a record.
    type: list
    elements: dict
    default: []
seealso:
  - plugin: selfhost.mail.zone_file
    plugin_type: filter
  - module: selfhost.mail.mail_dkim
"""

EXAMPLES = r"""
- name: Show what has to be in DNS
  ansible.builtin.debug:
    msg: "{{ 'example.org' | selfhost.mail.dns_records(facts, keys=mail.dkim_keys) }}"
  vars:
    facts:
      hostname: mx1.example.org
      public_addresses: [192.0.2.10, "2001:db8::10"]
      services:
        imaps: {port: 993, enabled: true}
        submissions: {port: 465, enabled: true}
"""

RETURN = r"""
_value:
  description: The records.
  type: list
  elements: dict
  contains:
    name:
      description: The complete name, without a final dot.
      type: str
      sample: _dmarc.example.org
    type:
      description: The type.
      type: str
      sample: TXT
    value:
      description: The value as a zone file has it; the text of a TXT undivided and unquoted.
      type: str
      sample: v=DMARC1; p=quarantine; rua=mailto:postmaster@example.org
    ttl:
      description: For how many seconds others may remember it.
      type: int
      sample: 3600
    purpose:
      description: The sentence that says why the record is there.
      type: str
      sample: Other mail servers deliver mail for example.org to mx1.example.org.
"""

import dataclasses
import typing as t

from ..module_utils._core.address import parse_domain
from ..module_utils._core.dkim import parse_key
from ..module_utils._core.dns.records import records
from ..module_utils._core.dns.site import parse_site
from ..plugin_utils.filters import filters


def dns_records(
    domain: str, site: t.Mapping[str, t.Any], keys: t.Iterable[t.Mapping[str, t.Any]] = ()
) -> list[dict[str, t.Any]]:
    found = records(parse_site(site), parse_domain(domain), map(parse_key, keys))
    return [dataclasses.asdict(record) for record in found]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return filters(dns_records=dns_records)
