# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hand-over file of generated passwords: encrypted by ansible-vault, never overwritten."""

from __future__ import annotations

import contextlib
import os
import shlex
import typing as t
from dataclasses import dataclass, field

from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import PromptVaultSecret, VaultLib

from ..module_utils._core.hand_over import UNCONFIRMED, NewUser, hand_over_text
from .private_files import claim, full_path, replace


@dataclass(frozen=True)
class HandOver:
    """Where the file is to stand, and what encrypts it.

    Until it is known that the users were added it is called PATH.unconfirmed.
    """

    path: str
    vault_id: str
    secret: t.Any = field(repr=False)

    @property
    def unconfirmed(self) -> str:
        return f"{self.path}.unconfirmed"

    @property
    def was_typed(self) -> bool:
        """Ansible asks for a vault password once, so that a slip would close the file for good."""
        return isinstance(self.secret, PromptVaultSecret)

    def begin(self, users: t.Sequence[NewUser]) -> None:
        """Write the passwords before the accounts are written."""
        try:
            claim(self.unconfirmed)
        except FileExistsError:
            raise ValueError(_taken(self.unconfirmed)) from None
        except OSError as error:
            raise ValueError(_unwritable(self.unconfirmed, error)) from None
        try:
            replace(self.unconfirmed, self._encrypted(users, UNCONFIRMED))
        except OSError as error:
            self.drop()
            raise ValueError(_unwritable(self.unconfirmed, error)) from None

    def complete(self, added: t.Sequence[NewUser], others: t.Sequence[NewUser]) -> None:
        """Put those who were added under the name that was asked for; others stay unconfirmed."""
        if added:
            claim(self.path)
            replace(self.path, self._encrypted(added))
        if not others:
            self.drop()
        elif added:
            replace(self.unconfirmed, self._encrypted(others, UNCONFIRMED))

    def drop(self) -> None:
        """Take the unconfirmed file away: its passwords stand elsewhere, or are nobody's."""
        with contextlib.suppress(OSError):
            os.unlink(self.unconfirmed)

    def _encrypted(self, users: t.Sequence[NewUser], notice: str = "") -> bytes:
        text = hand_over_text(users, notice)
        encrypted: bytes = VaultLib().encrypt(text, self.secret, self.vault_id)
        return encrypted


def hand_over(path: str, vault_id: str | None, loader: DataLoader) -> HandOver:
    """Find what encrypts the file, and see that its name is free; nothing is written yet."""
    chosen, secret = _secret(loader._vault.secrets or [], vault_id)
    made = HandOver(full_path(path), chosen, secret)
    if os.path.isdir(made.path):
        raise ValueError(f"The hand-over file {path!r} is a directory; give hand_over a file name.")
    folder = os.path.dirname(made.path)
    if not os.path.isdir(folder):
        raise ValueError(
            f"The hand-over file {path!r} has no place: the directory {folder!r} is missing on the"
            " controller; make it, or give hand_over another name."
        )
    for taken in (made.path, made.unconfirmed):
        if os.path.lexists(taken):
            raise ValueError(_taken(taken))
    return made


def _secret(secrets: t.Sequence[tuple[str, t.Any]], wanted: str | None) -> tuple[str, t.Any]:
    """As ansible-vault chooses: the named one, or the only one."""
    known = sorted({vault_id for vault_id, _secret in secrets})
    if not secrets:
        raise ValueError(
            "Passwords have to be generated, and no vault secret was given to encrypt them with."
            " Call ansible-playbook with --vault-password-file FILE or --vault-id NAME@FILE, or"
            " write a password for each new user. Nothing was written."
        )
    if wanted is None and len(known) > 1:
        raise ValueError(
            f"The vault secrets {', '.join(known)} were given; choose the one that encrypts the"
            " generated passwords with hand_over_vault_id. Nothing was written."
        )
    for vault_id, secret in secrets:
        if wanted in (None, vault_id):
            return vault_id, secret
    raise ValueError(
        f"The vault secret hand_over_vault_id={wanted!r} was not given; there is"
        f" {', '.join(known)}. Call ansible-playbook with --vault-id {wanted}@FILE. Nothing was"
        " written."
    )


def reading(path: str) -> str:
    """The command that shows an encrypted file."""
    return f"ansible-vault view {shlex.quote(path)}"


def _taken(path: str) -> str:
    left = (
        " A run that broke off has left it, and the passwords in it may be in use."
        if path.endswith(".unconfirmed")
        else ""
    )
    return (
        f"The hand-over file {path!r} exists and is never overwritten.{left} Read it with"
        f" {reading(path)} and move it away, or give hand_over another name. Nothing was written."
    )


def _unwritable(path: str, error: OSError) -> str:
    return (
        f"The hand-over file {path!r} cannot be written on the controller: {error.strerror}."
        " Nothing was written."
    )
