"""Looking at a host: this machine, and the forms of the kernel's and packages' files."""

from __future__ import annotations

import os
import pathlib
import socket
import sys

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._core.preflight.facts import Wanted
from ansible_collections.selfhost.mail.plugins.module_utils._edge import host, installed, sockets


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_listener_is_seen_with_its_program(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as server:
        server.bind((address, 0))
        port = server.getsockname()[1]
        assert not [seen for seen in sockets.listeners() if seen.port == port]
        server.listen()
        (seen,) = [seen for seen in sockets.listeners() if seen.port == port]
    assert (seen.address, seen.pid) == (address, os.getpid())
    assert pathlib.Path(seen.program).samefile(sys.executable)


def test_os_release() -> None:
    text = '# c\nID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n'
    assert host.os_release(text) == {
        "ID": "debian",
        "VERSION_ID": "13",
        "PRETTY_NAME": "Debian GNU/Linux 13 (trixie)",
    }


def test_names() -> None:
    asked = ("localhost", "no-such-host.invalid", "x" * 70 + ".example.test")
    answers = sockets.resolve(asked)
    assert tuple(answers) == asked
    # an address that leads nowhere else is no address for mail
    assert answers["localhost"] is not True
    assert answers["no-such-host.invalid"] is not True


def test_addresses() -> None:
    assert not sockets.is_absent("127.0.0.1")
    # documentation addresses are on no host
    assert sockets.is_absent("192.0.2.1")
    assert sockets.is_absent("2001:db8::1")


def test_rooms(tmp_path: pathlib.Path) -> None:
    (room, *others) = host.rooms([str(tmp_path), str(tmp_path / "not" / "yet")])
    assert others == []
    assert room.path == str(tmp_path)
    assert room.free_mb > 0
    assert room.writable


def test_memory() -> None:
    assert host.memory_mb("MemTotal: 512000 kB\nMemFree: 1 kB\nSwapTotal: 1024 kB\n") == 501


@pytest.mark.parametrize(
    ("group", "path"),
    [
        ("mail_database", "/var/lib/postgresql/17/main"),
        ("mail_edge", "/var/spool/postfix"),
        ("mail_store", "/srv/mail"),
    ],
)
def test_directories_of_a_group(group: str, path: str) -> None:
    assert host.directories(wanted(group)) == ["/usr", "/var", "/etc", path]


def wanted(*groups: str) -> Wanted:
    return Wanted(
        hostname="localhost",
        admin_address="",
        domains=(),
        groups=frozenset(groups),
        services={},
        inside_services={},
        internal_address="",
        mail_base="/srv/mail",
        database_host="",
        database_port=5432,
        database_roles=frozenset(),
        replace_files=False,
        minimum_free_mb=0,
        minimum_memory_mb=0,
        controller_time=None,
        clock_tolerance_s=60,
    )


def test_package_lists(tmp_path: pathlib.Path) -> None:
    assert installed.package_lists_days(str(tmp_path)) is None
    (tmp_path / "mirror_dists_trixie_main_binary-amd64_Packages.lz4").touch()
    os.utime(tmp_path, (0, 0))
    days = installed.package_lists_days(str(tmp_path))
    assert days is not None
    assert days > 20000
    (tmp_path / "x").touch()
    assert (installed.package_lists_days(str(tmp_path)) or 9) < 0.1


def test_this_machine_is_observed_whole() -> None:
    seen = host.observe(wanted("mail_edge"))
    assert seen.system
    assert seen.listeners
    assert seen.rooms
    assert seen.memory_mb > 0
    assert seen.clock.seconds > 0
