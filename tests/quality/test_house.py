"""Each check of the house is green on a tiny good tree and red on a bad one."""

from __future__ import annotations

import pathlib

import pytest

from quality.__main__ import CHECK_FILES
from quality.run import run
from quality.tree import CHECKS, Check, read_tree, tracked

FUTURE = "from __future__ import annotations\n"
SPEC = """\
argument_specs:
  main:
    options:
      {role}_size: {{type: int, default: 5}}
      {role}_name: {{type: str, required: true}}
"""
TASK = """\
- name: Configure | Write the file
  ansible.builtin.template: {src: a, dest: b}
"""
PLAYBOOK = """\
# The whole system: ansible-playbook -i inventory selfhost.mail.site
- name: Look at the inventory
  ansible.builtin.import_playbook: inventory.yml
- name: Site
  hosts: mail
  roles: [selfhost.mail.postfix]
"""
# asks for a word, refuses to go on without, and says it
DIALOGUE = (
    PLAYBOOK
    + """\
  vars_prompt: [{name: word, unsafe: true}]
  tasks:
    - name: Word | Refuse an empty answer
      ansible.builtin.assert: {that: word != 'None'}
    - name: Word | Say it
      ansible.builtin.debug: {msg: "{{ word }}"}
"""
)
GOOD = {
    ".ci/run": "#!/bin/sh\nexec make test\n",
    "Makefile": "test:\n\ttests/gate\n",
    "README.md": "# Mail\n```bash checkout\nmake demo\n```\n",
    "galaxy.yml": (
        "namespace: selfhost\nname: mail\nversion: 0.1.0\nreadme: README.md\nauthors: [a]\n"
        "description: Turns Debian hosts into a mail system.\nlicense: [GPL-3.0-or-later]\n"
        "dependencies: {ansible.posix: '>=2.0.0'}\n"
    ),
    "meta/runtime.yml": "requires_ansible: '>=2.18.0'\naction_groups: {mail: [mail_user]}\n",
    "molecule/default/molecule.yml": "platforms: []\n",
    "molecule/default/verify.yml": "- command: pytest tests/e2e\n",
    "docs/docsite/rst/playbook_site.rst": "selfhost.mail.site\n",
    "playbooks/inventory.yml": "- name: Inventory\n  hosts: localhost\n",
    "playbooks/site.yml": PLAYBOOK,
    "plugins/modules/mail_user.py": (
        f"{FUTURE}from ..module_utils import _module\nF = 'selfhost.mail.database'\n"
        "def main() -> None:\n    _module.run()\n"
    ),
    "plugins/module_utils/_core/address.py": f"{FUTURE}import re\nfrom . import plan\n",
    "plugins/module_utils/_core/plan.py": FUTURE,
    "plugins/module_utils/_edge/clock.py": f"{FUTURE}import time\nfrom .._core import plan\n",
    "plugins/module_utils/_edge/database/load.py": (
        f"{FUTURE}import psycopg2\nQ = 'SELECT name FROM mail.domain'\n"
    ),
    "plugins/module_utils/_module.py": (
        f"{FUTURE}from ansible.module_utils.basic import AnsibleModule\n"
        "from ._edge import clock\ndef run() -> None:\n    AnsibleModule({}).fail_json(msg='')\n"
    ),
    "roles/postfix/README.md": "# postfix\n",
    "roles/postfix/defaults/main.yml": "postfix_size: 5\n",
    "roles/postfix/handlers/main.yml": (
        "- name: Reload Postfix\n  ansible.posix.sysctl: {name: a}\n"
    ),
    "roles/postfix/meta/argument_specs.yml": SPEC.format(role="postfix"),
    "roles/postfix/meta/main.yml": "dependencies:\n  - role: selfhost.mail.site\n",
    "roles/postfix/tasks/main.yml": TASK,
    "roles/postfix/templates/main.cf.j2": "{% for a in b %}{{ a }}{% endfor %}\n",
    "roles/site/README.md": "# site\n",
    "roles/site/defaults/main.yml": "site_size: 5\n",
    "roles/site/meta/argument_specs.yml": SPEC.format(role="site"),
    "roles/site/meta/main.yml": "dependencies: []\n",
    "tests/e2e/test_delivery.py": FUTURE,
    "tests/suites.py": f'{FUTURE}SUITES = ("tests/unit", "default")\n',
    "tests/unit/core/test_plan.py": FUTURE,
}
LONG_MAIN = f"{FUTURE}def main() -> None:\n" + "    print()\n" * 15
ODD_WORD = "c" + "group"
CORE = "plugins/module_utils/_core/plan.py"
EDGE = "plugins/module_utils/_edge/clock.py"
MODULE = "plugins/modules/mail_user.py"
TASKS = "roles/postfix/tasks/main.yml"
SITE = "playbooks/site.yml"
SPECS = "roles/postfix/meta/argument_specs.yml"

