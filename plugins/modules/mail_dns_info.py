#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_dns_info
short_description: Show the records of a domain and whether they are published
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Lists every record that the domain needs, as P(selfhost.mail.dns_records#filter) does, and says
    of each whether it is in DNS at this moment, and what stands there instead.
  - Says what each DKIM key of the domain does, and what to do next.
extends_documentation_fragment:
  - selfhost.mail.attributes.info
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  domain:
    description: The domain. It must be known here.
    type: str
    required: true
  hostname:
    description: The name that the host greets others with, and that MX leads to.
    type: str
    required: true
  client_hostname:
    description: The name that mail clients use. Default is the value of O(hostname).
    type: str
    default: ""
  public_addresses:
    description: The IPv4 and IPv6 addresses of the host as the Internet sees them.
    type: list
    elements: str
    required: true
  services:
    description: The services, as in the variable C(site_services) of P(selfhost.mail.site#role).
    type: dict
    default: {}
  dmarc_policy:
    description: The weakest DMARC policy that counts as published.
    type: str
    choices: [none, quarantine, reject]
    default: quarantine
  observe_at:
    description: Where to look for the records.
    type: str
    choices:
      authoritative: At every name server of a record's zone. All must show it.
      resolver: At a resolver alone, which may remember former records for a while.
    default: authoritative
  resolver:
    description:
      - Addresses of the resolvers to use, such as V(192.0.2.53) or V(192.0.2.53@5353).
      - Default are those of the host that runs the module.
    type: list
    elements: str
    default: []
  require:
    description: What to fail for.
    type: str
    choices:
      nothing: Only for what cannot be answered at all.
      published: For a record that is not published, too.
    default: nothing
requirements:
  - python3-dnspython on the host that runs the module
seealso:
  - module: selfhost.mail.mail_dkim
  - plugin: selfhost.mail.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Look at the records of a domain
  selfhost.mail.mail_dns_info:
    domain: example.org
    hostname: mx1.example.org
    public_addresses: [192.0.2.10, "2001:db8::10"]
    services: "{{ site_service_defaults }}"
  register: found

- name: Show them
  ansible.builtin.debug:
    msg: "{{ found.report }}"
"""

RETURN = r"""
report:
  description: The records, the keys and what to do next, as lines for a person.
  returned: always
  type: list
  elements: str
  sample:
    - ✓ published  example.org  MX  10 mx1.example.org.
    - ↳ Other mail servers deliver mail for example.org to mx1.example.org.
    - 12 of 12 records are published.
published:
  description: Whether all records are.
  returned: always
  type: bool
  sample: true
records:
  description: The records.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The complete name, without a final dot.
      type: str
      sample: example.org
    type:
      description: The type.
      type: str
      sample: MX
    value:
      description: The value as a zone file has it; the text of a TXT undivided and unquoted.
      type: str
      sample: 10 mx1.example.org.
    ttl:
      description: For how many seconds others may remember it.
      type: int
      sample: 3600
    purpose:
      description: The sentence that says why the record is there.
      type: str
      sample: Other mail servers deliver mail for example.org to mx1.example.org.
    state:
      description: One of V(published), V(missing), V(different), and V(unknown) when no name server
        gave an answer.
      type: str
      sample: published
    found:
      description: What stands in its place, when it is not published.
      type: list
      elements: str
      sample: []
    detail:
      description: The sentence that says what is wrong. Empty when nothing is.
      type: str
      sample: ""
dkim_keys:
  description: The DKIM keys, as in RV(selfhost.mail.mail_dkim#module:dkim_keys).
  returned: always
  type: list
  elements: dict
"""

import dataclasses
import typing as t

from ..module_utils._core.address import parse_domain
from ..module_utils._core.dkim import Key, key_result
from ..module_utils._core.dkim_plan import report as keys_report
from ..module_utils._core.dns.answer import Answer
from ..module_utils._core.dns.published import PUBLISHED, Status, next_steps, report, statuses
from ..module_utils._core.dns.records import Record, records
from ..module_utils._core.dns.site import parse_site
from ..module_utils._edge import dns
from ..module_utils._edge.database import keys as table
from ..module_utils._edge.database.connection import session
from ..module_utils._module import DATABASE_OPTIONS, Failure, Options, Result, login_of, run


def look(options: Options, _check_mode: bool) -> Result:
    domain, site = parse_domain(options["domain"]), parse_site(options)
    keys = _keys(options, domain)
    wanted = records(site, domain, keys)
    found = statuses(wanted, _observe(options, domain, wanted))
    asked = "the name servers" if options["observe_at"] == "authoritative" else "the resolvers"
    steps = next_steps(domain, found, keys, asked)
    result: Result = {
        "changed": False,
        "report": report(found, keys_report(keys, {}), steps),
        "published": all(status.state == PUBLISHED for status in found),
        "records": [_shown(status) for status in found],
        "dkim_keys": [key_result(key) for key in keys],
    }
    if options["require"] == PUBLISHED and not result["published"]:
        lacking = [status for status in found if status.state != PUBLISHED]
        words = f"{len(lacking)} of the {len(found)} records of {domain} are not published"
        raise Failure(f"{words}. {lacking[0].detail}", **result)
    return result


def _shown(status: Status) -> Result:
    told = {"state": status.state, "found": list(status.found), "detail": status.detail}
    return {**dataclasses.asdict(status.record), **told}


def _keys(options: Options, domain: str) -> list[Key]:
    with session(login_of(options)) as connection:
        found = table.load(connection)
    if domain not in found.domains:
        raise ValueError(
            f"The domain {domain} is not known here: add it first, or correct the option domain."
            f" Known are {', '.join(sorted(found.domains)) or 'none'}."
        )
    return [key for key in found.keys if key.domain == domain]


def _observe(options: Options, domain: str, wanted: t.Sequence[Record]) -> list[Answer]:
    """The answers to one question for each name and type."""
    dns.require_library()
    resolvers = [dns.parse_server(text) for text in options["resolver"]] or dns.system_servers()
    look_up = dns.ask_authoritative if options["observe_at"] == "authoritative" else dns.ask_each
    questions = dict.fromkeys((record.name, record.type) for record in wanted)
    asked = [(_zone(domain, name), name, kind, resolvers) for name, kind in questions]
    return [answer for answers in dns.in_parallel(look_up, asked) for answer in answers]


def _zone(domain: str, name: str) -> str:
    """A name whose zone holds the record: the domain, for names in it, else what is above it."""
    inside = name == domain or name.endswith("." + domain)
    return domain if inside else name.partition(".")[2]


def main() -> None:
    options: Options = {
        "domain": {"type": "str", "required": True},
        "hostname": {"type": "str", "required": True},
        "client_hostname": {"type": "str", "default": ""},
        "public_addresses": {"type": "list", "elements": "str", "required": True},
        "services": {"type": "dict", "default": {}},
        "dmarc_policy": {"choices": ["none", "quarantine", "reject"], "default": "quarantine"},
        "observe_at": {"choices": ["authoritative", "resolver"], "default": "authoritative"},
        "resolver": {"type": "list", "elements": "str", "default": []},
        "require": {"choices": ["nothing", "published"], "default": "nothing"},
    }
    run(look, {**options, **DATABASE_OPTIONS})


if __name__ == "__main__":
    main()
