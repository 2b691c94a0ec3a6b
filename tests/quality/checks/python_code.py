"""Floors of the plugins: who may import, call and contain what."""

from __future__ import annotations

import ast
import posixpath
import re
import typing as t

from quality.tree import Finding, Tree, check

PLUGINS = "plugins/*.py"
UTILS = "plugins/module_utils/"
CORE = UTILS + "_core/"
EDGE = UTILS + "_edge/"
SQL_HOME = EDGE + "database/"
MODULE_HOME = UTILS + "_module.py"
MAX_MAIN_LINES = 15


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CORE_IMPORTS = words(
    "__future__ abc base64 binascii bisect collections csv dataclasses datetime difflib enum "
    "fnmatch functools hashlib heapq hmac html io ipaddress itertools json math operator re string "
    "struct textwrap types typing unicodedata"
)
CORE_FORBIDDEN_NAMES = words(
    "open print input exec eval compile breakpoint __import__ os socket sys random secrets "
    "subprocess time uuid"
)
CORE_FORBIDDEN_CALLS = words(
    "datetime.now datetime.utcnow datetime.today date.today io.open io.FileIO io.open_code"
)
SQL = re.compile(
    r"^\s*(SELECT\s(.*(\bFROM\b|\()|\s*$)|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|TRUNCATE\s"
    r"|(CREATE|ALTER|DROP)\s+(TABLE|VIEW|SCHEMA|ROLE|DATABASE|FUNCTION|INDEX)\s|GRANT\s.+\sON\s"
    r"|SET\s+(LOCAL\s+)?ROLE\s|LISTEN\s+\w+$|NOTIFY\s+\w+)",
    re.DOTALL,
)
DRIVERS = ("psycopg", "psycopg2", "sqlite3")

# A floor may import from these prefixes of our own tree; everything else of ours lies above it.
FLOORS = (
    (CORE, (CORE,)),
    (EDGE, (CORE, EDGE)),
    (UTILS, (UTILS,)),
    ("plugins/modules/", (UTILS,)),
    ("plugins/plugin_utils/", (UTILS, "plugins/plugin_utils/")),
    ("plugins/", (UTILS, "plugins/plugin_utils/")),
)


def below(path: str) -> tuple[str, ...]:
    """Where a file may import from."""
    return next(allowed for floor, allowed in FLOORS if path.startswith(floor))


def parsed(files: Tree) -> t.Iterator[tuple[str, ast.Module]]:
    for path, text in files.items():
        yield path, ast.parse(text, path)


def imports(path: str, module: ast.Module) -> t.Iterator[tuple[int, str]]:
    """Line and name of each import; names from our own plugins become paths."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, own_path(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.level:
            folder = path
            for _level in range(node.level):
                folder = posixpath.dirname(folder)
            stem = posixpath.join(folder, (node.module or "").replace(".", "/"))
            for alias in node.names:
                yield node.lineno, posixpath.join(stem, alias.name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, own_path(f"{node.module}.{alias.name}")


def own_path(name: str) -> str:
    prefix = "ansible_collections.selfhost.mail."
    return name[len(prefix) :].replace(".", "/") if name.startswith(prefix) else name


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of attributes, otherwise the last names of it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


@check("purity", CORE + "*.py")
def purity(files: Tree) -> t.Iterator[Finding]:
    for path, module in parsed(files):
        for line, name in imports(path, module):
            top = name.split(".")[0]
            if not name.startswith(CORE) and top not in CORE_IMPORTS:
                message = f"the core may not import {top}; let the edge do it and pass the result"
                yield Finding(path, line, message)
        for node in ast.walk(module):
            if isinstance(node, ast.Name) and node.id in CORE_FORBIDDEN_NAMES:
                message = f"the core may not use {node.id}; let the edge do it"
                yield Finding(path, node.lineno, message)
            elif isinstance(node, ast.Attribute):
                call = ".".join(dotted(node).split(".")[-2:])
                if call in CORE_FORBIDDEN_CALLS:
                    yield Finding(
                        path, node.lineno, f"the core may not call {call}; pass the value"
                    )


@check("floors", PLUGINS)
def floors(files: Tree) -> t.Iterator[Finding]:
    for path, module in parsed(files):
        allowed = below(path)
        for line, name in imports(path, module):
            if name.startswith("plugins/") and not name.startswith(allowed):
                yield Finding(path, line, f"imports {name}, which lies above it; turn it round")
            if path.startswith((CORE, EDGE)) and name.split(".")[0] in (
                "ansible",
                "ansible_collections",
            ):
                yield Finding(path, line, f"imports {name}; core and edge work without Ansible")
            if name.split(".")[0] in DRIVERS and not path.startswith(SQL_HOME):
                yield Finding(path, line, f"imports {name}; only {SQL_HOME} talks to a database")


@check("one-module-class", PLUGINS)
def one_module_class(files: Tree) -> t.Iterator[Finding]:
    for path, module in parsed(files):
        if path == MODULE_HOME:
            continue
        for node in ast.walk(module):
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
            if isinstance(node, ast.alias):
                name = node.name
            if name in ("AnsibleModule", "fail_json"):
                line = getattr(node, "lineno", 0)
                yield Finding(path, line, f"{name} stands in {MODULE_HOME} alone; raise ValueError")


@check("sql-home", PLUGINS)
def sql_home(files: Tree) -> t.Iterator[Finding]:
    for path, module in parsed(files):
        if path.startswith(SQL_HOME):
            continue
        for node in ast.walk(module):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and SQL.match(node.value)
            ):
                yield Finding(path, node.lineno, f"SQL stands in {SQL_HOME} alone; move it there")


@check("short-main", "plugins/modules/*.py")
def short_main(files: Tree) -> t.Iterator[Finding]:
    for path, module in parsed(files):
        mains = [n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == "main"]
        if not mains:
            yield Finding(path, 0, "has no main(); a module declares itself there")
        for node in mains:
            count = (node.end_lineno or node.lineno) - node.lineno + 1
            if count > MAX_MAIN_LINES:
                message = f"main() has {count} lines, {MAX_MAIN_LINES} are the limit"
                yield Finding(path, node.lineno, message + "; move decisions into the core")


@check("python39-syntax", PLUGINS)
def python39_syntax(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        try:
            module = ast.parse(text, path, feature_version=(3, 9))
        except SyntaxError as error:
            yield Finding(path, error.lineno or 0, f"is not Python 3.9: {error.msg}")
            continue
        future = any(
            isinstance(n, ast.ImportFrom)
            and n.module == "__future__"
            and n.names[0].name == "annotations"
            for n in module.body
        )
        if module.body and not future:
            yield Finding(path, 1, "begin with `from __future__ import annotations`")
