"""A test message is followed to each of its ends, and what is told of them is true."""

from __future__ import annotations

import re
import typing as t

import pytest

from daily.conftest import People
from daily.outside import Outside
from daily.playbooks import Playbooks, reports
from e2e.clients import Clients
from e2e.connection import Connection, User
from e2e.control import Control
from health.host import Host

CLOCK = r"\d\d:\d\d:\d\d\.\d{3}"
MESSAGE_ID = re.compile(r"taken up with the Message-ID (<test\.[0-9a-f]{32}@[^>]+>)")
# the outside machine, where Postfix is given its mail back under another queue ID
FILTER = "127.0.0.1:10025"


@pytest.fixture(scope="module")
def outside(connection: Connection) -> Outside:
    return Outside(connection)


@pytest.fixture(scope="module")
def host(connection: Connection) -> Host:
    return Host(connection)


@pytest.fixture
def arrived(clients: Clients) -> t.Callable[[User, list[str]], int]:
    """How many copies of the message of a report are in the mailbox of a user."""

    def count(user: User, report: list[str]) -> int:
        (message_id,) = MESSAGE_ID.findall("\n".join(report))
        with clients.imap(user) as client:
            client.select("INBOX", readonly=True)
            _status, found = client.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
            return len((found[0] or b"").split())

    return count


Arrived = t.Callable[[User, list[str]], int]


def failing(playbooks: Playbooks, **variables: t.Any) -> list[str]:
    """The report of a run that must fail, which comes before the failure."""
    done = playbooks.start("send_test", **variables)
    assert done.returncode != 0, done.stdout
    (report,) = reports(done.stdout)
    return report


def matches(pattern: str, lines: list[str]) -> list[str]:
    return [line for line in lines if re.fullmatch(f"{CLOCK}  {pattern}", line)]


def test_into_a_mailbox(
    playbooks: Playbooks, people: People, connection: Connection, arrived: Arrived
) -> None:
    user = people.anna
    (would,) = playbooks.run("send_test", "--check", to=user.email)
    assert would == [
        f"Would send a message from {connection.administrator} to {user.email};"
        " 127.0.0.1:25 says 250 2.1.5 Ok to that."
    ]
    (report,) = playbooks.run("send_test", to=user.email.upper())
    saved = rf"which said 250 2\.0\.0 <{re.escape(user.email)}> \S+ Saved"
    through = r"\S*lmtp\S*|\S+:24"
    into = rf"delivered into the mailbox of {re.escape(user.email)} after [\d.]+ s through"
    assert len(matches(rf"{into} ({through}), {saved}", report)) == 1, report
    assert len(matches(r"in the queue for one recipient", report)) == 1, report
    domain = connection.administrator.rpartition("@")[2]
    assert len(matches(rf"signed for {domain} with the key \S+", report)) == 1, report
    assert report[-1] == "It arrived (1 delivered)"
    assert arrived(user, report) == 1


def test_an_alias_of_two(
    playbooks: Playbooks, people: People, connection: Connection, domain: str, arrived: Arrived
) -> None:
    two = (people.anna, people.ben)
    alias = f"two@{domain}"
    targets = [user.email for user in two]
    Control(connection).module("mail_alias", address=alias, targets=targets)
    (report,) = playbooks.run("send_test", to=alias)
    for user in two:
        into = rf"delivered into the mailbox of {re.escape(user.email)} \(by {re.escape(alias)}\) "
        assert len(matches(into + ".*Saved", report)) == 1, report
        assert arrived(user, report) == 1
    assert report[-1] == "It arrived (2 delivered)"


def test_elsewhere(playbooks: Playbooks, connection: Connection, outside: Outside) -> None:
    (report,) = playbooks.run("send_test", to=connection.outside_sender)
    sent = rf"delivered to {connection.outside_sender} after [\d.]+ s by smtp to client\S+, which"
    assert len(matches(sent + r" said 250 2\.0\.0 Ok: queued as \w+", report)) == 1, report
    (message_id,) = MESSAGE_ID.findall("\n".join(report))
    assert outside.do(f"grep -rl '{message_id}' ~debian/Maildir/new | wc -l").strip() == "1"


def test_refused_elsewhere(playbooks: Playbooks, outside: Outside) -> None:
    address, reply = "refused@example.com", "550 5.1.1 No such person here"
    with outside.refusing(address, reply):
        report = failing(playbooks, to=address)
    back = rf"returned to its sender for {address}, because .*No such person here.*"
    assert len(matches(back, report)) == 1, report
    assert report[-1] == "It did NOT arrive (1 bounced)"


def test_elsewhere_is_away(
    playbooks: Playbooks, outside: Outside, host: Host, connection: Connection
) -> None:
    with outside.away():
        (report,) = playbooks.run("send_test", to=connection.outside_sender)
    again = r"and tried again until \d{4}-\d\d-\d\d \d\d:\d\d, because .*Connection refused"
    told = matches(rf"deferred for {connection.outside_sender}, {again}", report)
    assert len(told) == 1, report
    assert report[-1] == "It did not arrive everywhere (1 deferred)"
    (taken,) = [line for line in report if "queued as" in line]
    host.do(f"postsuper -d {taken.split()[-1]}")


def test_nobody_tries(playbooks: Playbooks, people: People, host: Host) -> None:
    """Followed for so long, and no longer."""
    host.do("pkill -STOP -x qmgr")
    try:
        (report,) = playbooks.run("send_test", to=people.anna.email, wait=1)
    finally:
        host.do("pkill -CONT -x qmgr")
    why = r"because nobody tried to deliver it within 1 s"
    assert len(matches(f"still in the queue for {people.anna.email}, {why}", report)) == 1, report
    assert report[-1] == "It did not arrive everywhere (1 queued)"


def test_unknown_here(playbooks: Playbooks, domain: str) -> None:
    address = f"nobody@{domain}"
    report = failing(playbooks, to=address)
    assert len(matches(rf"refused for {address}, because 550 5\.1\.1 .*", report)) == 1, report
    assert report[-1] == "It did NOT arrive (1 refused)"


def test_by_a_filter(playbooks: Playbooks, people: People, host: Host, arrived: Arrived) -> None:
    """A filter gives the message back, and Postfix a new queue ID to it."""
    service = f"{FILTER}/inet='{FILTER} inet n - y - - smtpd -o content_filter= -o smtpd_milters='"
    kept = "/run/test-send-test"
    host.do(
        f"mkdir -p {kept}; cp -p /etc/postfix/main.cf /etc/postfix/master.cf {kept};"
        f"postconf -M {service}; postconf -e content_filter=smtp:{FILTER}; postfix reload"
    )
    try:
        (report,) = playbooks.run("send_test", to=people.anna.email)
    finally:
        host.do(f"cp -p {kept}/main.cf {kept}/master.cf /etc/postfix/; postfix reload")
    assert len([line for line in report if "taken up with" in line]) == 2, report
    assert len([line for line in report if "delivered" in line]) == 2, report
    assert report[-1] == "It arrived (1 delivered)"
    assert arrived(people.anna, [line for line in report if "taken up with" in line][:1]) == 1


def test_nobody_to_ask(playbooks: Playbooks) -> None:
    assert playbooks.refusal("send_test").startswith("No address was given.")
    assert "two @ signs" not in playbooks.refusal("send_test", to="a@b@example.org")
