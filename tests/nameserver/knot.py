"""A real name server on loopback addresses, for the length of a test."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import time
import typing as t

import dns.exception
import dns.message
import dns.query

ROOT = pathlib.Path(__file__).parents[2]
SECONDS = 20


def knotd() -> tuple[str, dict[str, str]]:
    """The program and the environment it needs."""
    subprocess.run([ROOT / "tests/nameserver/fetch"], check=True)
    unpacked = ROOT / ".cache/knot"
    found = shutil.which("knotd", path=f"{os.environ['PATH']}:/usr/sbin")
    if found:
        return found, dict(os.environ)
    libraries = sorted({str(path.parent) for path in unpacked.glob("usr/lib/*/lib*.so.*")})
    return f"{unpacked}/usr/sbin/knotd", {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}


def free_port(addresses: t.Iterable[str]) -> int:
    """A port that is free for UDP and TCP on all of the addresses."""
    for _attempt in range(100):
        with contextlib.ExitStack() as stack:
            port = 0
            try:
                for address in addresses:
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        candidate = stack.enter_context(socket.socket(socket.AF_INET, kind))
                        candidate.bind((address, port))
                        port = candidate.getsockname()[1]
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port is free on all of {addresses}")


@contextlib.contextmanager
def serve(
    folder: pathlib.Path, address: str, port: int, zones: t.Mapping[str, str]
) -> t.Iterator[None]:
    """Serve zones, each with the text of its file; a zone without text cannot be loaded."""
    folder.mkdir(parents=True)
    for zone, text in zones.items():
        if text:
            (folder / f"{zone}.zone").write_text(text)
    entries = "".join(f"  - domain: {zone}\n    file: {zone}.zone\n" for zone in zones)
    (folder / "knot.conf").write_text(
        f"server:\n  listen: {address}@{port}\n  rundir: {folder}\n  udp-workers: 1\n"
        f"  tcp-workers: 1\n  background-workers: 1\n"
        f"database:\n  storage: {folder}\nlog:\n  - target: stderr\n    any: warning\n"
        f"template:\n  - id: default\n    storage: {folder}\n    journal-content: none\n"
        f"zone:\n{entries}"
    )
    program, environment = knotd()
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [program, "-c", folder / "knot.conf"], env=environment, stdout=output, stderr=output
        )
    try:
        _wait(process, address, port, log)
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait(process: subprocess.Popen[bytes], address: str, port: int, log: pathlib.Path) -> None:
    query = dns.message.make_query("version.bind", "TXT", "CH")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(dns.exception.Timeout):
            dns.query.udp(query, address, timeout=0.2, port=port)
            return
    raise RuntimeError(f"knotd does not answer on {address}@{port}: {log.read_text()}")
