#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_configuration
short_description: Exchange all configuration files of a daemon, or none
version_added: "0.1.0"
author:
  - selfhost.mail contributors (@selfhost-mail)
description:
  - Writes the files as candidates, lets a command judge them together, and only then puts them in
    place and reloads, restarts or starts the daemon.
  - A daemon that does not work with its new files gets its former ones back.
  - A play that was stopped between writing and applying is made up for the next time.
  - The candidates are judged each time, also when no file changes, because they may include others.
  - Directories and programs are put there first, as they are, and stay when the files are refused.
extends_documentation_fragment:
  - selfhost.mail.attributes
  - selfhost.mail.attributes.secrets
options:
  daemon:
    description: The daemon's name in messages.
    type: str
    required: true
  unit:
    description: The daemon's unit.
    type: str
    required: true
  directories:
    description: Directories that are there before anything else. What lies in them is left alone.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where it lies. Directories above it that are missing are made.
        type: path
        required: true
      owner:
        description: The user it belongs to.
        type: str
        default: root
      group:
        description: The group it belongs to.
        type: str
        default: root
      mode:
        description: Its permissions, in octal digits.
        type: str
        default: "0755"
  programs:
    description:
      - Files that O(check), O(proof) and the daemon's unit run.
      - The daemon hears nothing of a change.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where the program lies.
        type: path
        required: true
      content:
        description: The whole text.
        type: str
        required: true
      owner:
        description: The user it belongs to.
        type: str
        default: root
      group:
        description: The group it belongs to.
        type: str
        default: root
      mode:
        description: Its permissions, in octal digits.
        type: str
        default: "0755"
  files:
    description: All files of the configuration.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where the file lies. Its directory exists or is one of O(directories).
        type: path
        required: true
      content:
        description: The whole text.
        type: str
      owner:
        description: The user it belongs to.
        type: str
        default: root
      group:
        description: The group it belongs to.
        type: str
        default: root
      mode:
        description: Its permissions, in octal digits.
        type: str
        default: "0644"
      secret:
        description: Keeps the text out of output, differences and files on the way.
        type: bool
        default: false
      restart:
        description: Whether the daemon must be restarted when it changes.
        type: bool
        default: false
  check:
    description:
      - A command that judges the candidates and ends with 0 when they are good.
      - Its last argument will be a directory, below which each candidate has its path, or V(/) for
        the files in place.
    type: list
    elements: str
    required: true
  proof:
    description:
      - A command that ends with 0 when the daemon works. It is repeated for O(patience) seconds,
        unless it ends with 3.
      - The variable C(APPLIED) of its environment is the time of the reload, as C(journalctl) takes
        it.
    type: list
    elements: str
    default: []
  restart_when:
    description: A command that prints something when the daemon must be restarted after a reload.
    type: list
    elements: str
    default: []
  patience:
    description: How many seconds O(check) and O(proof) may take.
    type: int
    default: 10
  remedy:
    description: What to correct when the files are refused.
    type: str
    required: true
  sealed_contents:
    description: The texts of secret files on their way from the action plugin to the module. Not
      for use in a task.
    type: str
"""

EXAMPLES = r"""
- name: Configure OpenDKIM
  selfhost.mail.mail_configuration:
    daemon: OpenDKIM
    unit: opendkim
    directories:
      - path: /etc/systemd/system/opendkim.service.d
    programs:
      - path: /usr/local/sbin/check-opendkim
        content: "{{ lookup('ansible.builtin.file', 'check-opendkim', rstrip=false) }}"
    files:
      - path: /etc/opendkim.conf
        content: "{{ lookup('ansible.builtin.template', 'opendkim.conf.j2') }}"
        restart: true
    check: [/usr/local/sbin/check-opendkim]
    remedy: opendkim_settings
"""

RETURN = r"""
directories:
  description: Paths of the directories that were made or given other rights, or would be.
  returned: success
  type: list
  elements: str
  sample: [/etc/systemd/system/opendkim.service.d]
files:
  description: Paths of the programs and files that changed, or would change.
  returned: success
  type: list
  elements: str
  sample: [/etc/opendkim.conf]
"""

from ..module_utils._configuration import configure
from ..module_utils._module import Options, run

DIRECTORY: Options = {
    "path": {"type": "path", "required": True},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "root"},
    "mode": {"type": "str", "default": "0755"},
}
PROGRAM: Options = {**DIRECTORY, "content": {"type": "str", "required": True}}
FILE: Options = {
    **DIRECTORY,
    "content": {"type": "str"},
    "mode": {"type": "str", "default": "0644"},
    "secret": {"type": "bool", "default": False},
    "restart": {"type": "bool", "default": False},
}
OPTIONS: Options = {
    "daemon": {"type": "str", "required": True},
    "unit": {"type": "str", "required": True},
    "directories": {"type": "list", "elements": "dict", "default": [], "options": DIRECTORY},
    "programs": {"type": "list", "elements": "dict", "default": [], "options": PROGRAM},
    "files": {"type": "list", "elements": "dict", "required": True, "options": FILE},
    "check": {"type": "list", "elements": "str", "required": True},
    "proof": {"type": "list", "elements": "str", "default": []},
    "restart_when": {"type": "list", "elements": "str", "default": []},
    "patience": {"type": "int", "default": 10},
    "remedy": {"type": "str", "required": True},
    "sealed_contents": {"type": "str", "no_log": True},
}


def main() -> None:
    run(configure, OPTIONS)


if __name__ == "__main__":
    main()
