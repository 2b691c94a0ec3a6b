"""The machines that are watched, the secrets that are sown, and runs of playbooks between."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import secrets
import subprocess
import time
import typing as t

import pytest
import testinfra
from leaks.machine import Hit, Machine
from leaks.runs import Way

from e2e.connection import Connection, read_connection
from e2e.control import SETTINGS

# Where a secret of a kind has its home.
HOMES = {
    "stored": ("/var/lib/postgresql/",),
    "database": (
        "/etc/selfhost-mail/postfix.pgpass",
        "/etc/dovecot/pgpass",
        "/etc/opendkim/pgpass",
        "/etc/selfhost-mail/watch.pgpass",
    ),
}
LIMIT = 600  # seconds of one call of ansible-playbook


@dataclasses.dataclass(frozen=True)
class Seeds:
    """Secrets that nothing else in the world contains, and the files that bring them along."""

    folder: pathlib.Path
    mark: str
    database: t.Mapping[str, str]

    def secret(self, name: str) -> str:
        return f"Zq{self.mark}{name}"

    def password(self, name: str) -> str:
        """A password that shows what quoting does to it; its secret stands in it in one piece."""
        return f" {self.secret(name)}',\"€{{% "

    @property
    def known(self) -> dict[str, str]:
        names = ("prompted", "imported", "listed", "vault")
        databases = {f"database {role}": secret for role, secret in self.database.items()}
        return {**databases, **{name: self.secret(name) for name in names}}

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        return str(path)


@dataclasses.dataclass(frozen=True)
class Ran:
    """One way, run to its end: all hits, and how much was looked at."""

    hits: list[Hit]
    processes: int
    looked: int
    recorded: int


@dataclasses.dataclass(frozen=True)
class Laboratory:
    """Runs playbooks in a folder of their own while all machines are watched."""

    connection: Connection
    machines: tuple[Machine, ...]
    work: pathlib.Path
    seeds: Seeds

    def run(
        self,
        way: Way,
        variables: t.Mapping[str, t.Any],
        learn: t.Callable[[], t.Mapping[str, str]] = dict,
        special: t.Mapping[tuple[str, ...], t.Mapping[str, t.Any]] | None = None,
    ) -> Ran:
        """Run each chain of a way, with what is special to it, and look.

        `learn` tells the secrets that came up meanwhile.
        """
        since, recorded, printed = time.time(), self._recorded(), ""
        with contextlib.ExitStack() as stack:
            watches = {
                one.name: stack.enter_context(one.watched(self.seeds.known))
                for one in self.machines
            }
            for chain in way.chains:
                told = {**variables, **(special or {}).get(chain, {})}
                printed += self._playbooks(chain, way, told)
        wanted = {**self.seeds.known, **learn()}
        hits = [hit for watch in watches.values() for hit in watch.hits]
        texts = {name + " argv": "\n".join(watch.commands) for name, watch in watches.items()}
        for place, text in {**texts, "output": printed}.items():
            hits += [
                (place, name, around(text, one)) for name, one in wanted.items() if one in text
            ]
        looked = 0
        for machine in self.machines:
            found, count = machine.search(wanted, since)
            hits, looked = hits + found, looked + count
        return Ran(
            [hit for hit in hits if not is_home(hit)],
            sum(watch.processes for watch in watches.values()),
            looked,
            self._recorded() - recorded,
        )

    def _recorded(self) -> int:
        """How much the recording callback was told until now."""
        record = self.work / "record"
        return len(record.read_text().splitlines()) if record.exists() else 0

    def _playbooks(self, chain: t.Sequence[str], way: Way, variables: t.Mapping[str, t.Any]) -> str:
        """Run one chain and return what it printed."""
        seed_file = self.seeds.write("variables.yml", untouched({**variables, **way.variables}))
        given = json.dumps([*variables, *way.variables, *inventory(self.connection)])
        done = subprocess.run(
            [
                "ansible-playbook",
                *[name if "/" in name else f"selfhost.mail.{name}" for name in chain],
                str(pathlib.Path(__file__).with_name("known.yml")),
                f"--inventory={self.connection.inventory}",
                f"--vault-password-file={self.seeds.folder / 'vault'}",
                f"--extra-vars=@{seed_file}",
                *way.arguments,
            ],
            cwd=self.work,
            env={**os.environ, **self._environment(given), **way.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert (done.returncode != 0) == bool(way.fails_with), printed[-4000:]
        assert way.fails_with in printed, printed[-4000:]
        return printed

    def stored(self, query: str) -> list[str]:
        """The answer of the database, asked on its own host as its superuser."""
        host = testinfra.get_host(
            f"ssh://{self.connection.parts['database'].name}?sudo=true&sudo_user=postgres",
            ssh_config=self.connection.ssh_config,
        )
        command = "cd /tmp && psql --no-psqlrc --tuples-only --no-align --dbname=mail --command=%s"
        return str(host.check_output(command, query)).split()

    def _environment(self, given: str) -> dict[str, str]:
        return {
            **SETTINGS,
            "ANSIBLE_HOME": str(self.work / "home"),
            "ANSIBLE_LOCAL_TEMP": str(self.work / "temporary"),
            "ANSIBLE_LOG_PATH": str(self.work / "log"),
            "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "SELFHOST_RECORD": str(self.work / "record"),
            "SELFHOST_KNOWN": str(self.work / "known"),
            "SELFHOST_GIVEN": given,
            "TMPDIR": str(self.work / "temporary"),
        }


def inventory(connection: Connection) -> dict[str, t.Any]:
    """The variables that the administrator wrote down, secrets among them."""
    command = ["ansible-inventory", "-i", connection.inventory, "--list"]
    environment = {**os.environ, **SETTINGS}
    done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
    hosts = json.loads(done.stdout)["_meta"]["hostvars"].values()
    return {name: value for variables in hosts for name, value in variables.items()}


def database_passwords(variables: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Those with which roles log in over the network, the administrator's among them."""
    found = {**variables.get("site_database_passwords", {})}
    administrator = variables.get("database_login_password")
    return {**found, "administrator": administrator} if administrator else found


