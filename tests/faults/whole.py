"""Whether the host is whole: logins work, and a message is in its mailbox within two seconds."""

from __future__ import annotations

import contextlib
import dataclasses
import smtplib
import threading
import time

from e2e.clients import DELIVERY, Clients, Inbox, message, subject
from e2e.connection import User

EVERY = 0.5  # seconds between two attempts
SELDOM, AFTER = 5.0, 60.0  # and when it takes long
AT_ONCE = 12  # attempts that may hang beside each other


@dataclasses.dataclass
class Wholeness:
    """Attempts that begin one after the other, so that one that hangs does not hide the next."""

    clients: Clients
    user: User
    first: float | None = None  # time.monotonic() at the end of the first attempt that succeeded
    last_trouble: str = ""
    _running: threading.Semaphore = dataclasses.field(
        default_factory=lambda: threading.Semaphore(AT_ONCE)
    )
    _stop: threading.Event = dataclasses.field(default_factory=threading.Event)

    def __enter__(self) -> Wholeness:
        threading.Thread(target=self._begin, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _begin(self) -> None:
        began = time.monotonic()
        while self.first is None:
            if self._stop.wait(SELDOM if time.monotonic() > began + AFTER else EVERY):
                return
            if self._running.acquire(blocking=False):
                threading.Thread(target=self._try, daemon=True).start()

    def _try(self) -> None:
        try:
            attempt(self.clients, self.user)
        except Exception as error:  # whatever it is, the host is not whole
            self.last_trouble = f"{type(error).__name__}: {error}"
        else:
            self.first = min(self.first or float("inf"), time.monotonic())
        finally:
            self._running.release()


def attempt(clients: Clients, user: User) -> None:
    """Log in to read, receive from outside, submit; any trouble is raised."""
    inbox = clients.inbox(user)
    with contextlib.closing(inbox.client.sock):
        server = clients.server()
        with contextlib.closing(server):
            arrives(inbox, server, clients.connection.outside_sender, user)
        client = clients.submission(user)
        with contextlib.closing(client):
            arrives(inbox, client, user.email, user)


def arrives(inbox: Inbox, client: smtplib.SMTP, sender: str, user: User) -> None:
    made = message(sender, user.email)
    client.send_message(made)
    inbox.wait(subject(made), within=DELIVERY)
