"""Each suite that asks a tool is red on a tiny bad tree, and on one without its files."""

from __future__ import annotations

import pathlib
import shutil
import sys
import typing as t

import pytest

from quality import tools
from quality.__main__ import SUITES, house, main
from quality.run import ROOT, Ended, Outcome, run
from quality.sanity import ignored, verdict

FUTURE = "from __future__ import annotations\n"
SETTINGS = ("pyproject.toml", ".ansible-lint", ".yamllint")
MANIFEST = """\
namespace: selfhost
name: mail
version: 0.1.0
readme: README.md
authors: [selfhost.mail contributors]
"""
PLAYBOOK = "- name: Site\n  hosts: mail\n  tasks:\n    - name: Speak\n      {}: {{msg: a}}\n"
INVENTORY = """\
[mail_database]
mx1.example.test
[mail_store]
mx1.example.test
[mail_edge]
mx1.example.test
[mail:children]
mail_database
mail_store
mail_edge
"""
PARTS = {
    "galaxy.yml": MANIFEST,
    "README.md": "# Mail\n",
    "plugins/modules/a.py": FUTURE,
    "roles/a/tasks/main.yml": "[]\n",
    "meta/runtime.yml": "requires_ansible: '>=2.18.0'\n",
    "inventory.example": INVENTORY,
}
LINT_CLEAN = "---\n- name: Site\n  hosts: mail\n  tasks: []\n"

PAGES = ("docs/build", "docs/docsite/conf.py", "docs/docsite/ansible.rst", "tests/bed/environment")
GUIDE = ".. _ansible_collections.selfhost.mail.docsite.a:\n\nA\n=\n\n"

# suite, files of a good tree, what a bad one changes, part of what is said
Files = t.Mapping[str, str]
CASES: tuple[tuple[str, Files, Files, str], ...] = (
    ("house", {}, {"README.md": "a\n" * 401}, "401 lines"),
    ("ruff", {"plugins/a.py": FUTURE}, {"plugins/a.py": "import re\n"}, "F401"),
    (
        "mypy",
        {"plugins/a.py": f"{FUTURE}def f() -> int:\n    return 1\n"},
        {"plugins/a.py": f"{FUTURE}def f():\n    return 1\n"},
        "plugins/a.py:2: error: Function is missing a return type",
    ),
    (
        "mypy",
        {"tests/bed/a.py": f"{FUTURE}x: int = 1\n"},
        {"tests/bed/a.py": f"{FUTURE}x: int = ''\n"},
        "tests/bed/a.py:2: error",
    ),
    (
        "python39",
        {"plugins/a.py": f"{FUTURE}zip([], [])\n"},
        {"plugins/a.py": f"{FUTURE}zip([], [], strict=True)\n"},
        "3.10",
    ),
    (
        "shellcheck",
        {"tests/a": '#!/usr/bin/env bash\necho "$1"\n'},
        {"tests/a": "#!/usr/bin/env bash\necho $1\n"},
        "SC2086",
    ),
    (
        "licences",
        {
            "REUSE.toml": (ROOT / "REUSE.toml").read_text(),
            "LICENSES/GPL-3.0-or-later.txt": "text\n",
        },
        {"REUSE.toml": "version = 1\n"},
        "README.md: no license",
    ),
    (
        "inventory",
        {"inventory.example": INVENTORY},
        {"inventory.example": INVENTORY.replace("\nmail_edge\n", "\n")},
        "mail_edge is no child",
    ),
    ("inventory", {}, {"inventory.example": "[mail\n"}, "inventory.example"),
    (
        "build",
        {**PARTS, "playbooks/site.yml": PLAYBOOK.format("ansible.builtin.debug")},
        {"playbooks/site.yml": PLAYBOOK.format("ansible.builtin.nothing")},
        "ansible.builtin.nothing",
    ),
    ("build", {}, {"galaxy.yml": "namespace: selfhost\n"}, "galaxy.yml"),
    ("build", {}, {"tests/a.py": FUTURE}, "add it to build_ignore"),
    (
        "ansible-lint",
        {"playbooks/site.yml": LINT_CLEAN},
        {"playbooks/site.yml": LINT_CLEAN.replace("name: Site", "name: site")},
        "name[casing]",
    ),
    (
        "docs",
        {
            "galaxy.yml": MANIFEST,
            "docs/docsite/links.yml": "---\nedit_on_github: null\n",
        },
        {"plugins/modules/a.py": f"{FUTURE}DOCUMENTATION = 'options: ['\n"},
        "selfhost.mail.a",
    ),
    (
        "pages",
        {
            **{path: (ROOT / path).read_text() for path in PAGES},
            "galaxy.yml": MANIFEST,
            "docs/docsite/extra-docs.yml": "---\nsections: [{title: Guides, toctree: [a]}]\n",
            "docs/docsite/rst/a.rst": f"{GUIDE}Text.\n",
        },
        {"docs/docsite/rst/a.rst": f"{GUIDE}:ref:`nowhere`\n"},
        "undefined label: 'nowhere'",
    ),
)
NOTHING_TO_CHECK = ("ruff", "mypy", "python39", "shellcheck", "inventory")


