"""Looking at a host: this machine, and the forms of the kernel's and packages' files."""

from __future__ import annotations

import os
import pathlib
import socket
import sys

import pytest

from ansible_collections.selfhost.mail.plugins.module_utils._edge import host


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_listener_is_seen_with_its_program(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as server:
        server.bind((address, 0))
        port = server.getsockname()[1]
        assert not [seen for seen in host.listeners() if seen.port == port]
        server.listen()
        (seen,) = [seen for seen in host.listeners() if seen.port == port]
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
    assert host.resolves("localhost")
    assert not host.resolves("no-such-host.invalid")
    assert not host.resolves("")


def test_room() -> None:
    rooms = host.free_mb(["/", "/."])
    assert list(rooms) == ["/"]
    assert rooms["/"] > 0


def test_package_lists(tmp_path: pathlib.Path) -> None:
    assert host.package_lists_days(str(tmp_path)) is None
    (tmp_path / "mirror_dists_trixie_main_binary-amd64_Packages.lz4").touch()
    os.utime(tmp_path, (0, 0))
    days = host.package_lists_days(str(tmp_path))
    assert days is not None
    assert days > 20000
    (tmp_path / "x").touch()
    assert (host.package_lists_days(str(tmp_path)) or 9) < 0.1


def test_this_machine_is_observed_whole() -> None:
    seen = host.observe("localhost")
    assert seen.system
    assert seen.listeners
    assert seen.free_mb
