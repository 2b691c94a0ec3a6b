"""A way to the server that breaks or falls silent at a chosen moment."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import tempfile
import threading
import typing as t

NAME = ".s.PGSQL.5432"
Way = t.Literal["cut", "cut after", "silent", "silent after"]


class Relay:
    """Passes on what clients and the server say, until something is said for the nth time.

    "cut" hangs up instead of passing it on, "cut after" when it has been passed on; "silent" keeps
    all connections, the later ones too, and passes nothing on any more.
    """

    def __init__(self, server: str, said: bytes, way: Way, nth: int) -> None:
        self.server, self.said, self.way, self.nth = server, said, way, nth
        self.reached = threading.Event()
        self._kept: list[socket.socket] = []

    def serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = listener.accept()
                self._kept.append(client)
                if not self.reached.is_set():
                    self._join(client)
                elif self.way.startswith("cut"):
                    client.close()

    def close(self) -> None:
        for one in self._kept:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _join(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self.server}/{NAME}")
        self._kept.append(server)
        for pair, asks in (((client, server), True), ((server, client), False)):
            threading.Thread(target=self._pass, args=(*pair, asks), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, asks: bool) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                if asks and self.said in data and not self.reached.is_set():
                    self.nth -= 1
                    if self.nth == 0:
                        self.reached.set()
                        if self.way.endswith("after"):
                            other.sendall(data)
                        break
                if self.reached.is_set():
                    break
                other.sendall(data)
            if not self.reached.is_set() or self.way.startswith("cut"):
                for end in (one, other):
                    end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relay(server: str, said: bytes, way: Way, nth: int = 1) -> t.Iterator[tuple[str, Relay]]:
    """The directory of its socket, for login_unix_socket."""
    with (
        tempfile.TemporaryDirectory(prefix="selfhost-mail-relay-") as directory,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        listener.bind(str(pathlib.Path(directory, NAME)))
        listener.listen(8)
        made = Relay(server, said, way, nth)
        threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
        try:
            yield directory, made
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            made.close()
