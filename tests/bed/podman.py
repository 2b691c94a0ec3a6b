"""Containers: podman, called where it works."""

from __future__ import annotations

import io
import pathlib
import subprocess
import tarfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTER = str(ROOT / "tests" / "bed" / "enter")


class BedError(Exception):
    """A sentence for the person who started the bed."""


def ask(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run podman and return what came of it."""
    command = [ENTER, "podman", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=False)


def run(*arguments: str, stdin: bytes = b"") -> str:
    """Run podman, which has to succeed, and return its output."""
    done = ask(*arguments, stdin=stdin)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise BedError(
            f"podman {' '.join(arguments[:3])}: {said[-1] if said else f'status {done.returncode}'}"
        )
    return done.stdout.decode(errors="replace").strip()


def put(container: str, files: dict[str, tuple[str, int, int]]) -> None:
    """Write files, {path: (content, mode, owner's number)}, into a container that need not run."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, (content, mode, owner) in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.mtime = int(time.time())
            entry.mode, entry.uid, entry.gid = mode, owner, owner
            if path.endswith("/"):
                entry.type = tarfile.DIRTYPE
            entry.size = len(content.encode())
            archive.addfile(entry, io.BytesIO(content.encode()))
    run("cp", "--archive=false", "-", f"{container}:/", stdin=buffer.getvalue())
