"""Hosts to talk with: real sockets whose other end does what a test says."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t

from e2e.connection import Connection, Database

HOST = "127.0.0.1"
Serve = t.Callable[[socket.socket], None]


def connection(port: int = 25, folder: str = "") -> Connection:
    """All services at one port; what the ledger keeps of a host is in the folder."""
    return Connection(
        address=HOST,
        address6="::1",
        hostname="mx1.example.test",
        ca_file=f"{folder}/ca.pem",
        ports=dict.fromkeys(("smtp", "submission", "submissions", "imaps"), port),
        dns=HOST,
        domains=("example.test",),
        users=(),
        outside_sender="visitor@example.com",
        health_report="",
        administrator="admin@example.test",
        ssh_config="",
        inventory="",
        parts={},
        database=Database("", "", {}),
    )


@contextlib.contextmanager
def serving(serve: Serve) -> t.Iterator[Connection]:
    """A host that does this once."""
    with socket.create_server((HOST, 0)) as listener:

        def one() -> None:
            sock, _address = listener.accept()
            with sock, contextlib.suppress(ConnectionError):
                serve(sock)

        server = threading.Thread(target=one, daemon=True)
        server.start()
        yield connection(listener.getsockname()[1])
        server.join(5)


@contextlib.contextmanager
def nobody() -> t.Iterator[Connection]:
    """A host where no daemon listens."""
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    yield connection(port)
