"""What no file of ours may be or say."""

from __future__ import annotations

import re
import typing as t

from quality.tree import Finding, Tree, check, lines_with

LICENCE_TEXTS = ("COPYING", "LICENSES/")
MAX_LINES = 400
MAX_MAKEFILE_LINES = 60

# Only the file that enters odd machines, its tests and this list may say these words.
ODD_MACHINE = re.compile(
    r"\b(cgroups?|cgroup2|runc|crun|unshare|nsenter|setrlimit|pids_limit|default_ulimits"
    r"|CAP_SYS_RESOURCE|CapEff)\b"
)
ODD_MACHINE_HOME = re.compile(r"^tests/(bed/enter|(.+/)?test_enter[^/]*\.py$|quality/)")

CONTAINER = re.compile(
    r"container|podman|docker|\blxc\b|molecule|virtualization_(type|role)", re.IGNORECASE
)
MACHINE_PATH = re.compile(
    r"(?<![\w.{}$/-])/(work/(main|plan|shared)|home/\w+|Users/\w+|tmp/\w*venv|opt/pypi)\b"
)
REGISTRY_HOST = re.compile(
    r"\b(deb\.debian\.org|pypi\.org|pythonhosted\.org|galaxy\.ansible\.com|quay\.io|docker\.io|ghcr\.io)\b"
)
PUT_OFF = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplemented(Error)?)\b")
MAIL_ADDRESS = re.compile(r"[\w.+'-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b")
EXAMPLE_DOMAIN = re.compile(
    r"(^|\.)(example\.(test|org|com|net)|test|invalid|example|localhost|localdomain"
    r"|service|socket|timer|target)$",
    re.IGNORECASE,
)


def is_licence(path: str) -> bool:
    return path.startswith(LICENCE_TEXTS)


@check("size", "*")
def size(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        count = len(text.splitlines())
        if count > MAX_LINES and not is_licence(path):
            yield Finding(path, count, f"{count} lines, {MAX_LINES} are the limit; split it")


@check("makefile", "Makefile")
def makefile(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        count = len(text.splitlines())
        if count > MAX_MAKEFILE_LINES:
            message = f"{count} lines, {MAX_MAKEFILE_LINES} are the limit; move work into a script"
            yield Finding(path, count, message)


@check("odd-machines", "*")
def odd_machines(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        if ODD_MACHINE_HOME.match(path) or is_licence(path):
            continue
        for number, line in lines_with(text, ODD_MACHINE.search):
            word = ODD_MACHINE.search(line)
            message = f"{word.group() if word else line!r} belongs into tests/bed/enter alone"
            yield Finding(path, number, message)


@check("containers", "roles/*", "playbooks/*")
def containers(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        for number, _line in lines_with(text, CONTAINER.search):
            yield Finding(path, number, "a role or playbook does not know where it runs; say less")


@check("machine-paths", "*")
def machine_paths(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        if path.startswith("tests/quality/"):
            continue
        for number, _line in lines_with(text, MACHINE_PATH.search):
            yield Finding(path, number, "a path of one machine; use a path from the root")


@check("put-off", "*")
def put_off(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        if path.startswith("tests/quality/"):
            continue
        for number, _line in lines_with(text, PUT_OFF.search):
            yield Finding(path, number, "work put off; do it, or open an issue and drop the note")


@check("real-addresses", "*")
def real_addresses(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        if is_licence(path):
            continue
        for number, line in lines_with(text, MAIL_ADDRESS.search):
            for domain in MAIL_ADDRESS.findall(line):
                if not EXAMPLE_DOMAIN.search(domain):
                    message = f"address in {domain}; use example.test, example.org or example.com"
                    yield Finding(path, number, message)


@check("registry-hosts", "*")
def registry_hosts(files: Tree) -> t.Iterator[Finding]:
    for path, text in files.items():
        if path.startswith("tests/quality/"):
            continue
        for number, _line in lines_with(text, REGISTRY_HOST.search):
            yield Finding(path, number, "a registry's host; the machine's own settings know it")
