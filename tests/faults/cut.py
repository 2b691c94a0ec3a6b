"""A line to the host that is cut at the end of a message, before its final dot or after it."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import typing as t

from e2e.connection import Connection
from e2e.tunnel import LOOPBACK

DOT, END = b".\r\n", b"\r\n.\r\n"


@contextlib.contextmanager
def line_cut(connection: Connection, passes_the_dot: bool) -> t.Iterator[Connection]:
    """The host as it is seen through such a line, which serves one client on port 25."""
    host = connection.address, connection.ports["smtp"]
    with socket.create_server((LOOPBACK, 0)) as listener:

        def serve() -> None:
            client, _address = listener.accept()
            with client, socket.create_connection(host) as server:
                back = threading.Thread(target=pass_answers, args=(server, client), daemon=True)
                back.start()
                heard = b""
                while not heard.endswith(END) and (said := client.recv(4096)):
                    heard += said
                    server.sendall(said.removesuffix(DOT) if heard.endswith(END) else said)
                # no answer to what follows comes back
                client.shutdown(socket.SHUT_RDWR)
                if passes_the_dot:
                    server.sendall(DOT)
                    back.join(10)

        threading.Thread(target=serve, daemon=True).start()
        port = listener.getsockname()[1]
        ports = {**connection.ports, "smtp": port}
        yield dataclasses.replace(connection, address=LOOPBACK, ports=ports)


def pass_answers(server: socket.socket, client: socket.socket) -> None:
    """Until the client is gone, and then what comes is for nobody."""
    with contextlib.suppress(OSError):
        while said := server.recv(4096):
            client.sendall(said)
