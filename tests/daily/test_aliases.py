"""Aliases and catch-alls come, change and go; each effect is seen from outside."""

from __future__ import annotations

import typing as t

from daily.conftest import People
from daily.playbooks import Playbooks

Verdict = t.Callable[[str], str]


def test_an_alias(playbooks: Playbooks, people: People, domain: str, verdict: Verdict) -> None:
    office, anna, ben = f"office@{domain}", people.anna.email, people.ben.email
    assert verdict(office).startswith("550 5.1.1")
    given = {"address": office, "targets": f"{ben}, {anna}"}
    would = playbooks.check("add_alias", **given)[0]
    assert would[0] == f"The alias {office} would be added."
    assert verdict(office).startswith("550 5.1.1")
    leads = f"Mail to {office} goes to {anna}, {ben}."
    first, second = playbooks.run("add_alias", "add_alias", **given)
    assert first == [f"The alias {office} was added.", leads]
    assert second == [f"Nothing had to be changed. {leads}"]
    assert verdict(office).startswith("250")
    refused = playbooks.refusal("add_alias", address=office, targets=anna)
    assert f"leads to {anna}, {ben}; the playbook change_alias changes it." in refused
    changed, listed = playbooks.run(
        "change_alias", "list_aliases", address=office, targets=anna, match=office
    )
    assert changed[-1] == f"Mail to {office} goes to {anna}."
    assert listed[1].split() == [office, anna, "–"]
    assert listed[2] == "1 in all"
    removed, again = playbooks.run("remove_alias", "remove_alias", address=office)
    assert removed == [f"The alias {office} was removed."]
    assert again == [f"Nothing had to be changed. There is no alias '{office}'."]
    assert verdict(office).startswith("550 5.1.1")
    unknown = playbooks.refusal("change_alias", address=office, targets=anna)
    assert unknown.startswith(f"There is no alias '{office}'.")


def test_a_catch_all(playbooks: Playbooks, people: People, domain: str, verdict: Verdict) -> None:
    address, anybody = f"@{domain}", f"anybody@{domain}"
    added = playbooks.run("add_alias", address=address, targets=people.anna.email)[0]
    goes = f"Mail to addresses of {domain} that nobody has goes to {people.anna.email}."
    assert added == [f"The catch-all {address} was added.", goes]
    assert verdict(anybody).startswith("250")
    removed = playbooks.run("remove_alias", address=address)[0]
    assert removed == [f"The catch-all {address} was removed."]
    assert verdict(anybody).startswith("550 5.1.1")
