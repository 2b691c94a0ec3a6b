#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_dkim
short_description: Make DKIM keys, or take existing ones, and let them sign once they are in DNS
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Makes a key for each domain that has none, or takes an existing private key with its selector.
  - A new key is V(pending). It signs nothing until it is V(active), and it becomes active only
    after its exact record was seen in DNS, or because the administrator said so.
  - A domain has one active key. When another one becomes active, the former one is V(retiring).
    Its record must stay in DNS, so that mail which is still on its way can be verified.
  - The signer reads the keys from the database, so no daemon needs a reload.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
options:
  domains:
    description:
      - The domains whose keys are meant.
      - Default is every hosted domain. An alias domain has a key only when it is named here.
    type: list
    elements: str
    default: []
  selector:
    description:
      - The name of the key in DNS. A domain that has no key of this name gets one, also when it has
        other keys, which is how a change of keys begins.
      - Without it, a domain gets a key when it has none that is pending or active. Its name then is
        V(s) with the year and month, such as V(s202611).
      - With O(activate), only the key of this name is activated.
    type: str
  algorithm:
    description: What a new key is. O(private_key) has an algorithm of its own.
    type: str
    choices:
      rsa2048: RSA with 2048 bits, which every receiver understands.
    default: rsa2048
  private_key:
    description:
      - An existing RSA private key in PEM, without passphrase, with at least 1024 bits.
      - All of O(domains) get it under the name O(selector), which is required with it.
    type: str
  activate:
    description:
      - Which pending keys begin to sign.
      - Where several keys of one domain could, none does, and the report says so.
    type: str
    choices:
      "no": None.
      when_published: Those whose exact record is in DNS at this moment.
      now: All, whatever is in DNS. Receivers treat mail with an unknown key as unsigned.
    default: "no"
  observe_at:
    description: Where O(activate=when_published) looks for a record.
    type: str
    choices:
      authoritative: At every name server of the domain's zone. All must show the record.
      resolver: At a resolver alone, where the name servers cannot be asked from this host.
    default: authoritative
  resolver:
    description:
      - Addresses of the resolvers to use, such as V(192.0.2.53) or V(192.0.2.53@5353).
      - Default are those of the host that runs the module.
    type: list
    elements: str
    default: []
requirements:
  - python3-cryptography on the host that runs the module
  - python3-dnspython on the host that runs the module, for O(activate=when_published)
seealso:
  - module: selfhost.mail.mail_info
  - plugin: selfhost.mail.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Give each hosted domain a key
  selfhost.mail.mail_dkim:

- name: Let those keys sign that are in DNS by now
  selfhost.mail.mail_dkim:
    activate: when_published

- name: Take the key along from the former server, where its record already is in DNS
  selfhost.mail.mail_dkim:
    domains: [example.org]
    selector: mail
    private_key: "{{ lookup('ansible.builtin.file', 'mail.private') }}"
    activate: when_published

- name: Begin a change of keys
  selfhost.mail.mail_dkim:
    domains: [example.org]
    selector: s202705
"""

RETURN = r"""
report:
  description: A line for each of the keys, for a person.
  returned: success
  type: list
  elements: str
  sample:
    - s202611._domainkey.example.org signs new mail (seen at ns1.example.org (192.0.2.53))
dkim_keys:
  description: All keys of the domains, as they are after the change.
  returned: success
  type: list
  elements: dict
  contains:
    domain:
      description: The domain.
      type: str
      sample: example.org
    selector:
      description: The name of the key.
      type: str
      sample: s202611
    algorithm:
      description: The algorithm as its record has it.
      type: str
      sample: rsa
    public:
      description: The public half in base64. In check mode empty for a key that is yet to be made.
      type: str
      sample: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA…
    state:
      description: One of V(pending), V(active), V(retiring) and V(retired).
      type: str
      sample: pending
    in_dns:
      description: Whether its record has to be in DNS.
      type: bool
      sample: true
    signs:
      description: Whether new mail is signed with it.
      type: bool
      sample: false
    record:
      description: Its DNS record. In check mode V(null) for a key that is yet to be made.
      type: dict
      contains:
        name:
          description: The complete name, without a final dot.
          type: str
          sample: s202611._domainkey.example.org
        type:
          description: The type.
          type: str
          sample: TXT
        value:
          description: The text, undivided.
          type: str
          sample: v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA…
    decision:
      description: Why the key began to sign or did not. V(null) when that was not asked.
      type: str
      sample: ns1.example.org (192.0.2.53) says that there is no TXT record
