# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the host that is to become a mail system, and changes nothing."""

from __future__ import annotations

import glob
import importlib.util
import ipaddress
import os
import pathlib
import shlex
import socket
import sys
import threading
import time
import typing as t

from .._core.daemon_files import FILES_OF_GROUP, DaemonFiles, md5
from .._core.preflight import Host, Listener

RESOLVE_SECONDS = 5.0
ROOMS = ("/usr", "/var")
_MAIN_CF_TEMPLATE = "/usr/share/postfix/main.cf.debian"
_MAIN_CF_TEMPLATE_TLS = "/usr/share/postfix/main.cf.tls"
_MASTER_CF = "/etc/postfix/master.cf"
_MASTER_CF_STOCK = "/usr/share/postfix/master.cf.dist"
_LISTEN = "0A"


def observe(hostname: str) -> Host:
    """Everything the preflight judges."""
    release = os_release(_read("/etc/os-release"))
    return Host(
        system=release.get("ID", ""),
        release=release.get("VERSION_ID", ""),
        system_name=release.get("PRETTY_NAME", ""),
        listeners=tuple(listeners()),
        files=daemon_files(),
        free_mb=free_mb(ROOMS),
        name_resolves=resolves(hostname),
        has_python_apt=importlib.util.find_spec("apt") is not None,
        package_lists_days=package_lists_days("/var/lib/apt/lists"),
    )


def os_release(text: str) -> dict[str, str]:
    """os-release(5) is a list of shell assignments."""
    pairs = (line.partition("=") for line in text.splitlines() if line and line[0] != "#")
    return {name: "".join(shlex.split(value)) for name, _equals, value in pairs}


def listeners() -> t.Iterator[Listener]:
    """Listening TCP sockets, each with every program that holds it."""
    holders = _socket_holders()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _read(table).splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN:
                address, _colon, port = fields[1].partition(":")
                for pid, program in holders.get(fields[9], [(0, "")]):
                    yield Listener(kernel_address(address), int(port, 16), program, pid)


def kernel_address(digits: str) -> str:
    """The kernel prints addresses as 32-bit words in the byte order of the machine."""
    words = [int(digits[i : i + 8], 16) for i in range(0, len(digits), 8)]
    return str(ipaddress.ip_address(b"".join(word.to_bytes(4, sys.byteorder) for word in words)))


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


def daemon_files() -> DaemonFiles:
    patterns = [pattern for patterns in FILES_OF_GROUP.values() for pattern in patterns]
    packages = {**_conffiles(), **_ucf_files()}
    if os.path.exists(_MASTER_CF_STOCK):
        packages[_MASTER_CF] = md5(_read(_MASTER_CF_STOCK))
    return DaemonFiles(
        texts={path: _read(path) for pattern in patterns for path in glob.glob(pattern)},
        package_md5=packages,
        main_cf_template=_read(_MAIN_CF_TEMPLATE),
        main_cf_template_tls=_read(_MAIN_CF_TEMPLATE_TLS),
    )


def _conffiles() -> dict[str, str]:
    """dpkg notes each configuration file it installed in a line ` PATH MD5 [obsolete]`."""
    lines = _read("/var/lib/dpkg/status").splitlines()
    fields = (line.split() for line in lines if line.startswith(" /etc/"))
    return {field[0]: field[1] for field in fields if len(field) > 1}


def _ucf_files() -> dict[str, str]:
    """ucf, which Dovecot's packages use instead, has lines `MD5 PATH`."""
    fields = (line.split() for line in _read("/var/lib/ucf/hashfile").splitlines())
    return {field[1]: field[0] for field in fields if len(field) == 2}


def free_mb(paths: t.Iterable[str]) -> dict[str, int]:
    """Free megabytes of each file system that one of the paths lies on."""
    rooms: dict[int, str] = {}
    for path in paths:
        rooms.setdefault(os.stat(path).st_dev, path)
    return {path: _free_bytes(path) // 1_000_000 for path in rooms.values()}


def _free_bytes(path: str) -> int:
    room = os.statvfs(path)
    return room.f_bavail * room.f_frsize


def resolves(hostname: str) -> bool:
    """Whether the host's resolver knows the name, or did not answer within RESOLVE_SECONDS."""
    answers: list[t.Any] = []

    def ask() -> None:
        try:
            answers.extend(socket.getaddrinfo(hostname, None))
        except (OSError, UnicodeError):
            return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(RESOLVE_SECONDS)
    return bool(answers)


def package_lists_days(directory: str) -> float | None:
    """Age of apt's package lists in days, or nothing when there are none."""
    if not glob.glob(f"{directory}/*_Packages*"):
        return None
    return (time.time() - os.stat(directory).st_mtime) / 86400


def _read(path: str) -> str:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
