"""One conversation with the host, without a second try."""

from __future__ import annotations

import base64
import contextlib
import email.policy
import smtplib
import socket
import ssl
import time
import typing as t

from e2e.clients import OUTSIDE_HELO, message
from e2e.connection import Connection, User
from ledger.entry import HEADER, Entry, Message, Stage, entry

CONNECT, ANSWER, FAREWELL = 10.0, 60.0, 2.0  # seconds
PORTS = {"outside": "smtp", "submission": "submission", "submissions": "submissions"}


def send(
    connection: Connection, context: ssl.SSLContext, what: Message, user: User | None
) -> Entry:
    """Send it and note the last answer, or where the conversation ended without one."""
    talk = Conversation(connection, context, what, user)
    began = time.monotonic()
    try:
        code, text = talk.through()
    except (OSError, smtplib.SMTPException) as error:
        code, text = 0, f"{type(error).__name__}: {error}"
    noted = entry(what, began, time.monotonic(), code, text, talk.stage)
    talk.end()
    return noted


class Conversation:
    """Knows its stage, which is what an end without an answer is judged by."""

    def __init__(
        self,
        connection: Connection,
        context: ssl.SSLContext,
        what: Message,
        user: User | None,
    ) -> None:
        self.connection, self.context, self.what, self.user = connection, context, what, user
        self.stage: Stage = "connect"
        self.client = smtplib.SMTP(local_hostname=OUTSIDE_HELO)

    def through(self) -> tuple[int, str]:
        """The first answer that ends it: a refusal, or the one after the final dot."""
        code, text = 0, b""
        for stage, step in self.steps():
            self.stage = stage
            code, text = step()
            if code == -1:
                raise smtplib.SMTPException(f"no answer of SMTP: {text!r}")
            if code >= 400:
                break
        return code, text.decode(errors="replace")

    def steps(self) -> t.Iterator[tuple[Stage, t.Callable[[], tuple[int, bytes]]]]:
        text = letter(self.what)
        yield "connect", self.connect
        if self.what.way == "submissions":
            yield "tls", self.handshake
            yield "connect", self.client.getreply
        yield "ehlo", lambda: self.client.docmd("EHLO", OUTSIDE_HELO)
        if self.what.way == "submission":
            yield "tls", lambda: self.client.docmd("STARTTLS")
            yield "tls", self.handshake
            yield "ehlo", lambda: self.client.docmd("EHLO", OUTSIDE_HELO)
        if self.user:
            login = f"PLAIN {credentials(self.user)}"
            yield "auth", lambda: self.client.docmd("AUTH", login)
        yield "mail", lambda: self.client.docmd("MAIL", f"FROM:<{self.what.sender}>")
        yield "rcpt", lambda: self.client.docmd("RCPT", f"TO:<{self.what.recipient}>")
        yield "data", lambda: self.client.docmd("DATA")
        yield "data", lambda: self.write(text)
        yield "end", lambda: self.client.docmd(".")

    def connect(self) -> tuple[int, bytes]:
        place = self.connection.address, self.connection.ports[PORTS[self.what.way]]
        sock = socket.create_connection(place, timeout=CONNECT)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(ANSWER)
        self.client.sock = sock
        return (220, b"") if self.what.way == "submissions" else self.client.getreply()

    def handshake(self) -> tuple[int, bytes]:
        assert self.client.sock
        self.client.sock = self.context.wrap_socket(self.client.sock)
        self.client.file = None
        return 220, b""

    def write(self, text: bytes) -> tuple[int, bytes]:
        """All but the final dot."""
        self.client.send(text)
        return 354, b""

    def end(self) -> None:
        """Leave politely, but do not wait for long."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if self.client.sock:
                self.client.sock.settimeout(FAREWELL)
                self.client.quit()
        self.client.close()


def letter(what: Message) -> bytes:
    """As it goes over the line; no line of it begins with a dot."""
    made = message(what.sender, what.recipient, f"Message {what.number} of run {what.run}.\n")
    made[HEADER] = what.id
    return made.as_bytes(policy=email.policy.SMTP)


def credentials(user: User) -> str:
    return base64.b64encode(f"\0{user.email}\0{user.password}".encode()).decode()
