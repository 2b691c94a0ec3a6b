"""mail_database over TLS: by an administrator who is no superuser, beside what is there."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
from database.conftest import schema_files
from database.network import Case, Network, certificate, network

PASSWORD = "Wörd, with 'all' \"of\" it\\"
DBA = "CREATE ROLE {dba} LOGIN CREATEROLE CREATEDB PASSWORD 'Dba-1'"
# They are his: from PostgreSQL 16 on he could not change them otherwise.
EARLIER = """
SET SESSION AUTHORIZATION {dba};
CREATE ROLE {owner} LOGIN; CREATE ROLE {reader} NOLOGIN CONNECTION LIMIT 1 PASSWORD 'old';
RESET SESSION AUTHORIZATION
"""
NO_RIGHTS = dict.fromkeys(
    ("superuser", "create_role", "create_database", "replication", "bypass_rls"), False
)
FOREIGN = """
CREATE TABLE public.mailbox (username text PRIMARY KEY, password text);
INSERT INTO public.mailbox VALUES ('visitor@example.com', 'x');
ALTER TABLE public.mailbox OWNER TO {stranger};
GRANT SELECT ON public.mailbox TO PUBLIC;
"""
# Everything about the foreign table and the rights of others on the database.
SNAPSHOT = """
SELECT relowner::regrole::text, relacl::text, xmin::text,
       (SELECT array_agg(m) FROM public.mailbox m)::text,
       (SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()),
       has_database_privilege('{stranger}', current_database(), 'CONNECT, TEMPORARY')
  FROM pg_class WHERE oid = 'public.mailbox'::regclass
"""


@pytest.fixture(scope="module")
def served() -> t.Iterator[Network]:
    with network() as running:
        yield running


@pytest.fixture
def case(served: Network) -> Case:
    made = Case(served)
    made.root(DBA)
    return made


@pytest.fixture
def other_authority(tmp_path: pathlib.Path) -> str:
    """The file of an authority that did not sign the server's certificate."""
    path = tmp_path / "other.pem"
    path.write_text(certificate()[0])
    return str(path)


def wanted(case: Case, **other: t.Any) -> dict[str, t.Any]:
    reader, owner = case.name("reader"), case.name("owner")
    settings = ["search_path=mail, pg_temp", "statement_timeout=5000"]
    roles = [
        {"name": owner, "login": False, "connections": -1},
        {"name": reader, "login": True, "connections": 5, "settings": settings},
    ]
    return {
        "name": case.name("database"),
        "owner": owner,
        "roles": [{**role, **NO_RIGHTS} for role in roles],
        "passwords": {reader: PASSWORD},
        **other,
    }


def good(result: dict[str, t.Any]) -> dict[str, t.Any]:
    assert not result.get("failed"), result["msg"]
    return result


def role(case: Case, what: str) -> tuple[t.Any, ...]:
    query = (
        "SELECT rolcanlogin, rolsuper, rolcreatedb, rolconnlimit, rolvaliduntil, rolconfig"
        f" FROM pg_roles WHERE rolname = '{case.name(what)}'"
    )
    return case.root(query)[0]


AS_WANTED = (
    True,
    False,
    False,
    5,
    None,
    ["search_path=mail, pg_temp", "statement_timeout=5000"],
)


def test_an_administrator_makes_all_of_it_once(case: Case) -> None:
    options = wanted(case)
    planned = good(case.run("mail_database", _ansible_check_mode=True, **options))
    assert case.root("SELECT FROM pg_roles WHERE rolname = '{reader}'") == []
    made = good(case.run("mail_database", **options))
    assert made["changes"] == planned["changes"]
    assert made["changed"] is planned["changed"] is True
    assert role(case, "reader") == AS_WANTED
    assert case.network.lets_in(case.name("reader"), PASSWORD, case.name("database"))
    again = good(case.run("mail_database", **options))
    assert (again["changed"], again["changes"]) == (False, [])


def test_nobody_else_connects_to_a_database_of_ours(case: Case) -> None:
    case.root("CREATE ROLE {stranger} LOGIN PASSWORD 'x'")
    good(case.run("mail_database", **wanted(case)))
    assert not case.network.lets_in(case.name("stranger"), "x", case.name("database"))
    case.root("GRANT CONNECT ON DATABASE {database} TO PUBLIC")
    result = good(case.run("mail_database", **wanted(case)))
    assert result["changes"] == [case.sql("ALL on {database} no longer for PUBLIC")]
    assert not case.network.lets_in(case.name("stranger"), "x", case.name("database"))


