"""Whatever is put into an option, and whoever answers: a sentence, never a traceback."""

from __future__ import annotations

import contextlib
import importlib
import pathlib
import re
import socket as sockets
import threading
import typing as t

import psycopg2
import pytest
import yaml
from database.conftest import execute, schema_files
from database.modules import PLUGINS, Runner

from ansible_collections.selfhost.mail.plugins.module_utils import _module
from ansible_collections.selfhost.mail.plugins.module_utils._core.sealed import seal

ROOT = pathlib.Path(__file__).parents[2]
SERVICES = {"smtp": {"port": 25, "enabled": True, "addresses": []}}
HASHED = "{SHA512-CRYPT}$6$rounds=5000$saltsalt$" + "." * 86
# A call of each module that is right, but for the option under test.
CALLS: dict[str, dict[str, t.Any]] = {
    "mail_alias": {"address": "a@example.test", "targets": ["b@example.com"]},
    "mail_database": {"roles": [{"name": "mail_signer", "login": True}]},
    "mail_configuration": {
        "daemon": "Postfix",
        "unit": "no-such-unit.service",
        "files": [{"path": "/nonexistent/main.cf", "content": "a = b\n"}],
        "check": ["false"],
        "remedy": "Mend it.",
    },
    "mail_dkim": {"domains": ["example.test"]},
    "mail_dns_info": {
        "domain": "example.test",
        "hostname": "mx1.example.test",
        "public_addresses": ["10.89.0.10"],
        "resolver": ["127.0.0.1@1"],
    },
    "mail_domain": {"name": "example.org"},
    "mail_files": {"paths": ["/nonexistent/main.cf"]},
    "mail_health": {
        "hostname": "mx1.example.test",
        "services": {},
        "mailbox": "health-probe@example.test",
    },
    "mail_info": {},
    "mail_preflight": {
        "hostname": "mx1.example.test",
        "groups": ["mail_store"],
        "services": SERVICES,
    },
    "mail_schema": schema_files(),
    "mail_service": {"units": ["postfix"], "state": "paused"},
    "mail_test_message": {"to": "maria@example.test", "sender": "lena@example.test", "port": 1},
    "mail_user": {"email": "maria@example.test", "password_hash": HASHED},
    "mail_users": {"domains": ["example.org"]},
}
ODD: tuple[t.Any, ...] = (
    "",
    " ",
    "x",
    "ünïcode",
    "a\0b",
    "a\nb",
    "@" * 3,
    "x" * 70_000,
    "{{ no }}",
    0,
    -1,
    2**70,
    127.5,  # as an address one of loopback
    True,
    [],
    [None],
    [[]],
    [{"a": 1}],
    {},
    {"a": {"b": []}},
    {"smtp": None},
    {"smtp": {"port": "x", "enabled": "perhaps", "addresses": 7}},
)
TRACE = re.compile(r"Traceback|<class '(?!list|dict|str|int|bool|float)|object at 0x|fault of ours")
# What Ansible says when an option has the wrong type or is missing.
ANSIBLES_OWN = re.compile(
    r"argument '|[Vv]alue (of |')|missing |parameters |state is |kind is |Elements value "
    r"|dictionary |unable to evaluate "
)

RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
LOGGING_IN = frozenset(RUNTIME["action_groups"]["mail"])


def options_of(module: str) -> list[str]:
    documented = yaml.safe_load(importlib.import_module(f"{PLUGINS}.{module}").DOCUMENTATION)
    return sorted(documented["options"])


def judged(result: t.Mapping[str, t.Any], asked: str = "") -> str:
    """What a failure said; a success said nothing."""
    if not result.get("failed"):
        return ""
    said = str(result["msg"])
    assert not TRACE.search(said), (asked, said, result)
    assert said.rstrip().endswith(".") or ANSIBLES_OWN.match(said), (asked, said)
    return said


def in_check_mode(run: Runner, module: str, option: str, value: t.Any) -> dict[str, t.Any]:
    """Its call, with that value; one that logs in to no database has no such options."""
    login = run.login() if module in LOGGING_IN else {}
    arguments = {**login, **CALLS[module], option: value, "_ansible_check_mode": True}
    sealed = {name: seal(arguments[name]) for name in run.seals if name in arguments}
    return run.main(module, {**arguments, **sealed})


def test_every_module_has_a_call() -> None:
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("mail_*.py")}
    assert set(CALLS) == modules


