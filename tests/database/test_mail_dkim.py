"""mail_dkim on a real database and against a real name server."""

from __future__ import annotations

import contextlib
import pathlib
import typing as t

import psycopg2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from database.conftest import execute
from database.modules import Runner
from nameserver.knot import free_port, serve

from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim import STATES
from ansible_collections.selfhost.mail.plugins.module_utils._core.dkim_plan import Move
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.records import Record
from ansible_collections.selfhost.mail.plugins.module_utils._core.dns.zone import zone_file
from ansible_collections.selfhost.mail.plugins.module_utils._edge.database import keys as table
from ansible_collections.selfhost.mail.plugins.module_utils._edge.database.connection import (
    DatabaseError,
    Login,
    session,
)

ADDRESS, CLOSED = "127.0.0.21", "127.0.0.22"
HEAD = "@ 1 SOA ns1 admin 1 3600 600 86400 1\n@ 1 NS ns1.example.test.\n"
Result = dict[str, t.Any]


@pytest.fixture
def domains(run: Runner) -> Runner:
    for name in ("example.test", "example.org"):
        run.ok("mail_domain", name=name)
    run.ok("mail_domain", name="example.com", kind="alias", alias_of="example.org")
    return run


@pytest.fixture(scope="module")
def existing() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def states(result: Result) -> dict[str, str]:
    return {f"{key['domain']} {key['selector']}": key["state"] for key in result["dkim_keys"]}


def signing(socket: str, database: str) -> dict[str, str]:
    """What the signer signs with: private keys by name, as its own role sees them."""
    connection = psycopg2.connect(host=socket, dbname=database, user="mail_signer")
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pattern, id, private_key FROM signer.signing_table JOIN signer.key_table"
            " USING (id) WHERE domain = pattern"
        )
        return {f"{pattern} {name}": key for pattern, name, key in cursor.fetchall()}


def month(socket: str, database: str) -> str:
    return str(
        execute(socket, database, "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')")[0][0]
    )


def publish(folder: pathlib.Path, result: Result, port: int) -> t.ContextManager[None]:
    """Serve the records that a result shows, beside delegations to a name server that is away."""
    zones: dict[str, str] = {"example.test": f"{HEAD}ns1 1 A {CLOSED}\n", "example.org": HEAD}
    for key in result["dkim_keys"]:
        record = Record(**key["record"], purpose="Why.", ttl=1)
        zones[key["domain"]] += zone_file([record], key["domain"])
    return serve(folder, ADDRESS, port, zones)


@pytest.fixture
def port() -> int:
    return free_port([ADDRESS])


def look(port: int) -> dict[str, t.Any]:
    return {
        "activate": "when_published",
        "observe_at": "resolver",
        "resolver": [f"{ADDRESS}@{port}"],
    }


def test_a_key_for_each_hosted_domain_then_nothing(
    domains: Runner, socket: str, database: str
) -> None:
    selector = f"s{month(socket, database)}"
    after = {f"example.org {selector}": "pending", f"example.test {selector}": "pending"}
    diff = {
        "before": {},
        "after": {name: {selector: "pending"} for name in ("example.org", "example.test")},
    }

    planned = domains.ok("mail_dkim", check=True)
    assert (planned["changed"], states(planned), planned["diff"]) == (True, after, diff)
    assert [key["record"] for key in planned["dkim_keys"]] == [None, None]
    assert execute(socket, database, "SELECT count(*) FROM mail.dkim_key") == [(0,)]

    made = domains.ok("mail_dkim")
    assert (made["changed"], states(made), made["diff"]) == (True, after, diff)
    publics = {key["public"] for key in made["dkim_keys"]}
    assert len(publics) == 2 and min(map(len, publics)) > 300
    assert made["dkim_keys"][0]["record"]["name"] == f"{selector}._domainkey.example.org"
    assert "PRIVATE" not in str(made)
    assert signing(socket, database) == {}

    again = domains.ok("mail_dkim")
    assert (again["changed"], again["dkim_keys"]) == (False, made["dkim_keys"])
    assert again["diff"]["before"] == again["diff"]["after"]


