# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host says of its network: who listens, which addresses it has, whether names resolve."""

from __future__ import annotations

import errno
import glob
import ipaddress
import os
import pathlib
import socket
import sys
import threading
import time
import typing as t

from .._core.preflight.facts import Listener

RESOLVE_SECONDS = 8.0
_LISTEN = "0A"
# what a resolver says that does its work
_NOT_THERE = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


def listeners() -> t.Iterator[Listener]:
    """Listening TCP sockets, each with every program that holds it."""
    holders = _socket_holders()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _lines(table)[1:]:
            fields = line.split()
            if fields[3] == _LISTEN:
                address, _colon, port = fields[1].partition(":")
                for pid, program in holders.get(fields[9], [(0, "")]):
                    yield Listener(kernel_address(address), int(port, 16), program, pid)


def kernel_address(digits: str) -> str:
    """The kernel prints addresses as 32-bit words in the byte order of the machine."""
    words = [int(digits[i : i + 8], 16) for i in range(0, len(digits), 8)]
    return str(ipaddress.ip_address(b"".join(word.to_bytes(4, sys.byteorder) for word in words)))


def _lines(table: str) -> list[str]:
    """A kernel without IPv6 has no table of it."""
    try:
        return pathlib.Path(table).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []


def _socket_holders() -> dict[str, list[tuple[int, str]]]:
    """Inode of a socket → the processes that have it open."""
    holders: dict[str, list[tuple[int, str]]] = {}
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            target = os.readlink(link)
            if target.startswith("socket:["):
                process = link.rpartition("/fd/")[0]
                holder = (int(process.rpartition("/")[2]), os.readlink(f"{process}/exe"))
                holders.setdefault(target[8:-1], []).append(holder)
        except OSError:
            continue  # it ended while we looked, or is not ours to see
    return holders


def is_absent(address: str) -> bool:
    """Whether no daemon could listen at this address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as server:
            server.bind((address, 0))
    except OSError as error:
        return error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return False


def resolve(names: t.Iterable[str]) -> dict[str, bool | None]:
    """Whether each name has an address; nothing where no resolver said so in time."""
    answers: dict[str, bool | None] = dict.fromkeys(names)

    def ask(name: str) -> None:
        try:
            # with the dot at its end the name is not looked for in /etc/hosts
            found = socket.getaddrinfo(f"{name}.", None)
            answers[name] = not all(_is_loopback(str(one[4][0])) for one in found)
        except socket.gaierror as error:
            answers[name] = False if error.errno in _NOT_THERE else None
        except (OSError, UnicodeError):
            answers[name] = None

    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in answers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + RESOLVE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(answers)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback
