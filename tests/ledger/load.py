"""Messages at a steady rate: a slow answer delays no other message."""

from __future__ import annotations

import functools
import secrets
import typing as t

from e2e.clients import verified
from e2e.connection import Connection, User
from ledger.entry import Entry, Message
from ledger.mix import planned
from ledger.pool import Pool
from ledger.sending import send
from ledger.steady import Steady, Work

THREADS = 600  # conversations at once: ten messages per second for as long as an answer may take


def new_run() -> str:
    """A name that no other run has."""
    return secrets.token_hex(4)


class Load(Steady):
    """Sends the messages of `ledger.mix` and notes what becomes of each; none is sent again."""

    def __init__(self, connection: Connection, pool: Pool, rate: float, run: str) -> None:
        super().__init__(rate, THREADS, self._begin)
        self.connection, self.pool, self.run = connection, pool, run
        self.entries: list[Entry] = []
        self._context = verified(connection)

    def _begin(self, number: int) -> t.Iterator[Work]:
        visitor = self.connection.outside_sender
        what, user = planned(self.run, number, self.pool, visitor)
        yield functools.partial(self._send, what, user)

    def _send(self, what: Message, user: User | None) -> None:
        self.entries.append(send(self.connection, self._context, what, user))