def plant(root: pathlib.Path, files: Files) -> None:
    """Make a tree in the shape of a checkout, with the settings of this one."""
    for name in SETTINGS:
        shutil.copy(ROOT / name, root / name)
    for path, text in {"README.md": "# Mail\n", ".gitignore": ".cache/\n", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    if not (root / ".git").exists():
        run(["git", "init", "-q"], root)


@pytest.mark.parametrize(("suite", "good", "bad", "said"), CASES)
def test_suite_goes_red(
    tmp_path: pathlib.Path, suite: str, good: Files, bad: Files, said: str
) -> None:
    if good and suite != "docs":
        plant(tmp_path, good)
        assert SUITES[suite](tmp_path).verdict == ()
    base = next(row[1] for row in CASES if row[0] == suite)
    plant(tmp_path, {**base, **bad})
    assert said in "\n".join(SUITES[suite](tmp_path).verdict)


def test_every_suite_has_a_case() -> None:
    assert set(SUITES) == {row[0] for row in CASES} | {"sanity"}


@pytest.mark.parametrize("suite", NOTHING_TO_CHECK)
def test_suite_without_files_is_red(tmp_path: pathlib.Path, suite: str) -> None:
    plant(tmp_path, {})
    assert "nothing was checked" in "".join(SUITES[suite](tmp_path).verdict)


def test_house_of_an_empty_tree_is_red(tmp_path: pathlib.Path) -> None:
    run(["git", "init", "-q"], tmp_path)
    assert any("nothing was checked" in problem for problem in house(tmp_path).verdict)


@pytest.mark.parametrize(
    ("output", "status", "said"),
    [
        ('Running sanity test "compile"\nWARNING: All targets skipped.\n', 0, "git ignores"),
        ("ERROR: a.py:1:1: E302: expected 2 blank lines\n", 1, "E302"),
        ("", 0, "nothing was checked"),
    ],
)
def test_sanity_that_ran_nothing_or_failed_is_red(output: str, status: int, said: str) -> None:
    assert said in "\n".join(verdict(Ended(status, output)).verdict)


def test_sanity_that_ran_is_green() -> None:
    assert verdict(Ended(0, 'Running sanity test "compile"\n')) == Outcome(1, "sanity tests")


def test_sanity_with_something_ignored_is_red(tmp_path: pathlib.Path) -> None:
    (tmp_path / "tests/sanity").mkdir(parents=True)
    (tmp_path / "tests/sanity/ignore-2.19.txt").write_text("")
    assert ignored(tmp_path) == ()
    (tmp_path / "tests/sanity/ignore-2.19.txt").write_text("a.py pep8:E302\n")
    assert ignored(tmp_path) == ("ignore-2.19.txt is not empty; mend the code instead",)


def test_artifact_without_its_parts_is_red() -> None:
    assert "the built collection lacks roles/" in tools.artifact_problems(["README.md"])


def test_unknown_suite_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 64
    assert main([]) == 64
    assert "the suites are house" in capsys.readouterr().out


def test_outcome_of_nothing_is_red() -> None:
    assert Outcome(0, "files").verdict == ("no files found, so nothing was checked",)
    assert Outcome(0, "files", ("a",)).verdict == ("a",)


def test_tools_come_from_the_environment_of_this_python(tmp_path: pathlib.Path) -> None:
    found = run(["sh", "-c", "command -v ruff"], tmp_path).output.strip()
    assert pathlib.Path(found).parent == pathlib.Path(sys.executable).parent
