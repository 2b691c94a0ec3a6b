# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the secret options of mail_dns_info over without a file."""

from __future__ import annotations

from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import SealedAction


class ActionModule(SealedAction):
    """Its only secret is login_password."""
