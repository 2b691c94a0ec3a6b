"""Other places to connect from: commands and connections of another machine of the bed."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import typing as t

from e2e.connection import Connection

OUTSIDE_MACHINE = "client.example.com"
LOOPBACK = "127.0.0.1"
PATIENCE = 10.0


def outside(connection: Connection, command: str, given: bytes = b"") -> bytes:
    """What a command on the outside machine prints."""
    ssh = ["ssh", "-F", connection.ssh_config, OUTSIDE_MACHINE, command]
    return subprocess.run(ssh, input=given, capture_output=True, check=True, timeout=60).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def forwarded(
    connection: Connection, through: str, places: t.Sequence[tuple[str, int]]
) -> t.Iterator[list[int]]:
    """Ports on loopback that lead through a machine to places that it reaches."""
    ports = [free_port() for _place in places]
    forwards = [
        f"-L{LOOPBACK}:{port}:[{address}]:{there}"
        for port, (address, there) in zip(ports, places, strict=True)
    ]
    command = ["ssh", "-F", connection.ssh_config, "-N", "-o", "ExitOnForwardFailure=yes"]
    process = subprocess.Popen([*command, *forwards, through], stdin=subprocess.DEVNULL)
    try:
        wait_until_open(process, ports, through)
        yield ports
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextlib.contextmanager
def tunnel(connection: Connection, address: str) -> t.Iterator[dict[str, int]]:
    """The services, from the outside machine: an address that sent wrong passwords has to wait."""
    places = [(address, port) for port in connection.ports.values()]
    with forwarded(connection, OUTSIDE_MACHINE, places) as ports:
        yield dict(zip(connection.ports, ports, strict=True))


def wait_until_open(process: subprocess.Popen[bytes], ports: list[int], through: str) -> None:
    deadline = time.monotonic() + PATIENCE
    for port in ports:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no tunnel through {through}")
            time.sleep(0.05)
