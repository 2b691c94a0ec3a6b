#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_health
short_description: Find out whether a mail host does what it should
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Observes a mail host from the outside of its daemons, judges what it saw, and gives a score.
  - It looks at daemons, ports, certificates, look-ups in the database, DNS records and the queue,
    tries what must be
    refused, and sends a real message to a mailbox of its own, which it reads, verifies and removes.
  - For each run that mailbox gets a random password, which only the running process knows, and is
    locked again.
  - A check that depends on a failed one is skipped and names it. Skipped checks do not count.
  - It never fails because of what it found. Look at RV(score), as the playbook
    C(selfhost.mail.health) does.
  - It ends within five seconds, whatever hangs. It runs on the mail host, as root.
  - A mail system on several hosts is looked at host by host, the database first, then the edges,
    then the store, which gets the results of the others and makes one report of all.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
  - selfhost.mail.database
attributes:
  check_mode:
    support: full
    description: Whatever writes is skipped, which are the logins of the probe and its message.
  diff_mode:
    support: N/A
    description: Leaves nothing changed, so there is nothing to show.
  idempotent:
    support: full
    description: Leaves nothing changed.
options:
  hostname:
    description: The name of the host in its MX records and in its certificate.
    type: str
    required: true
  client_hostname:
    description: The name that mail programs use. Default is O(hostname).
    type: str
    default: ""
  services:
    description:
      - Services by name, each a dictionary with C(port), C(enabled) and C(addresses), as in the
        variable C(site_services).
      - A service without addresses is looked at on the addresses under which others reach the host,
        IPv4 and IPv6.
    type: dict
    required: true
  mailbox:
    description:
      - Address of the mailbox of the probes. It must exist; the role C(selfhost.mail.health) makes
        it.
    type: str
    required: true
  outside_address:
    description:
      - An address in a domain that this host does not serve.
      - It is offered as recipient of a stranger's message and must be refused. Nothing is sent to
        it.
    type: str
    default: health-probe@example.com
  public_addresses:
    description:
      - The addresses of the host in DNS. Without them the checks of DNS records are skipped.
    type: list
    elements: str
    default: []
  dmarc_policy:
    description: The weakest DMARC policy that the domains should show.
    type: str
    choices: [none, quarantine, reject]
    default: quarantine
  certificate_file:
    description: File of the certificate that the daemons should serve.
    type: path
    default: /etc/selfhost-mail/tls/fullchain.pem
  ca_file:
    description:
      - File with the authorities that clients trust. Empty for those that the system trusts.
    type: path
    default: ""
  resolver:
    description:
      - Addresses of the resolvers to ask, such as V(192.0.2.53) or V(192.0.2.53@5353).
      - Default are those of the host.
    type: list
    elements: str
    default: []
  parts:
    description:
      - What this host is of the mail system. By default it is the whole.
      - On an edge are looked at the ports for the public, Postfix, the signer and the queue. On a
        store, the accounts and their DNS records, and the edges as users and strangers see them.
    type: list
    elements: str
    choices: [database, store, edge]
    default: [database, store, edge]
  host:
    description: What the report calls this host. It is needed where there are several.
    type: str
    default: ""
  edge_addresses:
    description:
      - Where the store reaches the services of the edges that have no addresses of their own. It is
        needed for a store that is no edge.
    type: list
    elements: str
    default: []
  inside_services:
    description:
      - What the store offers the edges, as in O(services), C(lmtp) among them, each with its
        addresses.
    type: dict
    default: {}
  inside_name:
    description: The name under which the edges know the store.
    type: str
    default: ""
  databases:
    description:
      - What this module returned on the database servers, by the names of the hosts.
      - It becomes a part of the report and of the score, and what rests on a failed check there is
        skipped. The daemons of a host without C(checks) count as failed.
    type: dict
    default: {}
  edges:
    description: What this module returned on the edges that are other hosts, as O(databases).
    type: dict
    default: {}
  units:
    description: The systemd units that must run on this host.
    type: list
    elements: str
    default: [postfix.service, dovecot.service, opendkim.service, postgresql@17-main.service]
requirements:
  - python3-psycopg2, python3-passlib, python3-cryptography, python3-dnspython and python3-dkim on
    the mail host
