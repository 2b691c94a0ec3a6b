"""A second place to connect from: Dovecot makes an address wait that sent wrong passwords."""

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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def tunnel(connection: Connection, address: str) -> t.Iterator[dict[str, int]]:
    """Ports on loopback that lead through the outside machine to an address of the host."""
    ports = {service: free_port() for service in connection.ports}
    forwards = [
        f"-L{LOOPBACK}:{ports[service]}:[{address}]:{port}"
        for service, port in connection.ports.items()
    ]
    command = ["ssh", "-F", connection.ssh_config, "-N", "-o", "ExitOnForwardFailure=yes"]
    process = subprocess.Popen([*command, *forwards, OUTSIDE_MACHINE], stdin=subprocess.DEVNULL)
    try:
        wait_until_open(process, list(ports.values()))
        yield ports
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until_open(process: subprocess.Popen[bytes], ports: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    for port in ports:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"no tunnel through {OUTSIDE_MACHINE}")
            time.sleep(0.05)
