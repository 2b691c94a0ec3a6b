"""What every role and playbook looks like, and what none of them does."""

from __future__ import annotations

import re
import typing as t

import yaml

from quality.tree import Finding, Tree, check, lines_with, select

FACTS_ROLE = "site"
EVERY_ROLE = ("README.md", "defaults/main.yml", "meta/main.yml", "meta/argument_specs.yml")
SERVICE_ROLE = (*EVERY_ROLE, "tasks/main.yml")

FORBIDDEN_MODULES = {
    "set_fact": "a variable is a default or a filter's result",
    "lineinfile": "template the whole file",
    "blockinfile": "template the whole file",
    "replace": "template the whole file",
    "shell": "use the module made for it, or ansible.builtin.command with argv",
    "raw": "use the module made for it",
}
BLOCKS = ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers")
TASK_NAME = re.compile(r"^[A-Z][\w .'-]* \| [A-Z].+")
NOT_CHECK_MODE = re.compile(
    r"^not ansible_check_mode$|\bnot ansible_check_mode and\b|and not ansible_check_mode\b"
)
POSTCONF_EDIT = re.compile(r"postconf\b[^#\n]*\s-e\b")
IMPORTS_FACTS = re.compile(r"^\s+name: selfhost\.mail\.site$", re.MULTILINE)
JINJA_PROGRAM = re.compile(r"{%-?\s*(set|macro|call|import|filter)\b|\bnamespace\(")

Task = t.Mapping[str, t.Any]


class _Unknown(str):
    """A tag of Ansible's, such as !vault or !unsafe, kept as its text."""


class _Loader(yaml.SafeLoader):
    """YAML as Ansible writes it, with the line of each mapping under `__line__`."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[t.Any, t.Any]:
        return {**super().construct_mapping(node, deep=deep), "__line__": node.start_mark.line + 1}


_Loader.add_multi_constructor("!", lambda loader, suffix, node: _Unknown(str(node.value)))


def tasks(text: str) -> t.Iterator[tuple[int, Task]]:
    """Every task and play of a file, also those in blocks, with its line."""
    todo: list[t.Any] = list(yaml.load(text, _Loader) or [])
    while todo:
        task = todo.pop(0)
        if isinstance(task, dict):
            yield task["__line__"], task
            for key in BLOCKS:
                todo.extend(task.get(key) or [])


def module_names(task: Task) -> list[str]:
    return [key.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.") for key in task]


def conditions(task: Task) -> list[str]:
    when = task.get("when", [])
    return [str(item) for item in (when if isinstance(when, list) else [when])]


def role_names(files: Tree) -> list[str]:
    return sorted({path.split("/")[1] for path in files if path.startswith("roles/")})


@check("role-files", "roles/*")
def role_files(files: Tree) -> t.Iterator[Finding]:
    for role in role_names(files):
        for name in EVERY_ROLE if role == FACTS_ROLE else SERVICE_ROLE:
            if f"roles/{role}/{name}" not in files:
                yield Finding(f"roles/{role}", 0, f"has no {name}; every role has one")


@check("role-facts", "roles/*/meta/main.yml", "roles/*/tasks/main.yml")
def role_facts(files: Tree) -> t.Iterator[Finding]:
    """Through its dependencies, or by importing it where a dependency would come too early."""
    for path, text in select(files, "roles/*/meta/main.yml").items():
        role = path.split("/")[1]
        imports = IMPORTS_FACTS.search(files.get(f"roles/{role}/tasks/main.yml", ""))
        if role == FACTS_ROLE or imports:
            continue
        listed = (yaml.safe_load(text) or {}).get("dependencies") or []
        names = [
            item.get("role", item.get("name")) if isinstance(item, dict) else item
            for item in listed
        ]
        if not {FACTS_ROLE, f"selfhost.mail.{FACTS_ROLE}"} & set(names):
            yield Finding(
                path, 0, f"does not depend on role {FACTS_ROLE}, which declares shared facts"
            )


@check("role-specs", "roles/*/defaults/main.yml", "roles/*/meta/argument_specs.yml")
def role_specs(files: Tree) -> t.Iterator[Finding]:
    for role in role_names(files):
        spec_path = f"roles/{role}/meta/argument_specs.yml"
        defaults = yaml.safe_load(files.get(f"roles/{role}/defaults/main.yml", "")) or {}
        specs = (yaml.safe_load(files.get(spec_path, "")) or {}).get("argument_specs", {})
        options = {
            k: v for entry in specs.values() for k, v in (entry.get("options") or {}).items()
        }
        for name in sorted(defaults.keys() | options.keys()):
            problem = difference(name, options.get(name), name in defaults, defaults.get(name))
            if problem:
                yield Finding(spec_path, 0, f"{name} {problem}")
            if not name.startswith(f"{role}_"):
                yield Finding(spec_path, 0, f"{name} does not begin with {role}_; rename it")


def difference(name: str, option: Task | None, has_default: bool, default: t.Any) -> str:
    """What is wrong between an option and its default, or nothing."""
    if option is None:
        return "stands in defaults, not in the argument specs; describe it"
    if option.get("required"):
        return "is required and has a default; drop one of the two" if has_default else ""
    if not has_default:
        return "is optional and has no default; add one to defaults/main.yml"
    if option.get("default") != default:
        return f"defaults to {default!r}, its spec says {option.get('default')!r}; make them equal"
    return ""


@check("task-rules", "roles/*/tasks/*.yml", "roles/*/handlers/*.yml", "playbooks/*.yml")
def task_rules(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        for line, task in tasks(text):
            for name in module_names(task):
                if name in FORBIDDEN_MODULES:
                    yield Finding(path, line, f"uses {name}; {FORBIDDEN_MODULES[name]}")
            if task.get("ignore_errors"):
                yield Finding(path, line, "uses ignore_errors; say in failed_when what may happen")
            if any(NOT_CHECK_MODE.search(item) for item in conditions(task)):
                message = "check mode is the same run without the last line; drop the condition"
                yield Finding(path, line, message)


@check("task-names", "roles/*/tasks/*.yml")
def task_names(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        for line, task in tasks(text):
            if not TASK_NAME.match(str(task.get("name", ""))):
                yield Finding(
                    path, line, f"name {task.get('name')!r} is not of the form 'Phase | What'"
                )


@check("postconf-edit", "roles/*", "playbooks/*")
def postconf_edit(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        for number, _line in lines_with(text, POSTCONF_EDIT.search):
            yield Finding(
                path, number, "postconf -e edits main.cf in place; template the whole file"
            )


@check("templates", "roles/*/templates/*")
def templates(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        for number, line in lines_with(text, JINJA_PROGRAM.search):
            yield Finding(path, number, f"a program in Jinja ({line.strip()}); write a filter")


@check("playbooks-are-lists", "playbooks/*.yml")
def playbooks_are_lists(files: Tree) -> t.Iterator[Finding]:
    """A playbook calls roles, modules of ours and a few that talk; it does no work of its own."""
    allowed = re.compile(
        r"^(selfhost\.mail\.\w+|ansible\.builtin\.(import_playbook|import_role|include_role"
        r"|import_tasks|debug|assert|copy|file|wait_for_connection|meta|fail))$"
    )
    for path, text in select(files, "*.yml").items():
        for line, task in tasks(text):
            for name in (key for key in task if "." in key and not allowed.match(key)):
                yield Finding(
                    path, line, f"uses {name}; a playbook is a list, put work into a role"
                )
