"""Where a conversation ends decides what is known of a message."""

from __future__ import annotations

import socket
import ssl
import typing as t

import pytest

from e2e.connection import User
from ledger.entry import Entry, Message, Outcome, Stage
from ledger.sending import Conversation, credentials, letter, send
from unit.ledger.hosts import nobody, serving

WHAT = Message(
    "run", 7, "outside", "visitor@example.com", "anna@example.test", "constant", ("anna@x.test",)
)
SUBMITTED = Message("run", 7, "submission", "anna@x.test", "ben@x.test", "constant", ())
GOOD = ("220 mx1", "250 hello", "250 sender", "250 recipient", "354 go on", "250 2.0.0 queued")
# what the server reads in between; the last answer follows the final dot
AFTER = (b"", b"EHLO ", b"MAIL ", b"RCPT ", b"DATA", b"\r\n.\r\n")


def heard(sock: socket.socket, wanted: bytes) -> None:
    """Read until it was said, or a farewell."""
    said = b""
    while not (wanted in said and said.endswith(b"\r\n")) and said != b"quit\r\n":
        if not (more := sock.recv(4096)):
            raise ConnectionError
        said += more


def saying(*answers: str) -> t.Callable[[socket.socket], None]:
    """Answer so often, hear what comes then, and hang up."""

    def serve(sock: socket.socket) -> None:
        for answer, said in zip(answers, AFTER, strict=False):
            if said:
                heard(sock, said)
            sock.sendall(f"{answer}\r\n".encode())
        if len(answers) < len(AFTER):
            heard(sock, AFTER[len(answers)])

    return serve


def sent(*answers: str) -> Entry:
    with serving(saying(*answers)) as connection:
        return send(connection, ssl.create_default_context(), WHAT, None)


@pytest.mark.parametrize(
    ("answers", "stage", "outcome"),
    [
        (GOOD, "end", "accepted"),
        (GOOD[:5], "end", "unknown"),
        (GOOD[:4], "data", "unreached"),
        (GOOD[:3], "rcpt", "unreached"),
        (GOOD[:2], "mail", "unreached"),
        (GOOD[:1], "ehlo", "unreached"),
        ((*GOOD[:5], "451 4.3.0 no space"), "end", "later"),
        ((*GOOD[:5], "554 5.6.0 no"), "end", "refused"),
        ((*GOOD[:4], "451 4.3.0 no space"), "data", "later"),
        ((*GOOD[:3], "550 5.1.1 unknown"), "rcpt", "refused"),
        ((*GOOD[:2], "452 4.3.1 full"), "mail", "later"),
        (("421 4.3.2 busy",), "connect", "later"),
        (("554 5.7.1 no",), "connect", "refused"),
        (("what?",), "connect", "unreached"),
    ],
)
def test_stage(answers: tuple[str, ...], stage: Stage, outcome: Outcome) -> None:
    noted = sent(*answers)
    assert (noted.stage, noted.outcome) == (stage, outcome), noted


def test_nobody_listens() -> None:
    with nobody() as connection:
        noted = send(connection, ssl.create_default_context(), WHAT, None)
    assert (noted.stage, noted.outcome) == ("connect", "unreached")
    assert noted.text.startswith("ConnectionRefusedError")


def test_a_reset_after_the_dot_leaves_it_unknown() -> None:
    def serve(sock: socket.socket) -> None:
        saying(*GOOD[:5])(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with serving(serve) as connection:
        noted = send(connection, ssl.create_default_context(), WHAT, None)
    assert (noted.stage, noted.outcome) == ("end", "unknown")


def test_only_the_final_dot_ends_a_message() -> None:
    """A line that is cut while the text goes over leaves the host without a message."""
    with nobody() as connection:
        talk = Conversation(connection, ssl.create_default_context(), "outside", None)
    assert [stage for stage, _step in talk.delivery(WHAT)] == [
        "mail",
        "rcpt",
        "data",
        "data",
        "end",
    ]


def test_without_starttls_no_password_is_sent() -> None:
    said: list[bytes] = []

    def serve(sock: socket.socket) -> None:
        for answer in (b"220 mx1\r\n", b"250 hello\r\n", b"454 4.7.0 no TLS now\r\n"):
            sock.sendall(answer)
            said.append(sock.recv(4096))

    with serving(serve) as connection:
        context = ssl.create_default_context()
        noted = send(connection, context, SUBMITTED, User("anna@x.test", "secret"))
    assert (noted.stage, noted.outcome) == ("tls", "later")
    assert [line.split()[0] for line in said] == [b"EHLO", b"STARTTLS", b"quit"]


def test_an_entry_is_the_message_with_its_answer() -> None:
    noted = sent(*GOOD)
    assert (noted.id, noted.way, noted.places) == ("run-7", "outside", WHAT.places)
    assert (noted.code, noted.text) == (250, "2.0.0 queued")
    assert 0 < noted.seconds < 5


def test_a_letter_carries_its_number() -> None:
    head, _empty, body = letter(WHAT).partition(b"\r\n\r\n")
    assert b"\r\nX-Ledger: run-7" in head
    assert b"\r\nMessage-ID: <" in head
    assert body and not any(line.startswith(b".") for line in letter(WHAT).split(b"\r\n"))
    assert letter(WHAT).endswith(b"\r\n")


def test_credentials() -> None:
    assert credentials(User("a@b.test", "c")) == "AGFAYi50ZXN0AGM="
