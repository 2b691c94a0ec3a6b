"""The fenced blocks of README.md, and who runs each. Pure.

The first word of an info string is for highlighting, the second says what the test does with it:

    bash checkout          run at the root of a checkout
    bash controller        run in the administrator's folder, where his files are
    bash host              run on the mail host
    ini file=NAME          written to NAME in the administrator's folder
    text output            each of its lines occurs, in this order, in what the block before printed
"""

from __future__ import annotations

import dataclasses
import re

FENCE = re.compile(r"^ {0,3}(```+|~~~+)(.*)$")
RUNNERS = frozenset({"bash checkout", "bash controller", "bash host", "file", "text output"})


@dataclasses.dataclass(frozen=True)
class Block:
    line: int
    info: str
    text: str

    @property
    def runner(self) -> str:
        """What the test does with it; a word of RUNNERS, or else nothing is done."""
        words = self.info.split()
        if len(words) == 2 and words[1].startswith("file=") and self.file:
            return "file"
        return " ".join(words)

    @property
    def file(self) -> str:
        """Name of the file that it is, kept to the administrator's folder."""
        name = self.info.rpartition("file=")[2]
        return name if re.fullmatch(r"[\w-][\w.-]*", name) else ""


def blocks(text: str) -> list[Block]:
    """Every fenced block, also one whose fence is never closed."""
    found: list[Block] = []
    fence, info, began = "", "", 0
    body: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if fence and match and match.group(1).startswith(fence) and not match.group(2).strip():
            found.append(Block(began, info, "".join(f"{part}\n" for part in body)))
            fence = ""
        elif fence:
            body.append(line)
        elif match:
            fence, info, began, body = match.group(1), match.group(2).strip(), number, []
    if fence:
        found.append(Block(began, f"{info} (never closed)".strip(), ""))
    return found


def missing_output(expected: str, printed: str) -> str:
    """First line of `expected` that does not follow in `printed`; `…` stands for anything."""
    position = 0
    for line in filter(None, (line.strip() for line in expected.splitlines())):
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        match = re.compile(pattern).search(printed, position)
        if not match:
            return line
        position = match.end()
    return ""
