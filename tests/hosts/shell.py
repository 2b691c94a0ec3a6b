"""Bring a host into a state for a while."""

from __future__ import annotations

import contextlib
import shlex
import typing as t

Host = t.Any


def succeed(host: Host, command: str) -> str:
    done = host.run(command)
    assert done.rc == 0, f"{command}: {done.stdout}{done.stderr}"
    return str(done.stdout)


@contextlib.contextmanager
def replaced(host: Host, path: str, text: str) -> t.Iterator[None]:
    """A file with another text; written in place, since some are mounted."""
    aside = f"/run/aside{path.replace('/', '-')}"
    succeed(host, f"cp -a {path} {aside} && printf %s {shlex.quote(text)} >{path}")
    try:
        yield
    finally:
        succeed(host, f"cat {aside} >{path} && rm {aside}")


@contextlib.contextmanager
def done_and_undone(host: Host, do: str, undo: str) -> t.Iterator[None]:
    succeed(host, do)
    try:
        yield
    finally:
        succeed(host, undo)
