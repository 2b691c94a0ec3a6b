# Copyright (c) selfhost.mail contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of what every module supports."""

from __future__ import annotations


class ModuleDocFragment:
    """check_mode, diff_mode and idempotent."""

    # A module that brings objects into a state.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    support: full
    description: Reports what would change and changes nothing.
  diff_mode:
    support: full
    description: Shows what changes, without secrets.
  idempotent:
    support: full
    description: Running it twice in a row changes nothing the second time.
"""

    # A module that only looks.
    INFO = r"""
attributes:
  check_mode:
    support: full
    description: Changes nothing in any mode.
  diff_mode:
    support: N/A
    description: Changes nothing, so there is nothing to show.
  idempotent:
    support: full
    description: Changes nothing in any mode.
"""

    # A module with an action plugin that keeps secrets out of files.
    SECRETS = r"""
attributes:
  action:
    support: full
    description:
      - Runs an action plugin on the controller. It wraps secret options, so that results stay
        readable whatever
        they are, and demands a connection with pipelining for them, so that no secret is ever
        written to a file on the host.
"""
