"""No secret shows anywhere: each playbook in each way, on the controller and on the hosts."""

from __future__ import annotations

import csv
import io
import pathlib
import typing as t

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from leaks.conftest import Laboratory
from leaks.runs import CHECKED, ELSEWHERE, FRESH, LIFE, LONG, WAYS, Way

from e2e.control import Control

ROOT = pathlib.Path(__file__).parents[2]


def variables(laboratory: Laboratory, way: Way) -> dict[str, t.Any]:
    """What the playbooks of a way are told; each way has a domain of its own."""
    seeds, number = laboratory.seeds, WAYS.index(way)
    domain = f"leaks-{seeds.mark}-{number}.example.test"
    rows = [
        f'ben@{domain},"{seeds.password("imported").replace(chr(34), chr(34) * 2)}",Ben',
        f"carla@{domain},,Carla",
    ]
    listed = f"dora@{laboratory.connection.domains[0]}"
    return {
        "domain": domain,
        "email": f"anna@{domain}",
        "password": seeds.password("prompted"),
        "full_name": "Anna",
        "status": "suspended",
        "address": f"office@{domain}",
        "targets": f"anna@{domain}",
        "confirm": "yes",
        "force": True,
        "to": laboratory.connection.users[0].email,
        "src": seeds.write(f"users-{number}.csv", "\n".join(["email,password,full_name", *rows])),
        "hand_over": str(laboratory.work / f"hand-over-{number}"),
        "accounts_users": [{"email": listed, "password": seeds.password("listed")}],
        "patience": 2,
        "health_required_score": 0,
    }


def fresh(given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Names that nobody has yet, in the domain of the way."""
    domain = given["domain"]
    return {"domain": f"new.{domain}", "email": f"new@{domain}", "address": f"new.office@{domain}"}


def make(laboratory: Laboratory, given: t.Mapping[str, t.Any]) -> None:
    """What check mode is to find, made by somebody before."""
    Control(laboratory.connection).module(
        "mail_users",
        domains=[given["domain"]],
        users=[{"email": given["email"], "password": "Made-Before-12"}],
        aliases=[{"address": given["address"], "targets": [given["to"]]}],
    )


def handed_over(laboratory: Laboratory, path: pathlib.Path) -> dict[str, str]:
    """The generated passwords, read with the vault password as their owner reads them."""
    password = laboratory.seeds.secret("vault").encode()
    vault = VaultLib([("default", VaultSecret(password))])
    rows = csv.DictReader(io.StringIO(vault.decrypt(path.read_bytes()).decode()))
    return {f"generated {row['email']}": row["password"] for row in rows}


def test_every_playbook_runs() -> None:
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    assert {name for way in WAYS for chain in way.chains for name in chain} | ELSEWHERE == playbooks


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, id=way.name, marks=pytest.mark.long if way.name in LONG else ())
        for way in WAYS
    ],
)
def test_no_secret_shows(laboratory: Laboratory, way: Way) -> None:
    given, generates = variables(laboratory, way), LIFE in way.chains

    def learn() -> dict[str, str]:
        """Hashes, private keys and generated passwords."""
        hashes = laboratory.stored("SELECT password_hash FROM mail.mailbox")
        keys = laboratory.stored("SELECT split_part(private_pem, E'\\n', 5) FROM mail.dkim_key")
        assert hashes
        assert keys
        return {
            **{f"stored hash {one[-12:]}": one for one in hashes},
            **{f"stored key {one[:8]}": one for one in keys},
            **(handed_over(laboratory, pathlib.Path(given["hand_over"])) if generates else {}),
        }

    if way.name == CHECKED:
        make(laboratory, given)
    ran = laboratory.run(way, given, learn, {FRESH: fresh(given)} if way.name == CHECKED else {})
    assert ran.hits == []
    assert ran.processes > 50
    assert ran.looked > 5 * len(laboratory.machines)
    assert ran.recorded > 50


def test_a_leak_is_seen(laboratory: Laboratory) -> None:
    """The same look at a playbook that lets a password out everywhere."""
    leaky = str(pathlib.Path(__file__).with_name("leaky.yml"))
    way = Way("leaking", ((leaky,),))
    ran = laboratory.run(way, {"password": laboratory.seeds.password("prompted")})
    host = laboratory.connection.parts["store"].name
    places = {place for place, _secret, _what in ran.hits}
    assert places >= {
        f"{host} argv",
        f"{host} environment",
        f"{host} file",
        f"{host} journal",
        "output",
    }
    files = {pathlib.Path(what).name for place, _secret, what in ran.hits if "file" in place}
    assert files >= {"leak", "log", "record", f"known-{host}"}
