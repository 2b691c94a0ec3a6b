"""The fenced blocks of README.md, and what becomes of each. Pure.

The first word of an info string is for highlighting, the rest says what the test does:

    bash checkout              run at the root of a checkout
    bash checkout afterwards   the same, after all other blocks
    bash controller            run in the administrator's folder, where his files are
    bash host                  run on the mail host as root
    ini file=NAME              written to NAME in the administrator's folder
    text dialogue              questions and answers of the block before
    text output                each line occurs, in this order, in what the block before printed;
                               … stands for anything
"""

from __future__ import annotations

import dataclasses
import re

FENCE = re.compile(r"^ {0,3}(```+|~~~+)(.*)$")
AFTERWARDS = "bash checkout afterwards"
RUNNERS = frozenset(
    {
        "bash checkout",
        AFTERWARDS,
        "bash controller",
        "bash host",
        "file",
        "text dialogue",
        "text output",
    }
)


@dataclasses.dataclass(frozen=True)
class Block:
    line: int
    info: str
    text: str

    @property
    def runner(self) -> str:
        """What the test does with it; if that is no word of RUNNERS, nobody runs it."""
        return "file" if self.file else self.info

    @property
    def file(self) -> str:
        """Name of the file that it is, kept to the administrator's folder."""
        named = re.fullmatch(r"\w+ file=([\w-][\w.-]*)", self.info)
        return named.group(1) if named else ""


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


def in_order(found: list[Block]) -> list[Block]:
    """The blocks as they are run: from top to bottom, what comes afterwards last."""
    return sorted(found, key=lambda block: block.runner == AFTERWARDS)


def missing_output(expected: str, printed: str) -> str:
    """First line of `expected` that does not follow in `printed`."""
    position = 0
    for line in filter(None, (line.strip() for line in expected.splitlines())):
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        match = re.compile(pattern).search(printed, position)
        if not match:
            return line
        position = match.end()
    return ""