@pytest.mark.parametrize("module", sorted(CALLS))
def test_odd_values_end_in_a_sentence(run: Runner, module: str) -> None:
    """Each option gets each of them, as an option and in check mode, where less is slow."""
    execute(run.socket, run.database, "INSERT INTO mail.domain (name) VALUES ('example.test')")
    refused = 0
    for option in options_of(module):
        for value in ODD:
            said = judged(in_check_mode(run, module, option, value), f"{option}={value!r:.40}")
            assert "Unsupported parameters" not in said
            refused += bool(said)
    assert refused


# mail_health takes all that happens there as an observation
DATABASE_CALLS = sorted(LOGGING_IN - {"mail_health"})


@contextlib.contextmanager
def answering(answer: bytes | None) -> t.Iterator[int]:
    """A server on loopback that is no PostgreSQL: it says that, or hangs up at once."""
    with sockets.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _address = listener.accept()
                    with client:
                        if answer is not None:
                            client.recv(100)
                            client.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(sockets.SHUT_RDWR)


@pytest.mark.parametrize("answer", [None, b"220 mx1.example.test ESMTP\r\n", b"\0" * 9])
@pytest.mark.parametrize("module", DATABASE_CALLS)
def test_a_server_that_is_no_database(run: Runner, module: str, answer: bytes | None) -> None:
    with answering(answer) as port:
        way: dict[str, t.Any] = {
            "login_unix_socket": "",
            "login_host": "127.0.0.1",
            "login_port": port,
        }
        said = judged(run(module, **CALLS[module], **way))
    assert f"127.0.0.1 port {port}" in said


@pytest.mark.parametrize(
    "way",
    [
        {"login_host": "nowhere.invalid", "login_unix_socket": ""},
        {"login_host": "a b c", "login_unix_socket": ""},
        {"login_port": 70_000},
        {"login_host": "127.0.0.1", "ssl_mode": "verify-full", "ca_cert": "/nonexistent"},
        {"login_host": "127.0.0.1", "ssl_mode": "perhaps"},
        {"login_db": "no' such \" database"},
        {"login_user": "no' such \" user"},
    ],
    ids=str,
)
@pytest.mark.parametrize("module", DATABASE_CALLS)
def test_a_way_that_leads_nowhere(run: Runner, module: str, way: dict[str, t.Any]) -> None:
    assert judged(run(module, **{**CALLS[module], **way}))


KILL_WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE application_name = 'selfhost.mail' AND wait_event_type IS NOT NULL AND state = 'active'"""
# A transaction that takes a while to commit.
SLOW_COMMIT = """
CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT OR UPDATE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.wait();
"""


def killed(run: Runner, module: str, statement: str) -> str:
    """What a module says whose server process is ended as soon as it waits."""
    results: list[dict[str, t.Any]] = []
    thread = threading.Thread(target=lambda: results.append(run(module, **CALLS[module])))
    thread.start()
    while thread.is_alive():
        execute(run.socket, run.database, statement)
        thread.join(0.05)
    return judged(results[0])


@pytest.mark.parametrize("module", ["mail_alias", "mail_domain", "mail_user", "mail_users"])
def test_a_database_that_ends_while_we_wait(run: Runner, module: str) -> None:
    execute(run.socket, run.database, "INSERT INTO mail.domain (name) VALUES ('example.test')")
    other = psycopg2.connect(host=run.socket, user="mail_admin", dbname=run.database)
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (0x6D61696C,))
        said = killed(run, module, KILL_WAITING)
    assert "broke" in said
    assert "Nothing was written." in said


@pytest.mark.parametrize(
    ("module", "table"), [("mail_domain", "mail.domain"), ("mail_alias", "mail.address")]
)
def test_nobody_claims_to_know_what_a_broken_commit_did(
    run: Runner, module: str, table: str
) -> None:
    execute(run.socket, run.database, "INSERT INTO mail.domain (name) VALUES ('example.test')")
    execute(run.socket, run.database, SLOW_COMMIT.format(table=table))
    said = killed(run, module, KILL_WAITING)
    assert "Nothing was written" not in said
    assert "Run this again" in said


def test_a_fault_of_ours_quotes_nothing(run: Runner) -> None:
    """What nobody foresaw names its place, and not the words of the error."""

    def act(options: dict[str, t.Any], _check: bool) -> dict[str, t.Any]:
        raise LookupError(f"the password {options['login_password']}")

    def main() -> None:
        _module.run(act, _module.DATABASE_OPTIONS)

    result = run.printed(main, {**run.login(), "login_password": seal("Pass-4711")})
    assert "a fault of ours: LookupError at test_own_errors.py:" in result["msg"]
    assert "4711" not in str(result)
