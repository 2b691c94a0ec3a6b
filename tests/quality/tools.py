"""Suites that ask a tool: each looks at the tree under `root` and says what it found."""

from __future__ import annotations

import json
import pathlib
import re
import tarfile
import tempfile
import typing as t

from quality.run import Outcome, run
from quality.tree import read_tree, select, tracked

COLLECTION = "ansible_collections/selfhost/mail"
SHELL = re.compile(r"\A#!.*\b(ba|da)?sh\b|\A# shellcheck shell=")
LINT_SUMMARY = re.compile(r"in (\d+) files processed")
GROUPS = ("mail_database", "mail_edge", "mail_store")
IN_ARTIFACT = ("galaxy.yml", "README.md", "plugins/", "roles/", "playbooks/", "meta/runtime.yml")
NOT_IN_ARTIFACT = re.compile(r"^(\.cache|\.venv|\.ci|\.git|tests|molecule|bench)(/|$)|\.tar\.gz$")


def ruff(root: pathlib.Path) -> Outcome:
    files = select(read_tree(root), "*.py")
    ended = run(["ruff", "check", "--no-cache", "--output-format=concise", *files], root)
    return Outcome(len(files), "Python files", ended.problems())


def link_collection(root: pathlib.Path) -> pathlib.Path:
    """Make the checkout visible as a collection and return the path to search."""
    link = root / ".cache/collections" / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to("../../../..")
    return root / ".cache/collections"


def module_name(path: str) -> str:
    """Name under which mypy imports a file of ours."""
    dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if path.startswith("plugins/"):
        return f"{COLLECTION.replace('/', '.')}.{dotted}"
    return dotted.removeprefix("tests.")


def mypy(root: pathlib.Path) -> Outcome:
    link_collection(root)
    files = select(read_tree(root), "plugins/*.py", "tests/*.py", "demo/*.py", "bench/*.py")
    names = [part for path in files for part in ("-m", module_name(path))]
    ended = run(["mypy", "--no-error-summary", *names], root) if files else None
    through_link = f".cache/collections/{COLLECTION}/"
    problems = ended.problems() if ended else ()
    return Outcome(len(files), "Python files", tuple(p.replace(through_link, "") for p in problems))


def python39(root: pathlib.Path) -> Outcome:
    files = select(read_tree(root), "plugins/*.py")
    command = ["vermin", "--target=3.9-", "--violations", "--no-tips", "--quiet", *files]
    return Outcome(len(files), "plugins", run(command, root).problems() if files else ())


def shellcheck(root: pathlib.Path) -> Outcome:
    files = [path for path, text in read_tree(root).items() if SHELL.search(text)]
    ended = run(["shellcheck", "--external-sources", *files], root) if files else None
    return Outcome(len(files), "shell scripts", ended.problems() if ended else ())


def licences(root: pathlib.Path) -> Outcome:
    return Outcome(len(tracked(root)), "files", run(["reuse", "lint", "--lines"], root).problems())


def ansible_lint(root: pathlib.Path) -> Outcome:
    path = link_collection(root)
    ended = run(
        ["ansible-lint", "--parseable", "--nocolor"], root, ANSIBLE_COLLECTIONS_PATH=str(path)
    )
    summary = LINT_SUMMARY.search(ended.output)
    return Outcome(int(summary.group(1)) if summary else 0, "files of Ansible", ended.problems())


def docs(root: pathlib.Path) -> Outcome:
    path = link_collection(root)
    files = select(read_tree(root), "plugins/*/*.py", "roles/*/meta/argument_specs.yml")
    command = [
        "antsibull-docs",
        "lint-collection-docs",
        "--plugin-docs",
        "--validate-collection-refs=dependent",
        ".",
    ]
    ended = run(command, root, ANSIBLE_COLLECTIONS_PATH=str(path))
    return Outcome(len(files), "documented things", ended.problems())


def pages(root: pathlib.Path) -> Outcome:
    """The documentation builds, and every reference in it leads somewhere."""
    link_collection(root)
    files = select(read_tree(root), "docs/docsite/rst/*.rst")
    with tempfile.TemporaryDirectory() as folder:
        ended = run(["bash", "docs/build", f"{folder}/docs"], root)
    return Outcome(len(files), "guides", ended.problems())


def artifact_problems(names: t.Collection[str]) -> tuple[str, ...]:
    """What is missing in the built collection, or should not be in it."""
    missing = [
        f"the built collection lacks {p}"
        for p in IN_ARTIFACT[1:]
        if not any(n.startswith(p) for n in names)
    ]
    extra = [
        f"the built collection holds {n}; add it to build_ignore"
        for n in names
        if NOT_IN_ARTIFACT.search(n)
    ]
    return (*missing, *extra)


def build(root: pathlib.Path) -> Outcome:
    """The collection builds, installs, and its playbooks are found by their full names."""
    playbooks = select(read_tree(root), "playbooks/*.yml")
    with tempfile.TemporaryDirectory() as folder:
        built = run(["ansible-galaxy", "collection", "build", "--output-path", folder], root)
        artifacts = list(pathlib.Path(folder).glob("selfhost-mail-*.tar.gz"))
        if built.status or not artifacts:
            return Outcome(len(playbooks), "playbooks", (built.output,))
        with tarfile.open(artifacts[0]) as tar:
            problems = artifact_problems(tar.getnames())
        install = [
            "ansible-galaxy",
            "collection",
            "install",
            "--no-deps",
            "--offline",
            "-p",
            folder,
        ]
        problems += run([*install, artifacts[0]], root, ANSIBLE_COLLECTIONS_PATH=folder).problems()
        for path in playbooks:
            name = "selfhost.mail." + path.removeprefix("playbooks/").removesuffix(".yml")
            command = [
                "ansible-playbook",
                "--syntax-check",
                "-i",
                f"{root}/inventory.example",
                name,
            ]
            problems += run(
                command, pathlib.Path(folder), ANSIBLE_COLLECTIONS_PATH=folder
            ).problems()
    return Outcome(len(playbooks), "playbooks", problems)


def group_problems(listing: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """What the example inventory lacks: a host in each group, the groups under `mail`."""
    children = listing.get("mail", {}).get("children", [])
    return tuple(
        [
            f"group {g} is no child of mail; add it under [mail:children]"
            for g in GROUPS
            if g not in children
        ]
        + [
            f"group {g} has no host; name one"
            for g in GROUPS
            if not listing.get(g, {}).get("hosts")
        ]
    )


def inventory(root: pathlib.Path) -> Outcome:
    if not (root / "inventory.example").is_file():
        return Outcome(0, "inventory.example")
    command = ["ansible-inventory", "-i", "inventory.example", "--list"]
    ended = run(command, root, ANSIBLE_INVENTORY_UNPARSED_FAILED="1")
    if ended.status:
        return Outcome(1, "inventory", ended.problems())
    return Outcome(
        1, "inventory", group_problems(json.loads(ended.output[ended.output.index("{") :]))
    )