def is_home(hit: Hit) -> bool:
    """Whether it is the very file that a secret lives in."""
    place, name, what = hit
    return place.endswith(" file") and any(
        name.startswith(kind) and what.startswith(HOMES[kind]) for kind in HOMES
    )


def untouched(variables: t.Mapping[str, t.Any]) -> str:
    """YAML in which a password that looks like a template is none."""
    return "".join(f"{name}: {_untouched(value)}\n" for name, value in variables.items())


def _untouched(value: t.Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_untouched(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_untouched, value)) + "]"
    return ("!unsafe " if isinstance(value, str) else "") + json.dumps(value)


def around(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(0, at - 200) : at + 100]


@pytest.fixture(scope="session")
def connection() -> Connection:
    return read_connection()


@pytest.fixture(scope="session")
def laboratory(connection: Connection, tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    work = tmp_path_factory.mktemp("work")
    (work / "temporary").mkdir()
    seeds = Seeds(
        tmp_path_factory.mktemp("seeds"),
        secrets.token_hex(5),
        database_passwords(inventory(connection)),
    )
    seeds.write("vault", seeds.secret("vault"))
    here = Machine("controller", (), (str(work),), (str(work),), has_journal=False)
    hosts = [
        Machine(
            one.name,
            ("ssh", "-F", connection.ssh_config, "-o", "BatchMode=yes", one.name),
            ("/tmp", "/var/tmp", "/dev/shm", "/root/.ansible", "/home"),
            ("/",),
            has_journal=True,
        )
        for one in connection.machines
    ]
    return Laboratory(connection, (here, *hosts), work, seeds)
