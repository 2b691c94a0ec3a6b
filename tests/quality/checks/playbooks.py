"""What every playbook that people run looks like."""

from __future__ import annotations

import re
import typing as t

import yaml

from quality.tree import Finding, Tree, check, select

FOLDER = "playbooks/*.yml"
IMPORTED = "playbooks/inventory.yml"
LONGEST = 64  # lines: one screen
IMPORT = "ansible.builtin.import_playbook"
REPORTS = ("ansible.builtin.debug", "ansible.builtin.include_role")
ENDS = ("ansible.builtin.fail", "ansible.builtin.assert")

Play = t.Mapping[str, t.Any]


def people_run(files: Tree) -> dict[str, str]:
    """All but the one that the others begin with."""
    return {path: text for path, text in select(files, FOLDER).items() if path != IMPORTED}


def plays(text: str) -> list[Play]:
    return [play for play in yaml.safe_load(text) or [] if isinstance(play, dict)]


def flat(tasks: t.Iterable[Play]) -> t.Iterator[Play]:
    """Tasks in their order, also those in blocks."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from flat(task.get(part) or ())


@check("playbook-screen", FOLDER)
def playbook_screen(files: Tree) -> t.Iterator[Finding]:
    for path, text in people_run(files).items():
        lines = len(text.splitlines())
        if lines > LONGEST:
            message = f"{lines} lines, at most {LONGEST} are one screen; put work into a role"
            yield Finding(path, 0, message)


@check("playbook-head", FOLDER)
def playbook_head(files: Tree) -> t.Iterator[Finding]:
    """How to run it stands above, with the name of the collection; the inventory comes first."""
    for path, text in people_run(files).items():
        comment = re.match(r"(?:---\n)?((?:#.*\n)+)", text)
        name = f"selfhost.mail.{path.rpartition('/')[2].removesuffix('.yml')}"
        if not comment or not re.search(rf"{re.escape(name)}\b", comment[1]):
            yield Finding(path, 1, f"does not begin with a comment that says how to run {name}")
        first = next(iter(plays(text)), {})
        if first.get(IMPORT) != IMPORTED.rpartition("/")[2]:
            message = "does not import inventory.yml first, so without a host it would do nothing"
            yield Finding(path, 0, message)


@check("playbook-report", FOLDER)
def playbook_report(files: Tree) -> t.Iterator[Finding]:
    """The last thing that always runs says what was done; roles alone say it themselves."""
    for path, text in people_run(files).items():
        last = plays(text)[-1] if plays(text) else {}
        tasks = list(flat(last.get("tasks") or ()))
        always = [task for task in tasks if "when" not in task and not {*ENDS} & {*task}]
        if tasks and not (always and {*REPORTS} & {*always[-1]}):
            yield Finding(path, 0, "does not end in a report; say with debug what was done")


@check("playbook-prompts", FOLDER)
def playbook_prompts(files: Tree) -> t.Iterator[Finding]:
    """Without a terminal Ansible answers its own question, with the text None."""
    for path, text in people_run(files).items():
        for play in plays(text):
            refused = [
                str(task[name]["that"])
                for task in flat(play.get("tasks") or ())
                for name in ("ansible.builtin.assert", "assert")
                if name in task
            ]
            for prompt in play.get("vars_prompt") or ():
                name = str(prompt["name"])
                if not prompt.get("unsafe"):
                    yield Finding(
                        path, 0, f"asks for {name} and takes it for a template; say unsafe"
                    )
                if re.search("password|secret", name) and not prompt.get("private", True):
                    yield Finding(path, 0, f"shows {name} while it is typed; say private: true")
                if not any(re.search(rf"\b{name}\b", that) for that in refused):
                    message = f"asks for {name} and takes None for it where nobody can answer"
                    yield Finding(path, 0, f"{message}; refuse that with assert")
