"""A real PostgreSQL server of one's own, for as long as a test run lasts."""

from __future__ import annotations

import contextlib
import glob
import os
import pathlib
import shutil
import subprocess
import tempfile
import typing as t

# Nothing here has to survive a crash.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
}


@contextlib.contextmanager
def server(
    settings: t.Mapping[str, object] | None = None, files: t.Mapping[str, str] | None = None
) -> t.Iterator[str]:
    """Start a server; the value is the directory of its socket, to which all may connect.

    The files lie there and are its own, and settings name them without a directory.
    """
    # the server refuses to run as root
    who: dict[str, t.Any] = {}
    if os.getuid() == 0:
        who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    with tempfile.TemporaryDirectory(prefix="selfhost-mail-pg-") as directory:
        place = pathlib.Path(directory)
        place.chmod(0o755)
        data = place / "data"
        data.mkdir()
        for name, text in (files or {}).items():
            (place / name).write_text(text)
            (place / name).chmod(0o600)
        if who:
            for path in (place, *place.iterdir()):
                shutil.chown(path, who["user"], who["group"])

        def run(program: str, *arguments: object) -> None:
            command = [str(_programs() / program), *map(str, arguments)]
            done = subprocess.run(
                command, cwd=place, capture_output=True, text=True, check=False, **who
            )
            if done.returncode:
                raise RuntimeError(f"{' '.join(command)} failed: {done.stderr}")

        wanted = {**_SETTINGS, **(settings or {})}
        wanted |= {name: place / str(one) for name, one in wanted.items() if one in (files or {})}
        options = " ".join(f"-c {name}={value}" for name, value in wanted.items())
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8")
        # its output must not keep our pipe open, so it goes to the log
        run(
            "pg_ctl",
            "-D",
            data,
            "-w",
            "-s",
            "-l",
            place / "log",
            "-o",
            f"-k {place} {options}",
            "start",
        )
        try:
            yield directory
        finally:
            run("pg_ctl", "-D", data, "-s", "-m", "immediate", "stop")


def _programs() -> pathlib.Path:
    """Debian keeps a server's programs out of PATH."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"), key=_version)
    if found:
        return pathlib.Path(found[-1]).parent
    elsewhere = shutil.which("pg_ctl")
    if not elsewhere:
        raise RuntimeError("The database tests need a PostgreSQL server; install postgresql.")
    return pathlib.Path(os.path.realpath(elsewhere)).parent


def _version(path: str) -> int:
    return int(path.split("/")[4])
