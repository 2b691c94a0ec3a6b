"""A domain comes, changes its kind and its status, and goes; each effect is seen from outside."""

from __future__ import annotations

import typing as t

from daily.conftest import People
from daily.playbooks import Playbooks
from e2e.connection import Connection
from e2e.control import Control

Verdict = t.Callable[[str], str]


def test_a_domain(playbooks: Playbooks, people: People, domain: str, verdict: Verdict) -> None:
    new = f"new-{domain}"
    anna, abuse = f"anna@{new}", f"abuse@{new}"
    assert verdict(abuse).startswith("554 5.7.1"), "it would be relayed"
    would = playbooks.check("add_domain", domain=new.upper())[0]
    assert would[0] == f"The domain {new} would be added."
    assert len(would) == 2
    assert verdict(abuse).startswith("554 5.7.1")

    first, second, shown = playbooks.run(
        "add_domain", "add_domain", "list_domains", domain=new, match=new
    )
    assert first[0] == f"The domain {new} was added."
    assert second[0] == f"Nothing had to be changed. The domain {new} is as it should be."
    assert first[1:] == second[1:]
    assert f"{new}  MX  10 " in first[1]
    assert [line for line in first if "._domainkey." in line and "v=DKIM1; k=rsa; p=MII" in line]
    assert shown[1].split()[:4] == [new, "hosted", "–", "active"]
    assert shown[1].endswith(" pending")
    assert verdict(abuse).startswith("250")
    assert verdict(anna).startswith("550 5.1.1")

    refused = playbooks.refusal("add_domain", domain=new, alias_of=domain)
    assert refused.startswith(f"The domain '{new}' exists and is hosted;")
    change = {"domain": new, "alias_of": domain}
    first, second = playbooks.run("change_domain", "change_domain", **change)
    assert first[0] == f"The alias domain {new} was changed."
    assert second[0].startswith("Nothing had to be changed.")
    assert verdict(anna).startswith("250")

    kept = playbooks.refusal("remove_domain", domain=domain)
    assert f"since it has alias domains: {new}. Remove these first. It has live mailboxes:" in kept
    hosted = playbooks.run("change_domain", domain=new, kind="hosted")[0]
    assert hosted[0] == f"The domain {new} was changed."
    assert verdict(anna).startswith("550 5.1.1")

    removed, again = playbooks.run("remove_domain", "remove_domain", domain=new)
    assert removed[0] == f"The domain {new} was removed."
    assert removed[1].startswith("Take its records out of DNS")
    assert again[0].startswith(f"Nothing had to be changed. There is no domain '{new}'")
    assert verdict(abuse).startswith("554 5.7.1")
    slip = playbooks.refusal("change_domain", domain=new, status="closed")
    assert slip.startswith(f"There is no domain '{new}'; did you mean '{domain}'")


def test_a_status(playbooks: Playbooks, people: People, domain: str, verdict: Verdict) -> None:
    closed, shown = playbooks.run(
        "change_domain", "show_user", domain=domain, status="closed", email=people.anna.email
    )
    assert closed[3].startswith("In status closed: may not log in, send, receive;")
    assert [line for line in shown if line.endswith(", and the domain is closed")]
    assert verdict(people.anna.email).endswith("This mailbox is closed")
    playbooks.run("change_domain", domain=domain, status="active")
    assert verdict(people.anna.email).startswith("250")


def test_force(connection: Connection, playbooks: Playbooks, domain: str, verdict: Verdict) -> None:
    gone = f"gone-{domain}"
    user = {"email": f"dora@{gone}", "password": "Dora's own"}
    Control(connection).module("mail_users", domains=[gone], users=[user])
    kept = playbooks.refusal("remove_domain", domain=gone)
    assert f"since it has live mailboxes: dora@{gone}." in kept
    removed = playbooks.run("remove_domain", domain=gone, force=True)[0]
    assert removed[0] == f"The domain {gone} was removed."
    assert "Mail of users that it had stays on disk." in removed[1]
    assert verdict(f"dora@{gone}").startswith("554 5.7.1")
