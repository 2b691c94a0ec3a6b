"""People who log in, at a steady rate: those whom the host has seen before, and new ones."""

from __future__ import annotations

import dataclasses
import functools
import imaplib
import re
import time
import typing as t

from e2e.clients import Clients, message, verified
from e2e.connection import Connection, User
from ledger.pool import Pool
from ledger.sending import Conversation
from ledger.steady import Steady, Work

THREADS = 60
SLOW = 10.0  # seconds after which a person gives up
EMPTY = "there is no message to read"
WRONG = re.compile(r"\[(AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED)\]")
# what the host says of itself, such as UNAVAILABLE
CODE = re.compile(r"\[[A-Z-]+\]")

Kind = t.Literal["seen", "new", "submission"]
Answer = t.Literal["in", "later", "wrong", "unreached", "slow"]


@dataclasses.dataclass(frozen=True)
class Login:
    """One who is seen also reads a message; `began` and `answered` as in ledger.entry."""

    kind: Kind
    user: str
    began: float
    answered: float
    answer: Answer
    text: str = ""


class Logins(Steady):
    """Each second somebody whom the host has seen, and somebody new, to read or to send."""

    def __init__(self, connection: Connection, pool: Pool) -> None:
        super().__init__(1.0, THREADS, self._begin)
        self.connection, self.pool = connection, pool
        self.entries: list[Login] = []
        self._context = verified(connection)
        self._clients = Clients(connection, self._context, connection.address)

    def __enter__(self) -> t.Self:
        for user in self.pool.constant:
            self.introduce(user)
        return super().__enter__()

    def introduce(self, user: User) -> None:
        """Log in once, and see to it that there is a message to read."""
        client = self._clients.imap(user)
        _status, counted = client.select("INBOX")
        if counted == [b"0"]:
            client.append("INBOX", "", "", message(user.email, user.email).as_bytes())
        client.logout()

    def _begin(self, number: int) -> t.Iterator[Work]:
        constant = self.pool.constant
        yield functools.partial(self._note, "seen", constant[number % len(constant)])
        kind: Kind = "new" if number % 2 else "submission"
        yield functools.partial(self._note, kind, self.pool.fresh())

    def _note(self, kind: Kind, user: User) -> None:
        began = time.monotonic()
        if kind == "submission":
            answer, text = self.submit(user)
        else:
            answer, text = self.read(user, kind == "seen")
        ended = time.monotonic()
        if answer == "in" and ended - began > SLOW:
            answer = "slow"
        self.entries.append(Login(kind, user.email, began, ended, answer, text))

    def submit(self, user: User) -> tuple[Answer, str]:
        talk = Conversation(self.connection, self._context, "submission", user)
        code, text = talk.through(talk.entrance())
        connected = talk.client.sock is not None
        talk.end()
        return of_submission(code, text, connected), f"{code} {text}"

    def read(self, user: User, a_message: bool) -> tuple[Answer, str]:
        client: imaplib.IMAP4_SSL | None = None
        logged_in = False
        try:
            client = self._clients.imap()
            client.login(user.email, user.password)
            logged_in = True
            status, counted = client.select("INBOX", readonly=True)
            if status != "OK":
                raise client.error(f"SELECT: {counted!r}")
            if a_message and counted == [b"0"]:
                return "later", EMPTY
            if a_message and client.fetch("*", "(BODY.PEEK[])")[0] != "OK":
                raise client.error("FETCH: NO")
            return "in", ""
        except (OSError, imaplib.IMAP4.error) as error:
            return of_imap(error, logged_in), f"{type(error).__name__}: {error}"
        finally:
            if client:
                client.shutdown()


def of_submission(code: int, text: str, connected: bool) -> Answer:
    """Pure: what a person's mail program makes of an answer."""
    if code == 0:
        return "slow" if connected and "timed out" in text else "unreached"
    if code >= 500:
        return "wrong"
    return "later" if code >= 400 else "in"


def of_imap(error: Exception, logged_in: bool) -> Answer:
    """Pure: the same for IMAP, whose library raises what the host says."""
    text = str(error)
    if WRONG.search(text):
        return "wrong"
    if CODE.search(text):
        return "later"
    if isinstance(error, TimeoutError):
        # a connection that never came about says this and no more
        return "unreached" if text == "timed out" else "slow"
    # a server that says BYE closes the connection and says nothing of the login
    if isinstance(error, (OSError, imaplib.IMAP4.abort)) or "* BYE" in text:
        return "unreached"
    # a login refused without a code is shown as a wrong password
    return "later" if logged_in else "wrong"