# id of the check, file that is changed, its text (None: it is gone), part of what is said
BAD: tuple[tuple[str, str, str | None, str], ...] = (
    ("action-group", "meta/runtime.yml", "requires_ansible: '>=2.18.0'\n", "lacks mail_user"),
    ("action-group", "meta/runtime.yml", "action_groups: {mail: [mail_user]}\n", ">=2.18.0"),
    ("action-group", MODULE, f"{FUTURE}def main() -> None: ...\n", "without login options"),
    ("containers", TASKS, "# in a container\n" + TASK, "does not know where it runs"),
    ("dependencies", TASKS, TASK.replace("ansible.builtin", "a.b"), "uses a.b; add it"),
    ("dependencies", "roles/postfix/handlers/main.yml", "[]", "which nothing uses"),
    ("every-test-runs", "tests/other/test_a.py", FUTURE, "tests/other is run by no suite"),
    ("every-test-runs", "tests/suites.py", FUTURE, "tests/unit is run by no suite"),
    ("every-test-runs", "molecule/default/verify.yml", "[]", "tests/e2e is run by no suite"),
    ("every-test-runs", "molecule/big/molecule.yml", "[]", "scenario big is run by no suite"),
    ("floors", CORE, f"{FUTURE}from .._edge import clock\n", "lies above it"),
    ("floors", EDGE, f"{FUTURE}from .. import _module\n", "lies above it"),
    ("floors", EDGE, f"{FUTURE}import ansible.module_utils\n", "work without Ansible"),
    ("floors", EDGE, f"{FUTURE}import psycopg2\n", "talks to a database"),
    (
        "floors",
        "plugins/module_utils/_module.py",
        f"{FUTURE}import ansible_collections.selfhost.mail.plugins.modules.mail_user\n",
        "lies above it",
    ),
    ("front-door", ".ci/run", "#!/bin/sh\ntrue # make test\n", "make test"),
    ("guides", "docs/docsite/rst/playbook_site.rst", None, "has no guide"),
    ("guides", "docs/docsite/rst/playbook_site.rst", "-\n", "name selfhost.mail.site"),
    ("guides", "docs/docsite/rst/playbook_site.rst", "``a``\n", "describes a, which"),
    ("guides", "docs/docsite/rst/playbook_other.rst", "-\n", "is the guide of no playbook"),
    (
        "guides",
        "playbooks/site.yml",
        "# -e src=a\n" + GOOD["playbooks/site.yml"],
        "does not describe the variable src",
    ),
    (
        "guides",
        "playbooks/site.yml",
        "- hosts: a\n  vars_prompt: [{name: to}]\n",
        "does not describe the variable to",
    ),
    ("machine-paths", "README.md", "see /home/me/mail\n", "path of one machine"),
    ("makefile", "Makefile", "a:\n" * 61, "61 lines"),
    ("manifest", "galaxy.yml", GOOD["galaxy.yml"].replace("0.1.0", "soon"), "version is 'soon'"),
    ("odd-machines", "Makefile", f"# {ODD_WORD}\n", "belongs into tests/bed/enter"),
    ("one-module-class", MODULE, f"{FUTURE}def f(m): m.fail_json()\n", "fail_json stands in"),
    ("one-module-class", EDGE, f"{FUTURE}from a import AnsibleModule\n", "AnsibleModule stands"),
    ("playbook-head", SITE, PLAYBOOK.replace("mail.site", "mail.sites"), "how to run selfhost"),
    ("playbook-head", SITE, PLAYBOOK.replace("# The", "#\n\n# The"), "how to run selfhost"),
    (
        "playbook-head",
        SITE,
        PLAYBOOK.replace("inventory.yml", "a.yml"),
        "does not import inventory",
    ),
    ("playbook-prompts", SITE, DIALOGUE.replace("word !=", "words !="), "takes None for it"),
    ("playbook-prompts", SITE, DIALOGUE.replace("unsafe: true", ""), "for a template; say unsafe"),
    (
        "playbook-prompts",
        SITE,
        DIALOGUE.replace("{name: word,", "{name: password, private: false,"),
        "shows password while it is typed",
    ),
    ("playbook-report", SITE, DIALOGUE.replace("builtin.debug:", "builtin.file:"), "in a report"),
    ("playbook-report", SITE, f"{DIALOGUE}      when: word\n", "does not end in a report"),
    ("playbook-screen", SITE, PLAYBOOK + "#\n" * 60, "66 lines, at most 64"),
    (
        "playbooks-are-lists",
        "playbooks/site.yml",
        "- name: A\n  hosts: b\n  tasks:\n    - name: C\n      ansible.builtin.apt: {name: d}\n",
        "uses ansible.builtin.apt",
    ),
    ("postconf-edit", TASKS, "# postconf -c /etc -e a=b\n" + TASK, "template the whole file"),
    ("purity", CORE, f"{FUTURE}import socket\n", "may not import socket"),
    ("purity", CORE, f"{FUTURE}import ansible_collections.a.b\n", "may not import"),
    ("purity", CORE, f"{FUTURE}from .._edge import clock\n", "may not import"),
    ("purity", CORE, f"{FUTURE}open('a')\n", "may not use open"),
    ("purity", CORE, f"{FUTURE}import datetime\ndatetime.datetime.now()\n", "datetime.now"),
    ("put-off", CORE, f"{FUTURE}# TO" + "DO: later\n", "work put off"),
    ("python39-syntax", CORE, f"{FUTURE}match 1:\n    case 1: pass\n", "is not Python 3.9"),
    ("python39-syntax", CORE, "import re\n", "from __future__"),
    ("readme-blocks", "README.md", "```bash\nmake demo\n```\n", "is run by nobody"),
    ("readme-blocks", "README.md", "~~~bash checkout\nmake demo\n", "never closed"),
    ("readme-blocks", "README.md", "# Mail\n", "has no command block"),
    ("real-addresses", "README.md", "somebody@mail" + ".de\n", "address in mail.de"),
    ("registry-hosts", "Makefile", "# quay" + ".io/debian\n", "a registry's host"),
    ("role-facts", "roles/postfix/meta/main.yml", "dependencies: []\n", "does not depend on"),
    ("role-files", "roles/postfix/README.md", None, "has no README.md"),
    ("role-files", TASKS, None, "has no tasks/main.yml"),
    ("role-specs", "roles/postfix/defaults/main.yml", "postfix_size: 6\n", "defaults to 6"),
    ("role-specs", "roles/postfix/defaults/main.yml", "{}", "has no default"),
    (
        "role-specs",
        "roles/postfix/defaults/main.yml",
        "postfix_size: 5\npostfix_a: 1\n",
        "not in the argument specs",
    ),
    (
        "role-specs",
        "roles/postfix/defaults/main.yml",
        "postfix_size: 5\npostfix_name: a\n",
        "is required and has a default",
    ),
    (
        "role-specs",
        SPECS,
        SPEC.format(role="postfix") + "      size: {required: true}\n",
        "does not begin with postfix_",
    ),
    ("short-main", MODULE, LONG_MAIN, "main() has 16 lines"),
    ("short-main", MODULE, FUTURE, "has no main()"),
    ("size", "README.md", "a\n" * 401, "401 lines"),
    ("sql-home", EDGE, f"{FUTURE}Q = 'DELETE FROM mail.domain'\n", "SQL stands in"),
    ("sql-home", EDGE, f"{FUTURE}def f(a):\n    return f'SELECT {{a}}'\n", "SQL stands in"),
    ("task-names", TASKS, TASK.replace("Configure | ", ""), "is not of the form"),
    ("task-rules", TASKS, TASK.replace("template:", "set_fact:"), "uses set_fact"),
    ("task-rules", TASKS, TASK.replace("ansible.builtin.template", "shell"), "uses shell"),
    ("task-rules", TASKS, TASK.replace("template:", "lineinfile:"), "uses lineinfile"),
    ("task-rules", TASKS, TASK + "  ignore_errors: true\n", "uses ignore_errors"),
    ("task-rules", TASKS, TASK + "  when: not ansible_check_mode\n", "check mode is the same run"),
    (
        "task-rules",
        TASKS,
        "- name: A\n  block:\n    - name: B\n      always:\n        - raw: ls\n",
        "uses raw",
    ),
    ("templates", "roles/postfix/templates/main.cf.j2", "{% set a = 1 %}", "a program in Jinja"),
)


