"""A user is looked at, changed, suspended, removed; each effect is seen from outside."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from daily.conftest import People
from daily.playbooks import Playbooks
from e2e.connection import User

Verdict = t.Callable[[str], str]
GetsIn = t.Callable[[User], bool]
Connected = t.Callable[[User], t.Callable[[], bool]]


def test_lists(playbooks: Playbooks, people: People, domain: str) -> None:
    users, domains = playbooks.run("list_users", "list_domains", domain=domain, match=domain)
    width = len(people.carla.email)
    assert users == [
        f"{'Address':<{width}}  {'Name':<17}  Status  Aliases",
        f"{people.anna.email:<{width}}  Anna Österreicher  active        0",
        # two of these characters are as wide as four others
        f"{people.ben.email:<{width}}  李本{'':<13}  active        0",
        f"{people.carla.email:<{width}}  {'–':<17}  active        0",
        "3 in all",
    ]
    assert domains[1].split() == [domain, "hosted", "–", "active", "3", "0", "–"]
    assert domains[2:] == ["1 in all"]
    assert playbooks.run("list_users", match="ÖSTERR", domain=domain)[0][2:] == ["1 in all"]
    none = playbooks.run(
        "list_users", "list_aliases", domain=domain, match="nobody", status="closed"
    )
    assert [report[1:] for report in none] == [["0 in all"], ["0 in all"]]


def test_a_change(playbooks: Playbooks, people: People, domain: str, verdict: Verdict) -> None:
    alias = f"anna.o@{domain}"
    change = {"email": people.anna.email, "full_name": "Anna O'Neill", "aliases": alias}
    assert verdict(alias).startswith("550 5.1.1")
    would = playbooks.check("change_user", **change)[0]
    assert would[0] == f"The user {people.anna.email} would be changed."
    assert verdict(alias).startswith("550 5.1.1")
    first, second, shown = playbooks.run("change_user", "change_user", "show_user", **change)
    assert first == [
        f"The user {people.anna.email} was changed.",
        f"what       before{'':<11}  after",
        "full name  Anna Österreicher  Anna O'Neill",
        f"aliases    –{'':<16}  {alias}",
    ]
    assert second == [
        f"Nothing had to be changed. The user {people.anna.email} is as it should be."
    ]
    assert verdict(alias).startswith("250")
    assert shown[0] == people.anna.email
    for line in (
        "Name         Anna O'Neill",
        f"Own aliases  {alias}",
        f"Sends as     {people.anna.email}, {alias}",
        f"Domains      {domain}",
        "Password     SHA512-CRYPT",
        "Mail         0 messages, 0 bytes",
    ):
        assert line in shown, shown
    assert "$6$" not in "".join(shown)


def test_a_password(
    playbooks: Playbooks, people: People, gets_in: GetsIn, is_shut_out: GetsIn, connected: Connected
) -> None:
    new = dataclasses.replace(people.ben, password=" {{ new }}\"'\\ ")
    goes_on = connected(people.ben)
    assert goes_on()
    printed = playbooks.talk(
        "change_password",
        ("Address", people.ben.email),
        ("New password", new.password),
        ("confirm New password", new.password),
        options=["-vvv"],
    )
    for line in (
        f"A login as {people.ben.email} with this password succeeded.",
        "Sessions that were ended: 1.",
        "The new password holds at once, and the former one no longer does.",
    ):
        assert line in printed
    for secret in (people.ben.password, "{{ new", "$6$"):
        assert secret not in printed
    assert gets_in(new)
    assert is_shut_out(people.ben)
    assert not goes_on()
    third = {"email": new.email, "password": people.ben.password[::-1]}
    _first, second = playbooks.run("change_password", "change_password", **third)
    assert second == [
        f"Nothing had to be changed. The user {new.email} is as it should be.",
        f"A login as {new.email} with this password succeeded.",
    ]


def test_a_suspension(
    playbooks: Playbooks,
    people: People,
    gets_in: GetsIn,
    is_shut_out: GetsIn,
    verdict: Verdict,
    connected: Connected,
) -> None:
    user = people.carla
    goes_on = connected(user)
    first, second = playbooks.run("suspend_user", "suspend_user", email=user.email)
    lift = f"To lift it, run the playbook again with -e email={user.email} -e status=active"
    assert first == [
        f"The user {user.email} was changed.",
        "what    before  after",
        "status  active  suspended",
        "In status suspended: may receive; may not log in, send.",
        "Sessions that were ended: 1.",
        lift,
    ]
    assert second[0].startswith("Nothing had to be changed.")
    assert not goes_on()
    assert is_shut_out(user)
    assert verdict(user.email).startswith("250")
    closed, shown = playbooks.run("suspend_user", "show_user", email=user.email, status="closed")
    assert "mail is refused with '550 5.2.1 This mailbox is closed'" in closed[3]
    assert "Receive      no, mail is refused with '550 5.2.1 This mailbox is closed'" in shown
    assert verdict(user.email).endswith("This mailbox is closed")
    lifted = playbooks.run("suspend_user", email=user.email, status="active")[0]
    assert lifted[-1] == "In status active: may log in, send, receive."
    assert gets_in(user)


def test_a_removal(
    playbooks: Playbooks, people: People, gets_in: GetsIn, verdict: Verdict, domain: str
) -> None:
    user = people.carla
    refused = playbooks.refusal("remove_user", email=user.email, confirm="carl")
    assert refused.startswith(f"The removal of {user.email} was not confirmed.")
    assert gets_in(user)
    printed = playbooks.talk(
        "remove_user",
        ("Address", user.email),
        ("The address again, to remove this user", user.email.upper()),
    )
    assert f"The user {user.email} was removed." in printed
    place = f"The mail stays on disk in /var/mail/vmail/{domain}/carla."
    assert place in printed
    assert verdict(user.email).startswith("550 5.1.1")
    again = playbooks.run("remove_user", email=user.email, confirm="yes")[0]
    assert again[0].startswith("Nothing had to be changed. There is no user")


SLIPS = (
    ("change_user", {"email": "bn@{}", "status": "closed"}, "did you mean 'ben@{}'"),
    ("change_user", {"email": "ben@{}", "aliases": ""}, "The address '' is refused: it is empty"),
    ("change_user", {"email": "ben@{}"}, "Nothing to change was given."),
    ("suspend_user", {"email": "ben@{}", "status": "shut"}, "must be one of: active, read_only"),
)


@pytest.mark.parametrize(("playbook", "variables", "said"), SLIPS)
def test_a_slip_ends_in_a_sentence(
    playbooks: Playbooks,
    people: People,
    domain: str,
    playbook: str,
    variables: dict[str, str],
    said: str,
) -> None:
    given = {name: value.format(domain) for name, value in variables.items()}
    assert said.format(domain) in playbooks.refusal(playbook, **given)
