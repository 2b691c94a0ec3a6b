#!/usr/bin/python
# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: mail_files
short_description: Keeps daemons' files that somebody else made, and brings them back
version_added: "0.1.0"
description:
  - Keeps a copy of each file beside it, with its owner and its mode, before ours takes its place.
  - Brings all kept files of Postfix, Dovecot and OpenDKIM back, and takes ours away.
  - It restarts nothing. It says which services are to be restarted or stopped.
extends_documentation_fragment:
  - selfhost.mail.attributes
author: ["selfhost.mail contributors (@selfhost-mail)"]
options:
  paths:
    description: The files to keep. Where a copy is there already, it stays as it is.
    type: list
    elements: path
    default: []
  state:
    description:
      - V(kept) sees that there is a copy of each of O(paths), named C(FILE.before-selfhost.mail).
      - V(restored) moves all copies back to their places and removes our files of these daemons.
    type: str
    choices: [kept, restored]
    default: kept
"""

EXAMPLES = r"""
- name: Keep what is there
  selfhost.mail.mail_files:
    paths: [/etc/postfix/main.cf, /etc/postfix/master.cf]

- name: Bring it back
  selfhost.mail.mail_files:
    state: restored
"""

RETURN = r"""
kept:
  description: Files of which there is a copy now that was not there before.
  returned: when O(state=kept)
  type: list
  elements: str
  sample: [/etc/postfix/main.cf]
restored:
  description: Files that are back.
  returned: when O(state=restored)
  type: list
  elements: str
  sample: [/etc/postfix/main.cf]
removed:
  description: Our files that are gone.
  returned: when O(state=restored)
  type: list
  elements: str
  sample: [/etc/systemd/system/postfix.service.d/selfhost-mail.conf]
restarted:
  description: Services to restart, since they have their old files again.
  returned: when O(state=restored)
  type: list
  elements: str
  sample: [postfix]
stopped:
  description: Services to stop, since they came with ours.
  returned: when O(state=restored)
  type: list
  elements: str
  sample: [opendkim]
report:
  description: What was done, or in check mode would be, as lines for a person.
  returned: when O(state=restored)
  type: list
  elements: str
  sample: [/etc/postfix/main.cf is back., postfix runs with what it had.]
"""

import dataclasses

from ..module_utils._core.kept_files import plan, report
from ..module_utils._edge.kept_files import give_back, had_exim, keep, look, without_copy
from ..module_utils._module import Options, Result, run


def act(options: Options, check_mode: bool) -> Result:
    return (_keep if options["state"] == "kept" else _restore)(options, check_mode)


def _keep(options: Options, check_mode: bool) -> Result:
    missing = without_copy(options["paths"])
    for path in [] if check_mode else missing:
        keep(path)
    return {"changed": bool(missing), "kept": missing, "diff": {"prepared": _lines("+", missing)}}


def _restore(_options: Options, check_mode: bool) -> Result:
    way = plan(*look())
    if not check_mode:
        give_back(way)
    return {
        "changed": bool(way.restored),
        **{name: list(value) for name, value in dataclasses.asdict(way).items()},
        "report": report(way, had_exim()),
        "diff": {"prepared": _lines("+", way.restored) + _lines("-", way.removed)},
    }


def _lines(sign: str, paths: list[str] | tuple[str, ...]) -> str:
    return "".join(f"{sign} {path}\n" for path in paths)


def main() -> None:
    options: Options = {
        "paths": {"type": "list", "elements": "path", "default": []},
        "state": {"type": "str", "choices": ["kept", "restored"], "default": "kept"},
    }
    run(act, options)


if __name__ == "__main__":
    main()
