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
CHECKED = "check"
QUIET = "default"
# What they say, "verbose" says as well; check mode's differences are those of the run itself.
LONG = (QUIET, CHECKED)


@dataclasses.dataclass(frozen=True)
class Way:
    """A way to run playbooks: each chain is one call, which ends well or as is said."""

    name: str
    chains: tuple[tuple[str, ...], ...]
    arguments: tuple[str, ...] = ()
    environment: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    variables: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    fails_with: str = ""


WITHOUT_PIPELINING = {"ansible_pipelining": False}
WAYS = (
    Way("verbose", (("site",), LIFE, SERVICES), ("-vvv", "--diff")),
    Way(QUIET, (("site",), LIFE, SERVICES)),
    # to its very last role, as verbose as can be
    Way(
        "failing midway",
        (("site",),),
        ("-vvv", "--diff"),
        variables={"opendkim_settings": {"NoSuchSetting": "1"}},
        fails_with="OpenDKIM refuses its new configuration",
    ),
    Way(CHECKED, (("site",), FRESH, EXISTING, SERVICES), ("--check", "--diff", "-vvv")),
    # what lies on a host for a moment without pipelining is kept there, to be found
    Way(
        "without pipelining, keeping files",
        (("site",), LIFE, SERVICES),
        environment={
            "ANSIBLE_PIPELINING": "0",
            "ANSIBLE_KEEP_REMOTE_FILES": "1",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        },
        variables=WITHOUT_PIPELINING,
    ),
)
# Imported by all others; takes no secret, and would undo the host.
ELSEWHERE = {"inventory", "restore_files"}
