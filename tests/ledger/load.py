"""Messages at a steady rate: a slow answer delays no other message."""

from __future__ import annotations

import concurrent.futures
import secrets
import threading
import time
import types

from e2e.clients import verified
from e2e.connection import Connection, User
from ledger.entry import Entry, Message
from ledger.mix import planned
from ledger.pool import Pool
from ledger.sending import send

THREADS = 600  # conversations at once: ten messages per second for as long as one may take


def new_run() -> str:
    """A name that no other run has."""
    return secrets.token_hex(4)


class Load:
    """Sends from `with` to `stop`; `late` is how far it fell behind at the worst, in seconds."""

    def __init__(self, connection: Connection, pool: Pool, rate: float, run: str) -> None:
        self.connection, self.pool, self.rate, self.run = connection, pool, rate, run
        self.entries: list[Entry] = []
        self.late = 0.0
        self._context = verified(connection)
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._workers = concurrent.futures.ThreadPoolExecutor(THREADS, "ledger")
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Load:
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Begin no more messages, and wait for the answers to those on their way."""
        self._stop.set()
        self._clock.join()
        self._workers.shutdown(wait=True)
        if self._error:
            raise self._error

    def _tick(self) -> None:
        try:
            began, number = time.monotonic(), 0
            while not self._stop.wait(max(0.0, began + number / self.rate - time.monotonic())):
                what, user = planned(self.run, number, self.pool, self.connection.outside_sender)
                self._workers.submit(self._send, what, user, began + number / self.rate)
                number += 1
        except BaseException as error:
            self._error = error

    def _send(self, what: Message, user: User | None, due: float) -> None:
        try:
            self.late = max(self.late, time.monotonic() - due)
            self.entries.append(send(self.connection, self._context, what, user))
        except BaseException as error:
            self._error = error
