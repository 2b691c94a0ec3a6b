"""What the collection says about itself: manifest, action group, front door, README."""

from __future__ import annotations

import re
import typing as t

import yaml

from quality.tree import Finding, Tree, check, select
from readme.blocks import RUNNERS, blocks

MANIFEST = {
    "namespace": re.compile(r"^selfhost$"),
    "name": re.compile(r"^mail$"),
    "version": re.compile(r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$"),
    "readme": re.compile(r"^README\.md$"),
    "authors": re.compile(r".+"),
    "description": re.compile(r".{20,}"),
    "license": re.compile(r"GPL-3\.0-or-later"),
}
OWN = ("ansible.builtin", "selfhost.mail")
USED = re.compile(r"^\s*(?:- )?([a-z_]+\.[a-z_]+)\.[a-z_]+:(?:\s|$)", re.MULTILINE)
OLDEST_ANSIBLE = ">=2.18.0"
GROUP = "mail"


@check("manifest", "galaxy.yml")
def manifest(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        fields = yaml.safe_load(text) or {}
        for name, form in MANIFEST.items():
            if not form.search(str(fields.get(name, ""))):
                yield Finding(
                    path, 0, f"{name} is {fields.get(name)!r}; it must match {form.pattern}"
                )


@check("dependencies", "galaxy.yml", "roles/*.yml", "playbooks/*.yml")
def dependencies(files: Tree) -> t.Iterator[Finding]:
    declared = set((yaml.safe_load(files.get("galaxy.yml", "")) or {}).get("dependencies") or {})
    used: dict[str, str] = {}
    for path, text in select(files, "roles/*.yml", "playbooks/*.yml").items():
        for collection in USED.findall(text):
            if collection not in OWN:
                used.setdefault(collection, path)
    for collection in sorted(used.keys() - declared):
        yield Finding(
            used[collection], 0, f"uses {collection}; add it to dependencies in galaxy.yml"
        )
    for collection in sorted(declared - used.keys()):
        yield Finding("galaxy.yml", 0, f"depends on {collection}, which nothing uses; drop it")


@check("action-group", "meta/runtime.yml", "plugins/modules/*.py")
def action_group(files: Tree) -> t.Iterator[Finding]:
    """Modules that log in to the database take their login from `module_defaults`."""
    runtime = yaml.safe_load(files.get("meta/runtime.yml", "")) or {}
    if runtime.get("requires_ansible") != OLDEST_ANSIBLE:
        message = f"requires_ansible is {runtime.get('requires_ansible')!r}, not {OLDEST_ANSIBLE!r}"
        yield Finding("meta/runtime.yml", 0, message)
    listed = set((runtime.get("action_groups") or {}).get(GROUP) or [])
    wanted = {
        path.rpartition("/")[2].removesuffix(".py")
        for path, text in select(files, "plugins/modules/*.py").items()
        if "selfhost.mail.database" in text
    }
    for name in sorted(listed ^ wanted):
        verb = "lacks" if name in wanted else "lists, without login options,"
        yield Finding("meta/runtime.yml", 0, f"action group {GROUP} {verb} {name}")


@check("front-door", ".ci/run")
def front_door(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        if not re.search(r"^\s*(exec )?make test\b", text, re.MULTILINE):
            yield Finding(path, 0, "does not call `make test`; CI runs what a developer runs")


@check("readme-blocks", "README.md")
def readme_blocks(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        found = blocks(text)
        if not found:
            yield Finding(path, 0, "has no command block; show the commands a reader needs")
        for block in found:
            if block.runner not in RUNNERS:
                known = ", ".join(sorted(RUNNERS))
                message = (
                    f"block {block.info!r} is run by nobody; begin its info string with {known}"
                )
                yield Finding(path, block.line, message)


@check("every-test-runs", "tests/suites.py", "tests/*/test_*.py", "molecule/*.yml")
def every_test_runs(files: Tree) -> t.Iterator[Finding]:
    """A row of the gate, or what a scenario calls, names each folder of tests and each scenario."""
    rows = files.get("tests/suites.py", "")
    callers = rows + "".join(select(files, "molecule/*.yml").values())
    for path in select(files, "tests/*/test_*.py"):
        top = "/".join(path.split("/")[:2])
        if not re.search(rf"{top}\b", callers):
            yield Finding(path, 0, f"{top} is run by no suite; add a row to tests/suites.py")
    for path in select(files, "molecule/*/molecule.yml"):
        name = path.split("/")[1]
        if f'"{name}"' not in rows:
            yield Finding(path, 0, f"scenario {name} is run by no suite; add a row")