"""

import typing as t

from ..module_utils._core.address import parse_domain
from ..module_utils._core.dkim import (
    Key,
    Verdict,
    judge_answers,
    key_result,
    parse_selector,
    record_name,
)
from ..module_utils._core.dkim_plan import (
    WHEN_PUBLISHED,
    Wish,
    candidates,
    decide,
    make_plan,
    new_keys,
    report,
    summary,
)
from ..module_utils._edge import dns
from ..module_utils._edge.database import keys as table
from ..module_utils._edge.database.connection import session
from ..module_utils._edge.keys import GOOD_BITS, KeyPair, make_rsa, read_private_key
from ..module_utils._module import DATABASE_OPTIONS, Options, Result, login_of, run


def manage(options: Options, check_mode: bool) -> Result:
    given = read_private_key(options["private_key"]) if options["private_key"] else None
    wish = _wish(options, given)
    with session(login_of(options)) as connection:
        found = table.load(connection)
        new = new_keys(wish, found)
        asked = candidates(wish, found, new)
        decisions = decide(wish, asked, _observe(options, asked))
        plan = make_plan(wish, found, new, decisions)
        keys = plan.after
        if plan.changed and not check_mode:
            table.save(connection, [(key, given or make_rsa()) for key in new], plan.moves)
            keys = tuple(key for key in table.load(connection).keys if key.domain in plan.domains)
    return {
        "changed": plan.changed,
        "diff": {"before": summary(plan.before), "after": summary(plan.after)},
        "report": report(keys, decisions),
        "dkim_keys": [_result(key, decisions) for key in keys],
        "warnings": _warnings(given),
    }


def _wish(options: Options, given: KeyPair | None) -> Wish:
    domains = tuple(parse_domain(name) for name in options["domains"])
    selector = options["selector"] or ""
    if selector:
        selector = parse_selector(selector, max(domains, key=len, default="the domains"))
    return Wish(
        domains,
        selector,
        given.algorithm if given else "rsa",
        given.public if given else "",
        options["activate"],
    )


def _observe(options: Options, asked: t.Sequence[Key]) -> dict[tuple[str, str], Verdict]:
    """Look up the records of the keys that exist; one that is yet to be made has none."""
    if options["activate"] != WHEN_PUBLISHED:
        return {}
    dns.require_library()
    resolvers = [dns.parse_server(text) for text in options["resolver"]] or dns.system_servers()
    made = [key for key in asked if key.public]
    look_up = dns.ask_authoritative if options["observe_at"] == "authoritative" else dns.ask_each
    answers = dns.in_parallel(
        look_up,
        [(key.domain, record_name(key.selector, key.domain), "TXT", resolvers) for key in made],
    )
    return {
        (key.domain, key.selector): judge_answers(seen, key.algorithm, key.public)
        for key, seen in zip(made, answers)
    }


def _result(key: Key, decisions: t.Mapping[tuple[str, str], Verdict]) -> Result:
    decision = decisions.get((key.domain, key.selector))
    return {**key_result(key), "decision": decision.reason if decision else None}


def _warnings(given: KeyPair | None) -> list[str]:
    if given is None or given.bits >= GOOD_BITS:
        return []
    return [
        f"The private key has {given.bits} bits, and RFC 8301 asks for at least {GOOD_BITS}:"
        " change to a new key soon."
    ]


def main() -> None:
    options: Options = {
        "domains": {"type": "list", "elements": "str", "default": []},
        "selector": {"type": "str"},
        "algorithm": {"type": "str", "choices": ["rsa2048"], "default": "rsa2048"},
        "private_key": {"type": "str", "no_log": True},
        "activate": {"choices": ["no", "when_published", "now"], "default": "no"},
        "observe_at": {"choices": ["authoritative", "resolver"], "default": "authoritative"},
        "resolver": {"type": "list", "elements": "str", "default": []},
    }
    run(manage, {**options, **DATABASE_OPTIONS}, required_by={"private_key": ["selector"]})


if __name__ == "__main__":
    main()
