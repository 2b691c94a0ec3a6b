"""What the guides have to say: one for each playbook, with each of its variables."""

from __future__ import annotations

import re
import typing as t

import yaml

from quality.tree import Finding, Tree, check, select

GUIDES = "docs/docsite/rst"
SPECS = "roles/*/meta/argument_specs.yml"
IMPORTED_BY_ALL = "playbooks/inventory.yml"
# -e NAME=… and -e '{"NAME": …}'
GIVEN = re.compile(r"-e '?(?:\{\")?([a-z_]+)")


def prompted(playbook: str) -> set[str]:
    """The names of the variables that a playbook asks for."""
    plays = yaml.safe_load(playbook) or []
    return {prompt["name"] for play in plays for prompt in play.get("vars_prompt") or ()}


@check("guides", "playbooks/*.yml", f"{GUIDES}/*.rst", SPECS)
def guides(files: Tree) -> t.Iterator[Finding]:
    """What is described as a term (``name`` at the start of a line) is what the playbook knows."""
    of_roles = "".join(select(files, SPECS).values())
    for path, text in select(files, "playbooks/*.yml").items():
        if path == IMPORTED_BY_ALL:
            continue
        name = path.removeprefix("playbooks/").removesuffix(".yml")
        home = f"{GUIDES}/playbook_{name}.rst"
        guide = files.get(home)
        if guide is None:
            yield Finding(path, 0, f"has no guide; write {home}")
            continue
        if f"selfhost.mail.{name}" not in guide:
            yield Finding(home, 0, f"does not say how to run it; name selfhost.mail.{name}")
        terms = set(re.findall(r"^``([a-z_]+)``", guide, re.MULTILINE))
        for variable in sorted((prompted(text) | {*GIVEN.findall(text)}) - terms):
            yield Finding(home, 0, f"does not describe the variable {variable}")
        for variable in sorted(terms | {*GIVEN.findall(guide)}):
            if not re.search(rf"\b{variable}\b", text + of_roles):
                yield Finding(home, 0, f"describes {variable}, which {path} does not know")
    for path in select(files, f"{GUIDES}/playbook_*.rst"):
        name = path.removeprefix(f"{GUIDES}/playbook_").removesuffix(".rst")
        if f"playbooks/{name}.yml" not in files:
            yield Finding(path, 0, f"is the guide of no playbook; there is no playbooks/{name}.yml")
