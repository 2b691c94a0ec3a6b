"""Run the steps of the demo: each in sight, each with its log, each alive."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import shutil
import subprocess
import sys
import time

WHEEL = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_INTERVAL = 15.0  # seconds between signs of life where there is no terminal
TAIL = 25
TASK = re.compile(r"^(?:TASK|RUNNING HANDLER) \[(.*?)\]", re.MULTILINE)
RECAP = re.compile(r"^\S+\s*: ok=\d+\s+changed=(\d+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Step:
    """One line of the demo: what a person reads, what runs."""

    title: str
    log: str
    commands: tuple[tuple[str, ...], ...]


class StepFailed(Exception):
    """What the person needs to see about a failure."""


def run(step: Step, number: int, total: int, folder: pathlib.Path) -> str:
    """Run the step's commands and return what they printed; the log has it too."""
    path = folder / f"{step.log}.log"
    started = time.monotonic()
    sign = Sign(f"[{number}/{total}] {step.title}", started)
    with path.open("w") as log:
        for command in step.commands:
            log.write(f"$ {' '.join(command)}\n")
            log.flush()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
            while (status := poll(process)) is None:
                sign.alive(path)
            if status:
                sign.end("failed")
                raise StepFailed(failure(path, command, status))
    printed = path.read_text(errors="replace")
    sign.end(summary(printed))
    return printed


def poll(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        return None


class Sign:
    """Shows that a step is alive: a wheel on a terminal, a line now and then elsewhere."""

    def __init__(self, label: str, started: float) -> None:
        self.label, self.started, self.said, self.turns = label, started, started, 0
        self.terminal = sys.stdout.isatty()
        if not self.terminal:
            print(f"{label} …", flush=True)

    def seconds(self) -> int:
        return int(time.monotonic() - self.started)

    def alive(self, log: pathlib.Path) -> None:
        if self.terminal:
            self.turns += 1
            wheel = WHEEL[self.turns % len(WHEEL)]
            self.draw(f"{wheel} {self.label} · {self.seconds()} s {doing(log)}")
        elif time.monotonic() - self.said >= PLAIN_INTERVAL:
            self.said = time.monotonic()
            print(f"      {self.seconds():3} s {doing(log)}", flush=True)

    def end(self, said: str) -> None:
        mark = "✗" if said == "failed" else "✓"
        line = (
            f"{mark} {self.label} · {time.monotonic() - self.started:.1f} s{said and ' · ' + said}"
        )
        if self.terminal:
            self.draw(line)
            print()
        else:
            print(line, flush=True)

    def draw(self, line: str) -> None:
        width = shutil.get_terminal_size().columns
        print(f"\r\033[K{line[: width - 1]}", end="", flush=True)


def doing(log: pathlib.Path) -> str:
    """The task that runs now, as the log names it."""
    tasks: list[str] = TASK.findall(log.read_text(errors="replace"))
    return f"· {tasks[-1]}" if tasks else ""


def changes(printed: str) -> int | None:
    """How much playbooks changed, from their recaps; None where there was no playbook."""
    found = RECAP.findall(printed)
    return sum(map(int, found)) if found else None


def summary(printed: str) -> str:
    count = changes(printed)
    return "" if count is None else f"changed={count}"


def failure(path: pathlib.Path, command: tuple[str, ...], status: int) -> str:
    lines = path.read_text(errors="replace").splitlines()[-TAIL:]
    shown = "\n".join(f"    {line}" for line in lines)
    name = pathlib.Path(command[0]).name
    return f"{shown}\n{name} ended with status {status}; all of it is in {path}"