def test_a_key_signs_only_after_its_record_was_seen(
    domains: Runner, socket: str, database: str, tmp_path: pathlib.Path, port: int
) -> None:
    made = domains.ok("mail_dkim")
    org, test = (key["selector"] for key in made["dkim_keys"])
    nothing: Result = {"dkim_keys": []}
    with publish(tmp_path / "empty", nothing, port):
        waiting = domains.ok("mail_dkim", **look(port))
    assert not waiting["changed"] and set(states(waiting).values()) == {"pending"}
    because = f"{ADDRESS}@{port} says that there is no TXT record"
    assert f"{org}._domainkey.example.org does not sign yet ({because})" in waiting["report"]

    wrong = {"dkim_keys": [dict(made["dkim_keys"][0], record={**made["dkim_keys"][1]["record"]})]}
    wrong["dkim_keys"][0]["record"]["name"] = f"{org}._domainkey.example.org"
    with publish(tmp_path / "wrong", wrong, port):
        assert not domains.ok("mail_dkim", **look(port))["changed"]

    half = {"dkim_keys": [made["dkim_keys"][1]]}
    with publish(tmp_path / "half", half, port):
        planned = domains.ok("mail_dkim", check=True, **look(port))
        assert signing(socket, database) == {}
        done = domains.ok("mail_dkim", **look(port))
        again = domains.ok("mail_dkim", **look(port))
    assert states(planned) == states(done) == states(again)
    assert (planned["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert states(done) == {f"example.org {org}": "pending", f"example.test {test}": "active"}
    assert (
        f"{test}._domainkey.example.test signs new mail (seen at {ADDRESS}@{port})"
        in done["report"]
    )
    assert list(signing(socket, database)) == [f"example.test {test}._domainkey.example.test"]


def test_every_name_server_is_asked_unless_told_otherwise(
    domains: Runner, tmp_path: pathlib.Path, port: int
) -> None:
    made = domains.ok("mail_dkim", domains=["example.test"])
    with publish(tmp_path / "zone", made, port):
        result = domains.ok(
            "mail_dkim",
            domains=["example.test"],
            activate="when_published",
            resolver=[f"{ADDRESS}@{port}"],
        )
    assert not result["changed"]
    reason = f"ns1.example.test ({CLOSED}) could not be asked: nothing came back within 2 s"
    assert [key["decision"] for key in result["dkim_keys"]] == [reason]


def test_the_administrators_word_is_enough(domains: Runner, socket: str, database: str) -> None:
    result = domains.ok("mail_dkim", domains=["example.test"], selector="x", activate="now")
    assert states(result) == {"example.test x": "active"}
    assert list(signing(socket, database)) == ["example.test x._domainkey.example.test"]
    assert not domains.ok("mail_dkim", domains=["example.test"], activate="now")["changed"]


def test_a_change_of_keys(domains: Runner, socket: str, database: str) -> None:
    one = {"domains": ["example.test"]}
    domains.ok("mail_dkim", selector="old", activate="now", **one)
    begun = domains.ok("mail_dkim", selector="new", **one)
    assert states(begun) == {"example.test new": "pending", "example.test old": "active"}
    done = domains.ok("mail_dkim", selector="new", activate="now", **one)
    assert states(done) == {"example.test new": "active", "example.test old": "retiring"}
    assert [key["in_dns"] for key in done["dkim_keys"]] == [True, True]
    assert list(signing(socket, database)) == ["example.test new._domainkey.example.test"]


def test_an_existing_key_is_taken_with_its_selector(
    domains: Runner,
    socket: str,
    database: str,
    existing: str,
    tmp_path: pathlib.Path,
    port: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {"domains": ["example.org"], "selector": "Mail", "private_key": existing}
    planned = domains.ok("mail_dkim", check=True, **given)
    record = planned["dkim_keys"][0]["record"]
    assert record["name"] == "mail._domainkey.example.org" and planned["changed"]
    with publish(tmp_path / "zone", planned, port):
        taken = domains.ok("mail_dkim", **given, **look(port))
    assert states(taken) == {"example.org mail": "active"}
    # where a controller runs in the same process, a warning goes to its display
    warned = str(taken.get("warnings")) + capsys.readouterr().err
    assert "The private key has 1024 bits, and RFC 8301 asks for at least 2048" in warned
    assert taken["dkim_keys"][0]["record"] == record
    assert signing(socket, database) == {"example.org mail._domainkey.example.org": existing}
    again = domains.ok("mail_dkim", **given)
    assert not again["changed"]
    body = existing.split("\n")[1]
    assert body not in str(planned) + str(taken) + str(again)


def test_mail_info_shows_the_same_keys(domains: Runner) -> None:
    made = domains.ok("mail_dkim", domains=["example.com"])
    for key in made["dkim_keys"]:
        del key["decision"]
    assert domains.ok("mail_info", gather=["keys"])["dkim_keys"] == made["dkim_keys"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"domains": ["nobody.test"]}, "The domain nobody.test is not known here"),
        ({"domains": ["a..b"]}, "The domain 'a..b' is refused: the domain has two dots in a row."),
        ({"selector": "a_b"}, "The selector 'a_b' of the domains cannot be a DNS name"),
        ({"private_key": "x"}, "missing parameter(s) required by 'private_key': selector"),
        ({"private_key": "x", "selector": "a"}, "The private key cannot be read"),
        ({"activate": "maybe"}, "value of activate must be one of: no, when_published, now"),
        (
            {"activate": "when_published", "resolver": ["ns1"]},
            "The resolver 'ns1' is not an IP address",
        ),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_is_written(
    domains: Runner, socket: str, database: str, options: dict[str, t.Any], sentence: str
) -> None:
    result = domains("mail_dkim", **options)
    assert result["failed"] and sentence in result["msg"]
    assert execute(socket, database, "SELECT count(*) FROM mail.dkim_key") == [(0,)]


def test_a_selector_is_never_given_to_another_key(domains: Runner, existing: str) -> None:
    domains.ok("mail_dkim", domains=["example.org"], selector="mail")
    refused = domains("mail_dkim", domains=["example.org"], selector="mail", private_key=existing)
    assert refused["failed"]
    assert "example.org has another key under the selector mail" in refused["msg"]


def test_a_key_that_changed_meanwhile_is_left_alone(
    domains: Runner, socket: str, database: str
) -> None:
    domains.ok("mail_dkim", domains=["example.org"], selector="a", activate="now")
    domains.ok("mail_dkim", domains=["example.org"], selector="b")
    moves = [
        Move("example.org", "a", "active", "retiring"),
        Move("example.org", "b", "retiring", "active"),
    ]
    refused = pytest.raises(DatabaseError, match=r"The DKIM key b of example\.org is no longer ret")
    with refused, session(Login(unix_socket=socket, db=database)) as connection:
        table.save(connection, [], moves)
    assert states(domains.ok("mail_dkim", domains=["example.org"])) == {
        "example.org a": "active",
        "example.org b": "pending",
    }


def test_the_core_knows_every_state_there_is(socket: str, database: str) -> None:
    known = {state for (state,) in execute(socket, database, "SELECT state FROM mail.dkim_state")}
    assert known == set(STATES)