def test_no_clear_password_reaches_the_server(case: Case) -> None:
    secret = f"Zq7-unmistakable-{case.number}"
    good(case.run("mail_database", **wanted(case, passwords={case.name("reader"): secret})))
    assert case.sql('ALTER ROLE "{reader}" PASSWORD ') + "'SCRAM-SHA-256$" in case.network.log
    assert secret not in case.network.log


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("", "login of {reader}: False -> True"),
        ("", "password of {reader}"),
        ("", "login of {owner}: True -> False"),
        ("ALTER ROLE {reader} CREATEDB", "create_database of {reader}: True -> False"),
        ("ALTER ROLE {reader} VALID UNTIL '2020-01-01'", "password of {reader} does not expire"),
        (
            "ALTER ROLE {reader} SET statement_timeout = 1",
            "setting of {reader}: statement_timeout=5000",
        ),
        ("ALTER ROLE {reader} SET work_mem = '9MB'", "setting of {reader}: work_mem taken back"),
        ("ALTER ROLE {reader} LOGIN PASSWORD 'md5" + "0" * 32 + "'", "password of {reader}"),
    ],
)
def test_roles_that_exist_already(before: str, change: str, case: Case) -> None:
    case.root(EARLIER)
    case.root(before or "SELECT 1")
    result = good(case.run("mail_database", **wanted(case)))
    assert case.sql(change) in result["changes"]
    assert case.sql("role {reader}") not in result["changes"]
    assert role(case, "reader") == (
        *AS_WANTED[:4],
        role(case, "reader")[4],
        role(case, "reader")[5],
    )
    assert sorted(role(case, "reader")[5]) == AS_WANTED[5]
    assert case.network.lets_in(case.name("reader"), PASSWORD, case.name("database"))
    assert good(case.run("mail_database", **wanted(case)))["changed"] is False


def test_passwords_of_roles_that_exist_may_be_kept(case: Case) -> None:
    case.root(EARLIER)
    good(case.run("mail_database", **wanted(case, update_passwords="on_create")))
    assert case.network.lets_in(case.name("reader"), "old", case.name("database"))


def test_a_superuser_reads_which_password_is_in_force(case: Case) -> None:
    case.root("ALTER ROLE {dba} SUPERUSER")
    good(case.run("mail_database", **wanted(case)))
    before = case.network.log.count("authentication failed")
    assert good(case.run("mail_database", **wanted(case)))["changed"] is False
    case.root("ALTER ROLE {reader} PASSWORD 'other'")
    changed = good(case.run("mail_database", **wanted(case)))["changes"]
    assert changed == [case.sql("password of {reader}")]
    assert case.network.log.count("authentication failed") == before


def test_a_server_that_asks_for_no_password_proves_none(case: Case) -> None:
    rules = case.root("SHOW hba_file")[0][0]
    with open(rules, encoding="utf-8") as file:
        text = file.read()
    with open(rules, "w", encoding="utf-8") as file:
        file.write(case.sql("hostssl all {reader} all trust\n") + text)
    case.root("SELECT pg_reload_conf(), pg_sleep(0.3)")
    try:
        for _time in range(2):
            result = case.run("mail_database", **wanted(case))
            assert "does not let" in str(result["warnings"])
            assert result["changed"] is True
    finally:
        with open(rules, "w", encoding="utf-8") as file:
            file.write(text)
        case.root("SELECT pg_reload_conf(), pg_sleep(0.3)")


@pytest.mark.parametrize("owned_by", ["stranger", "dba"])
def test_a_database_of_somebody_else(owned_by: str, case: Case) -> None:
    """His tables, his rights and the owner stay, and ours come beside."""
    case.root("CREATE ROLE {stranger} LOGIN PASSWORD 'x'")
    case.root(f"CREATE DATABASE {{database}} OWNER {{{owned_by}}}")
    case.root(FOREIGN, case.name("database"))
    before = case.root(SNAPSHOT, case.name("database"))
    refused = case.run("mail_database", **wanted(case))
    if owned_by == "stranger":
        obeyed(case, refused["msg"])
    good(case.run("mail_database", **wanted(case)))
    schema = {"login_db": case.name("database"), "owner": case.name("owner"), **files(case)}
    good(case.run("mail_schema", **schema))
    assert case.root(SNAPSHOT, case.name("database")) == before
    assert case.network.lets_in(case.name("stranger"), "x", case.name("database"))
    assert case.network.lets_in(case.name("reader"), PASSWORD, case.name("database"))
    assert good(case.run("mail_database", **wanted(case)))["changed"] is False
    assert good(case.run("mail_schema", **schema))["changed"] is False


