"""Run suites by name: python -m quality [NAME...]."""

from __future__ import annotations

import pathlib
import sys
import time
import typing as t

from quality import tools
from quality.checks import collection, guides, playbooks, python_code, roles, text
from quality.run import ROOT, Outcome
from quality.sanity import sanity
from quality.tree import CHECKS, read_tree

CHECK_FILES = (collection, guides, playbooks, python_code, roles, text)


def house(root: pathlib.Path) -> Outcome:
    """All pure checks over the tracked tree."""
    tree = read_tree(root)
    problems: list[str] = []
    for check in CHECKS.values():
        looked_at, findings = check.run(tree)
        print(f"  {'red' if findings else 'ok ':4}{check.id:22}{looked_at:5} files")
        problems += [f"{check.id}: {finding}" for finding in findings]
    return Outcome(len(tree), "files", tuple(problems))


SUITES: dict[str, t.Callable[[pathlib.Path], Outcome]] = {
    "house": house,
    "ruff": tools.ruff,
    "mypy": tools.mypy,
    "python39": tools.python39,
    "shellcheck": tools.shellcheck,
    "licences": tools.licences,
    "inventory": tools.inventory,
    "build": tools.build,
    "ansible-lint": tools.ansible_lint,
    "docs": tools.docs,
    "pages": tools.pages,
    "sanity": sanity,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in SUITES]
    if unknown or not names:
        print(f"usage: python -m quality NAME...; the suites are {' '.join(SUITES)}")
        return 64
    red = 0
    for name in names:
        began = time.monotonic()
        outcome = SUITES[name](ROOT)
        for problem in outcome.verdict:
            print(problem)
        red += bool(outcome.verdict)
        state = f"{len(outcome.verdict)} problems" if outcome.verdict else "green"
        seconds = time.monotonic() - began
        print(f"{name}: {state}, {outcome.looked_at} {outcome.unit} in {seconds:.1f} s")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
