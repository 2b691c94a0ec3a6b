# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What probes can see. Plain facts: nothing here says whether they are good."""

from __future__ import annotations

import dataclasses

from ..dns.answer import Answer
from ..dns.records import Record
from .model import Topic


@dataclasses.dataclass(frozen=True)
class Unit:
    """A systemd unit; `process` is the state letter of its main process, empty when it is gone.

    `outdated` are the programs and libraries that run and are not the installed ones."""

    active: str
    sub: str
    pid: int
    process: str
    outdated: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Greeting:
    """The first words of a server, or the error met instead."""

    protocol: str
    text: str
    error: str = ""


@dataclasses.dataclass(frozen=True)
class Encryption:
    """What was negotiated: by STARTTLS or at once."""

    version: str
    cipher: str = ""
    error: str = ""


@dataclasses.dataclass(frozen=True)
class Mechanisms:
    """How one may log in, in clear and under TLS; `wanted` says that this port is for users."""

    wanted: bool
    clear: tuple[str, ...]
    encrypted: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Certificate:
    """`distrust` is what a client says who verifies it; `on_disk` is the file's fingerprint."""

    distrust: str
    hostname: str
    days_left: float
    served: str
    on_disk: str


@dataclasses.dataclass(frozen=True)
class Command:
    """A command and how it ended; `status` is None when it was stopped for taking too long."""

    line: str
    status: int | None
    output: str = ""
    errors: str = ""


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer to one command of SMTP or IMAP; the code 0 stands for no answer."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


@dataclasses.dataclass(frozen=True)
class Login:
    """An attempt to log in: did the server let us in, and what it said."""

    admitted: bool
    text: str


@dataclasses.dataclass(frozen=True)
class Delivery:
    """Whether the message was found in the mailbox, and after how long."""

    found: bool
    seconds: float


@dataclasses.dataclass(frozen=True)
class Signature:
    """The DKIM signature of the delivered message; `domain` is empty when there is none."""

    wanted: str
    domain: str
    selector: str


@dataclasses.dataclass(frozen=True)
class Verification:
    """What a receiver would find."""

    valid: bool
    detail: str


@dataclasses.dataclass(frozen=True)
class Queue:
    deferred: int
    waiting: int
    longest_wait_s: float
    error: str = ""


@dataclasses.dataclass(frozen=True)
class Dns:
    """Records that should exist and what name servers said about them."""

    expected: tuple[Record, ...]
    answers: tuple[Answer, ...]


@dataclasses.dataclass(frozen=True)
class SigningKeys:
    selectors: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Watched:
    """How long ago watch looked, None when it left no word; why what it looks at does not answer,
    None when that does."""

    age_s: float | None
    database: str | None = None
    delivery: str | None = None
    error: str = ""


UNIT: Topic[Unit] = Topic("unit")
CONFIGURATION: Topic[Command] = Topic("configuration")
WATCH: Topic[Watched] = Topic("watch")
GREETING: Topic[Greeting] = Topic("greeting")
ENCRYPTION: Topic[Encryption] = Topic("encryption")
MECHANISMS: Topic[Mechanisms] = Topic("mechanisms")
CERTIFICATE: Topic[Certificate] = Topic("certificate")
ADMIN_LOOKUP: Topic[Command] = Topic("lookup of the modules")
POSTFIX_LOOKUP: Topic[Command] = Topic("lookup of Postfix")
DOVECOT_LOOKUP: Topic[Command] = Topic("lookup of Dovecot")
SIGNER_LOOKUP: Topic[Command] = Topic("lookup of the signer")
LOGIN: Topic[Login] = Topic("login")
WRONG_PASSWORD: Topic[Login] = Topic("login with a wrong password")
CLEAR_LOGIN: Topic[Login] = Topic("login without TLS")
RELAYING: Topic[tuple[Reply, ...]] = Topic("relaying")
UNKNOWN_RECIPIENT: Topic[tuple[Reply, ...]] = Topic("unknown recipient")
KNOWN_RECIPIENT: Topic[Reply] = Topic("known recipient")
FOREIGN_SENDER: Topic[tuple[Reply, ...]] = Topic("foreign sender")
SUBMISSION: Topic[Reply] = Topic("submission")
DELIVERY: Topic[Delivery] = Topic("delivery")
SIGNATURE: Topic[Signature] = Topic("signature")
VERIFICATION: Topic[Verification] = Topic("verification")
REMOVAL: Topic[Reply] = Topic("removal")
QUEUE: Topic[Queue] = Topic("queue")
CLOSED: Topic[Reply] = Topic("closing of the mailbox")
RESOLVER: Topic[Answer] = Topic("resolver")
HOST_RECORDS: Topic[Dns] = Topic("records of the host")
MX: Topic[Dns] = Topic("MX")
SPF: Topic[Dns] = Topic("SPF")
DKIM: Topic[Dns] = Topic("DKIM")
DMARC: Topic[Dns] = Topic("DMARC")
SIGNING_KEYS: Topic[SigningKeys] = Topic("signing keys")
