"""Which playbooks run with which secrets, and in which ways; a table."""

from __future__ import annotations

import dataclasses
import typing as t

# In the order in which a domain and its accounts come and go.
LIFE = (
    "add_domain",
    "add_user",
    "import_users",
    "change_password",
    "change_user",
    "add_alias",
    "change_alias",
    "show_user",
    "list_users",
    "list_aliases",
    "list_domains",
    "dns",
    "dkim",
    "show_domain",
    "send_test",
    "health",
    "change_domain",
    "suspend_user",
    "remove_alias",
    "remove_user",
    "remove_domain",
)
SERVICES = ("pause", "resume", "restart")
# Nothing of these exists, so check mode can say that it would make it.
FRESH = ("add_domain", "add_user", "add_alias", "import_users")
EXISTING = tuple(name for name in LIFE if name not in FRESH)


@dataclasses.dataclass(frozen=True)
class Way:
    """A way to run playbooks; each chain is one call of ansible-playbook."""

    name: str
    chains: tuple[tuple[str, ...], ...]
    arguments: tuple[str, ...] = ()
    environment: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    variables: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    ends_well: bool = True


WITHOUT_PIPELINING = {"ansible_pipelining": False}
WAYS = (
    Way("default", (("site",), LIFE, SERVICES)),
    Way("verbose", (("site",), LIFE, SERVICES), ("-vvv", "--diff")),
    Way("check", (("site",), FRESH, EXISTING, SERVICES), ("--check", "--diff", "-vvv")),
    Way(
        "without pipelining",
        (LIFE,),
        environment={"ANSIBLE_PIPELINING": "0"},
        variables=WITHOUT_PIPELINING,
    ),
    Way(
        "keeping files",
        (("site",), LIFE, SERVICES),
        environment={
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        },
        variables=WITHOUT_PIPELINING,
    ),
    Way(
        "failing midway",
        (("site",),),
        ("-vvv", "--diff"),
        variables={"postfix_settings": {"no_such_setting": "1"}},
        ends_well=False,
    ),
)
# Imported by all others; takes no secret, and would undo the host.
ELSEWHERE = {"inventory", "restore_files"}