def files(case: Case) -> dict[str, t.Any]:
    """Our schema, for the roles of this test instead of the real ones."""
    given = schema_files()
    for name in ("mail_admin", "mail_postfix", "mail_dovecot", "mail_signer"):
        given["views"] = given["views"].replace(name, case.name("reader"))
    return given


@pytest.mark.parametrize(
    ("before", "sql"),
    [
        ("ALTER ROLE {dba} NOCREATEROLE", "ALTER ROLE {dba} CREATEROLE;"),
        ("ALTER ROLE {dba} NOCREATEDB", "ALTER ROLE {dba} CREATEDB;"),
        (EARLIER + ";ALTER ROLE {reader} SUPERUSER", "ALTER ROLE {reader} NOSUPERUSER;"),
        (EARLIER + ";ALTER ROLE {reader} BYPASSRLS", "ALTER ROLE {reader} NOBYPASSRLS;"),
        (
            "CREATE DATABASE {database}",
            "GRANT CREATE ON DATABASE {database} TO {dba} WITH GRANT OPTION;",
        ),
    ],
)
def test_what_the_administrator_may_not_do_is_told_as_sql(
    before: str, sql: str, case: Case
) -> None:
    """Who runs the SQL that was told, has told enough."""
    case.root(before)
    roles_before = case.root("SELECT count(*) FROM pg_roles")
    for check in (True, False):
        result = case.run("mail_database", _ansible_check_mode=check, **wanted(case))
        assert case.sql(sql) in result["msg"]
        assert "Nothing was written." in result["msg"]
    assert case.root("SELECT count(*) FROM pg_roles") == roles_before
    obeyed(case, result["msg"])
    good(case.run("mail_database", **wanted(case)))


def obeyed(case: Case, said: str) -> None:
    """Run what a message says, in the words in which it says so."""
    told = re.search(r" run: (.+;) Then run this again\.", said)
    assert told, said
    case.root(told[1])


def test_roles_that_somebody_else_made(case: Case) -> None:
    """From PostgreSQL 16 on CREATEROLE alone is not enough to change them."""
    case.root("CREATE ROLE {owner} LOGIN; CREATE ROLE {reader} PASSWORD 'old'")
    result = case.run("mail_database", **wanted(case))
    if int(case.root("SHOW server_version_num")[0][0]) >= 160000:
        grant = case.sql("GRANT {owner}, {reader} TO {dba} WITH ADMIN OPTION;")
        assert grant in result["msg"]
        obeyed(case, result["msg"])
        result = case.run("mail_database", **wanted(case))
    good(result)
    assert case.network.lets_in(case.name("reader"), PASSWORD, case.name("database"))
    assert good(case.run("mail_database", **wanted(case)))["changed"] is False


def test_another_encoding_is_refused(case: Case) -> None:
    case.root("CREATE DATABASE {database} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    result = case.run("mail_database", **wanted(case))
    assert "has the encoding LATIN1, and mail needs UTF8" in result["msg"]


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ({"login_host": "127.0.0.1"}, "does not match host name"),
        ({"ca_cert": "/nonexistent.pem"}, "/nonexistent.pem"),
        ({"ca_cert": "{other}"}, "SSL error"),
    ],
)
def test_a_server_that_cannot_be_verified_gets_no_password(
    way: dict[str, str], expected: str, case: Case, other_authority: str
) -> None:
    found = {name: value.format(other=other_authority) for name, value in way.items()}
    said = case.run("mail_database", **wanted(case), **found)["msg"]
    assert expected in said
    assert "cannot be verified" in said
    assert "Correct ca_cert (site_database_ca_file)" in said


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"passwords": ["x"]}, "The option passwords is no dictionary of texts"),
        ({"passwords": {"nobody": "x"}}, "passwords names nobody, and roles does not"),
        ({"roles": [{"name": "r", "settings": ["x"]}], "passwords": {}}, "'x' of the role 'r'"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, t.Any], expected: str, case: Case) -> None:
    assert expected in case.run("mail_database", **wanted(case, **options))["msg"]
