"""Clients of a mail host that break off or fall silent: run on its own, where the host is outside.

python3 strange_clients.py HOST silent|cut-in-data|silent-in-data|cut-after-dot"""

from __future__ import annotations

import socket
import struct
import sys
import time

RECIPIENT = "load-constant-1@example.test"
TALK = ("EHLO client.example.com", "MAIL FROM:<visitor@example.com>", f"RCPT TO:<{RECIPIENT}>")
# must be in no mailbox afterwards
HALF = "this message was cut off"
PATIENCE = 30.0
SILENCE = 12.0
CROWD = 200
GROUP, GROUPS = 30, 5


def connected(host: str, lines: tuple[str, ...] = ()) -> socket.socket:
    """One that has been answered to all these."""
    connection = socket.create_connection((host, 25), PATIENCE)
    answers = connection.makefile("rb")
    answers.readline()
    for line in lines:
        connection.sendall(line.encode() + b"\r\n")
        while answers.readline()[3:4] == b"-":
            pass
    return connection


def reset(connection: socket.socket) -> None:
    """Without a farewell of TCP either (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def main() -> None:
    host, way = sys.argv[1:]
    if way == "silent":
        crowd = [connected(host) for _each in range(CROWD)]
        time.sleep(SILENCE)
        for connection in crowd:
            connection.close()
        return
    letter = "whole\r\n.\r\n" if way == "cut-after-dot" else f"{HALF}\r\n"
    for _group in range(GROUPS if way.startswith("cut") else 1):
        group = [connected(host, (*TALK, "DATA")) for _each in range(GROUP)]
        for connection in group:
            connection.sendall(f"Subject: strange\r\n\r\n{letter}".encode())
        time.sleep(SILENCE if way.startswith("silent") else 0)
        for connection in group:
            reset(connection)


if __name__ == "__main__":
    main()
