"""Commands as the suites run them, and what their end means."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess
import sys
import typing as t

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a suite looked at and what it found wrong."""

    looked_at: int
    unit: str
    problems: tuple[str, ...] = ()

    @property
    def verdict(self) -> tuple[str, ...]:
        """Problems, of which one is having looked at nothing."""
        if not self.looked_at and not self.problems:
            return (f"no {self.unit} found, so nothing was checked",)
        return self.problems


@dataclasses.dataclass(frozen=True)
class Ended:
    status: int
    output: str

    def problems(self) -> tuple[str, ...]:
        """Its whole output if it failed."""
        return () if self.status == 0 else (self.output.strip() or f"ended with {self.status}",)


def run(command: t.Sequence[str | pathlib.Path], root: pathlib.Path, **environment: str) -> Ended:
    """Run a tool of the virtual environment in `root`; its two outputs come as one."""
    bin_first = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    known = {**os.environ, "PATH": bin_first, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **environment}
    known.pop("FORCE_COLOR", None)
    process = subprocess.run(
        [str(part) for part in command],
        cwd=root,
        env=known,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return Ended(process.returncode, process.stdout)
