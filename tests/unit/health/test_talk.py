"""Conversations with real sockets whose other end says given lines, whatever it hears."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.health.observations import Reply
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes import imap, smtp
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes.conversation import (
    Conversation,
    Trouble,
)
from ansible_collections.selfhost.mail.plugins.module_utils._edge.probes.dialects import DIALECTS

HOST = "127.0.0.1"


@contextlib.contextmanager
def saying(*answers: bytes) -> t.Iterator[Conversation]:
    """A conversation with a server that says one answer at once and one for each thing it hears."""
    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection:
                for answer in answers:
                    connection.sendall(answer)
                    connection.recv(4096)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        with Conversation(HOST, listener.getsockname()[1]) as talk:
            yield talk
        server.join(5)


def test_reply_of_several_lines() -> None:
    with saying(b"250-mx1\r\n250-SIZE 1\r\n250 DSN\r\n") as talk:
        assert smtp.reply(talk) == Reply(250, "mx1 SIZE 1 DSN")


def test_reply_that_is_none() -> None:
    with saying(b"hello\r\n") as talk:
        assert smtp.reply(talk) == Reply(0, "hello")


def test_a_server_that_hangs_up() -> None:
    with saying(b"220 mx") as talk:
        talk.send("QUIT")
        with pytest.raises(Trouble, match="closed the connection"):
            smtp.reply(talk)


def test_nobody_listens() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Trouble, match="connection refused"):
        Conversation(HOST, port)


def test_the_first_refusal_ends_a_message() -> None:
    with saying(b"220 mx1\r\n", b"250 ok\r\n", b"550 5.1.1 no\r\n") as talk:
        smtp.reply(talk)
        assert smtp.send_message(talk, "a@x.test", "b@x.test", b"text") == Reply(550, "5.1.1 no")


def test_imap_answer_with_a_literal() -> None:
    fetched = b"* 1 FETCH (UID 7 BODY[] {12}\r\na OK no end\r\n)\r\na OK done\r\n"
    with saying(b"* OK hello\r\n", fetched) as talk:
        assert imap.greeting(talk) == "* OK hello"
        assert imap.fetch(talk, "7") == b"a OK no end\r"


def test_imap_words_without_capabilities() -> None:
    with saying(b"* OK [CAPABILITY IMAP4rev1] ready\r\n", b"a OK [CAPABILITY X Y] in\r\n") as talk:
        assert imap.greeting(talk) == "* OK ready"
        answer = imap.log_in(talk, "anna@x.test", 'a"b\\c')
        assert (answer.status, answer.text) == ("OK", "in")


def test_imap_search() -> None:
    with saying(b"", b"* SEARCH 4 9\r\na OK\r\n") as talk:
        assert imap.search(talk, "ALL") == ["4", "9"]


def test_imap_refusal_names_the_command_and_no_more() -> None:
    with saying(b"", b"a NO [NOPERM] no\r\n") as talk, pytest.raises(Trouble) as caught:
        imap.demand(talk, "STORE 1 secret")
    assert str(caught.value) == "STORE: NO [NOPERM] no"


@pytest.mark.parametrize(
    ("protocol", "hello", "offers"),
    [
        ("smtp", b"220 mx1\r\n", b"250-mx1\r\n250-AUTH PLAIN LOGIN\r\n250 DSN\r\n"),
        ("imap", b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN\r\na OK\r\n"),
        ("pop3", b"+OK hi\r\n", b"+OK\r\nSASL PLAIN LOGIN\r\n.\r\n"),
        (
            "sieve",
            b'"IMPLEMENTATION" "D"\r\n"SASL" ""\r\nOK\r\n',
            b'"SASL" "PLAIN LOGIN"\r\nOK\r\n',
        ),
    ],
)
def test_mechanisms(protocol: str, hello: bytes, offers: bytes) -> None:
    dialect = DIALECTS[protocol]
    with saying(hello, offers) as talk:
        assert dialect.greeting(talk).startswith(hello.split(b"\r\n")[0].decode())
        assert dialect.mechanisms(talk) == ("PLAIN", "LOGIN")


@pytest.mark.parametrize(
    ("protocol", "answer", "said"),
    [
        ("smtp", b"220 go\r\n", ""),
        ("smtp", b"454 4.7.0 later\r\n", "454 4.7.0 later"),
        ("imap", b"a OK go\r\n", ""),
        ("imap", b"a BAD what\r\n", "BAD what"),
        ("pop3", b"+OK go\r\n", ""),
        ("pop3", b"-ERR no\r\n", "-ERR no"),
        ("sieve", b"OK\r\n", ""),
        ("sieve", b"NO\r\n", "NO"),
    ],
)
def test_begin_tls(protocol: str, answer: bytes, said: str) -> None:
    with saying(b"", answer) as talk:
        assert DIALECTS[protocol].begin_tls(talk) == said
