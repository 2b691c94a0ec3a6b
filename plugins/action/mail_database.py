# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands the secret options of mail_database over without a file."""

from __future__ import annotations

from ansible_collections.selfhost.mail.plugins.plugin_utils.sealed_action import SealedAction


class ActionModule(SealedAction):
    SECRETS = ("login_password", "passwords")
