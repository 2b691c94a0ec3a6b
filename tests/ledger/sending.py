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
from ledger.entry import HEADER, Entry, Message, Stage, Way, entry

CONNECT, ANSWER, FAREWELL = 10.0, 60.0, 2.0  # seconds
PORTS = {"outside": "smtp", "submission": "submission", "submissions": "submissions"}

Answer = tuple[int, bytes]
Step = tuple[Stage, t.Callable[[], Answer]]
# of steps that the server does not answer
WENT_WELL: Answer = (0, b"")


def send(
    connection: Connection, context: ssl.SSLContext, what: Message, user: User | None
) -> Entry:
    """Send it and note the last answer, or where the conversation ended without one."""
    talk = Conversation(connection, context, what.way, user)
    began = time.monotonic()
    code, text = talk.through([*talk.entrance(), *talk.delivery(what)])
    noted = entry(what, began, time.monotonic(), code, text, talk.stage)
    talk.end()
    return noted


class Conversation:
    """Knows its stage, which is what an end without an answer is judged by."""

    def __init__(
        self, connection: Connection, context: ssl.SSLContext, way: Way, user: User | None
    ) -> None:
        self.connection, self.context, self.way, self.user = connection, context, way, user
        self.stage: Stage = "connect"
        self.client = smtplib.SMTP(local_hostname=OUTSIDE_HELO)

    def through(self, steps: t.Iterable[Step]) -> tuple[int, str]:
        """The first answer that ends it, or else the last; 0 and what happened for none."""
        code, text = 0, b""
        try:
            for self.stage, step in steps:
                code, text = step()
                if code == -1:
                    raise smtplib.SMTPException(f"no answer of SMTP: {text!r}")
                if code >= 400:
                    break
        except (OSError, smtplib.SMTPException) as error:
            return 0, f"{type(error).__name__}: {error}"
        return code, text.decode(errors="replace")

    def entrance(self) -> t.Iterator[Step]:
        """Until the host knows who is there."""
        yield "connect", self.connect
        if self.way == "submissions":
            yield "tls", self.handshake
        yield "connect", self.client.getreply
        yield "ehlo", self.hello
        if self.way == "submission":
            yield "tls", lambda: self.client.docmd("STARTTLS")
            yield "tls", self.handshake
            yield "ehlo", self.hello
        if self.user:
            login = f"PLAIN {credentials(self.user)}"
            yield "auth", lambda: self.client.docmd("AUTH", login)

    def delivery(self, what: Message) -> t.Iterator[Step]:
        text = letter(what)
        yield "mail", lambda: self.client.docmd("MAIL", f"FROM:<{what.sender}>")
        yield "rcpt", lambda: self.client.docmd("RCPT", f"TO:<{what.recipient}>")
        yield "data", lambda: self.client.docmd("DATA")
        yield "data", lambda: self.write(text)
        yield "end", lambda: self.client.docmd(".")

    def connect(self) -> Answer:
        place = self.connection.address, self.connection.ports[PORTS[self.way]]
        self.client.sock = socket.create_connection(place, timeout=CONNECT)
        self.client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.sock.settimeout(ANSWER)
        return WENT_WELL

    def handshake(self) -> Answer:
        assert self.client.sock
        self.client.sock = self.context.wrap_socket(self.client.sock)
        self.client.file = None
        return WENT_WELL

    def hello(self) -> Answer:
        return self.client.docmd("EHLO", OUTSIDE_HELO)

    def write(self, text: bytes) -> Answer:
        """All but the final dot."""
        self.client.send(text)
        return WENT_WELL

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