seealso:
  - module: selfhost.mail.mail_dkim
  - plugin: selfhost.mail.dns_records
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Find out how the host is
  selfhost.mail.mail_health:
    hostname: mx1.example.org
    services:
      smtp: {port: 25, enabled: true, addresses: []}
      submission: {port: 587, enabled: true, addresses: []}
      imaps: {port: 993, enabled: true, addresses: []}
    mailbox: health-probe@example.org
    public_addresses: [192.0.2.10, "2001:db8::10"]
    login_unix_socket: /run/postgresql
  register: found

- name: Stop here unless all is well
  ansible.builtin.assert:
    that: found.score == 100
    fail_msg: "{{ found.report }}"
"""

RETURN = r"""
score:
  description: Share of the judged checks that passed, in per cent, rounded down.
  returned: success
  type: int
  sample: 100
passed:
  description: Number of checks that passed.
  returned: success
  type: int
  sample: 74
total:
  description: Number of checks that were judged. Skipped ones are not among them.
  returned: success
  type: int
  sample: 74
duration_s:
  description: How long the run took.
  returned: success
  type: float
  sample: 2.31
report:
  description: The report for people. Its last line is the score.
  returned: success
  type: str
  sample: HEALTH 100% (74/74 checks passed)
checks:
  description: Every check at every target.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The check. All are listed in docs/docsite/rst/health.rst.
      type: str
      sample: certificate.lasts
    target:
      description: What it looked at.
      type: str
      sample: imaps 192.0.2.10:993
    severity:
      description: One of V(error) and V(warning). Both count.
      type: str
      sample: warning
    status:
      description: One of V(passed), V(failed) and V(skipped).
      type: str
      sample: passed
    expected:
      description: What should be. Empty for a skipped check.
      type: str
      sample: at least 14 days left
    observed:
      description: What is. Empty for a skipped check.
      type: str
      sample: 364 days left
    duration_s:
      description: How long the observation took.
      type: float
      sample: 0.021
    remedy:
      description: What helps when the check fails.
      type: str
      sample: Find out why it was not renewed; with tls_source own_ca, site.yml renews it.
    reason:
      description: Why the check was skipped. Empty for others.
      type: str
      sample: because service.running dovecot
    host:
      description: What O(host) said where the check was made.
      type: str
      sample: mx1.example.org
"""

from ..module_utils._core.health.report.data import data, results
from ..module_utils._core.health.report.text import text
from ..module_utils._edge.probes.run import examine, own_addresses
from ..module_utils._edge.probes.settings import PARTS, parse_settings
from ..module_utils._module import DATABASE_OPTIONS, Options, Result, login_of, run


def observe_and_judge(options: Options, check_mode: bool) -> Result:
    settings = parse_settings(options, login_of(options), own_addresses())
    others = [
        *results(options["databases"], ("postgresql",)),
        *results(options["edges"], ("postfix", "dovecot", "opendkim")),
    ]
    health = examine(settings, others=others, check_mode=check_mode)
    report = text(health, settings.hostname)
    return {**data(health), "passed": health.passed, "total": health.total, "report": report}


def main() -> None:
    options: Options = {**DATABASE_OPTIONS, **_OPTIONS}
    run(observe_and_judge, options)


_OPTIONS: Options = {
    "hostname": {"type": "str", "required": True},
    "client_hostname": {"type": "str", "default": ""},
    "services": {"type": "dict", "required": True},
    "mailbox": {"type": "str", "required": True},
    "outside_address": {"type": "str", "default": "health-probe@example.com"},
    "public_addresses": {"type": "list", "elements": "str", "default": []},
    "dmarc_policy": {"choices": ["none", "quarantine", "reject"], "default": "quarantine"},
    "certificate_file": {"type": "path", "default": "/etc/selfhost-mail/tls/fullchain.pem"},
    "ca_file": {"type": "path", "default": ""},
    "resolver": {"type": "list", "elements": "str", "default": []},
    "parts": {"type": "list", "elements": "str", "choices": [*PARTS], "default": [*PARTS]},
    "host": {"type": "str", "default": ""},
    "edge_addresses": {"type": "list", "elements": "str", "default": []},
    "inside_services": {"type": "dict", "default": {}},
    "inside_name": {"type": "str", "default": ""},
    "databases": {"type": "dict", "default": {}},
    "edges": {"type": "dict", "default": {}},
    "units": {
        "type": "list",
        "elements": "str",
        "default": [
            "postfix.service",
            "dovecot.service",
            "opendkim.service",
            "postgresql@17-main.service",
        ],
    },
}


if __name__ == "__main__":
    main()