def test_every_check_of_the_files_is_known() -> None:
    assert {check.function.__module__ for check in CHECKS.values()} == {
        file.__name__ for file in CHECK_FILES
    }


def test_every_check_has_a_bad_tree() -> None:
    assert set(CHECKS) == {row[0] for row in BAD}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_green_on_a_good_tree(check: Check) -> None:
    looked_at, findings = check.run(GOOD)
    assert looked_at
    assert findings == []


@pytest.mark.parametrize("check_id", [name for name in CHECKS if name.startswith("playbook-")])
def test_a_playbook_may_ask(check_id: str) -> None:
    assert CHECKS[check_id].run({**GOOD, SITE: DIALOGUE})[1] == []


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_red_on_nothing(check: Check) -> None:
    looked_at, findings = check.run({})
    assert not looked_at
    assert "nothing was checked" in findings[0].message


@pytest.mark.parametrize(("check_id", "path", "text", "said"), BAD)
def test_red_on_a_bad_tree(check_id: str, path: str, text: str | None, said: str) -> None:
    tree = (
        {**GOOD, path: text} if text is not None else {p: x for p, x in GOOD.items() if p != path}
    )
    _looked_at, findings = CHECKS[check_id].run(tree)
    assert any(said in finding.message for finding in findings), findings


def test_the_tree_is_what_git_tracks_or_would_track(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".gitignore").write_text(".cache/\n")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache/a").write_text("a")
    (tmp_path / "new").write_text("new")
    (tmp_path / "picture").write_bytes(b"\0")
    run(["git", "init", "-q"], tmp_path)
    assert tracked(tmp_path) == [".gitignore", "new", "picture"]
    assert read_tree(tmp_path) == {".gitignore": ".cache/\n", "new": "new"}
