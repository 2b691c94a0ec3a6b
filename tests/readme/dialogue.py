"""Answers the questions of a program that talks to a person, on a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
import typing as t

HANGS = 120.0  # seconds


def exchanges(text: str) -> list[tuple[str, str]]:
    """Questions and answers of a dialogue as README shows it. Pure."""
    lines = [line for line in text.splitlines() if line.strip()]
    pairs = [line.partition(": ") for line in lines]
    silent = [line for line, (_question, colon, _answer) in zip(lines, pairs) if not colon]
    if silent:
        raise ValueError(f"{silent[0]!r} is not of the form 'Question: answer'")
    return [(question.strip(), answer.strip()) for question, _colon, answer in pairs]


def talk(
    command: t.Sequence[str],
    folder: str,
    environment: t.Mapping[str, str],
    answers: t.Sequence[tuple[str, str]],
) -> tuple[int, str]:
    """Run the command, type each answer after its question; status and all that was printed."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe(command[0], list(command), dict(environment))
    printed, heard = "", 0
    waiting = list(answers)
    deadline = time.monotonic() + HANGS
    while piece := read(terminal, deadline):
        printed += piece
        if waiting and (place := printed.find(f"{waiting[0][0]}:", heard)) >= 0:
            heard = place + len(waiting[0][0])
            os.write(terminal, f"{waiting.pop(0)[1]}\n".encode())
    if time.monotonic() > deadline:
        os.kill(process, signal.SIGKILL)
    _pid, status = os.waitpid(process, 0)
    os.close(terminal)
    if waiting:
        return 1, f"{printed}\nit did not ask {waiting[0][0]!r}"
    return os.waitstatus_to_exitcode(status), printed


def read(terminal: int, deadline: float) -> str:
    """What it prints next; nothing when it ends or hangs."""
    ready, _write, _error = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
    try:
        return os.read(terminal, 65536).decode(errors="replace") if ready else ""
    except OSError:  # Linux says so when the program has closed its terminal
        return ""
