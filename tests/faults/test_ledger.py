"""The ledger sees what goes wrong on a real host, each kind of it, and nothing when all is well."""

from __future__ import annotations

import dataclasses
import itertools
import time
import typing as t

import pytest

from daily.outside import Outside
from e2e.clients import verified
from e2e.connection import Connection
from e2e.control import Control
from faults.cut import line_cut
from faults.site import Site
from ledger import mix, pool
from ledger.entry import Entry, Kind, Message
from ledger.load import Load, new_run
from ledger.logins import Logins
from ledger.mailboxes import collect
from ledger.queues import drain
from ledger.sending import send
from ledger.verdict import FAULTS, Verdict, judge

PATIENCE = 30.0  # seconds for the queues
CALM = 10.0
RATE = 10.0
ABROAD = "example.com"
EFFECTIVE_S = 2.0  # in which a change of an account holds everywhere


@dataclasses.dataclass
class Post:
    """Sends single messages of the kinds that a load has."""

    connection: Connection
    pool: pool.Pool
    run: str = dataclasses.field(default_factory=new_run)
    numbers: t.Iterator[int] = dataclasses.field(default_factory=itertools.count)
    entries: list[Entry] = dataclasses.field(default_factory=list)

    def __call__(
        self,
        kind: Kind,
        way: str = "outside",
        through: Connection | None = None,
        recipient: str = "",
    ) -> Entry:
        """The next one of that kind and way, to that recipient if one is given."""
        while True:
            number = next(self.numbers)
            if mix.MIX[number % len(mix.MIX)][:2] == (way, kind):
                break
        visitor = self.connection.outside_sender
        what, user = mix.planned(self.run, number, self.pool, visitor)
        if recipient:
            what = dataclasses.replace(what, recipient=recipient)
        noted = send(through or self.connection, verified(self.connection), what, user)
        self.entries.append(noted)
        return noted

    def verdict(self) -> Verdict:
        """After the queues are empty, but for what cannot leave."""
        drain(self.connection, {self.run}, PATIENCE)
        return self.verdict_at_once()

    def verdict_at_once(self) -> Verdict:
        return judge(self.entries, collect(self.connection, self.pool, self.entries))


@pytest.fixture(scope="session")
def mailboxes(connection: Connection) -> pool.Pool:
    return pool.prepare(connection)


@pytest.fixture
def post(connection: Connection, mailboxes: pool.Pool) -> Post:
    return Post(connection, mailboxes)


@pytest.fixture
def control(connection: Connection) -> Control:
    return Control(connection)


def only(verdict: Verdict, fault: str, *wanted: Message) -> None:
    """These went wrong, in this way, and nothing else did."""
    seen = {name: [entry.id for entry in verdict.messages(name)] for name in FAULTS}
    assert seen == {name: [w.id for w in wanted if name == fault] for name in FAULTS}


def file_of(entry: Entry) -> str:
    """Script: find the copy in the first of its places."""
    local_part, _at, domain = entry.places[0].partition("@")
    folder = f"$MAIL_ROOT/{domain}/{local_part}.*/Maildir/[cn]*/"
    return f"file=$(grep -rlF 'X-Ledger: {entry.id}' {folder}); [ -f \"$file\" ]"


def test_a_calm_run(connection: Connection, mailboxes: pool.Pool) -> None:
    run = new_run()
    with Logins(connection, mailboxes) as logins, Load(connection, mailboxes, RATE, run) as load:
        time.sleep(CALM)
    drain(connection, {run}, PATIENCE)
    verdict = judge(load.entries, collect(connection, mailboxes, load.entries))
    assert verdict.clean, verdict.line()
    assert verdict.sent == pytest.approx(RATE * CALM, abs=3)
    known = sum(entry.kind != "unknown" for entry in load.entries)
    assert (verdict.accepted, verdict.delivered) == (known, known), verdict.line()
    assert verdict.refused == verdict.sent - known > 0
    assert load.late < 2
    assert {login.kind for login in logins.entries} == {"seen", "new", "submission"}
    assert {login.answer for login in logins.entries} == {"in"}, logins.entries


def test_a_lost_message(site: Site, post: Post) -> None:
    kept, lost = post("fresh"), post("fresh", "submission")
    assert post.verdict().clean
    site.run(f'{file_of(lost)}; rm "$file"', "store")
    verdict = post.verdict()
    only(verdict, "lost", lost)
    assert verdict.messages("delivered") == (kept,)


def test_a_doubled_message(site: Site, post: Post) -> None:
    doubled = post("alias", "submission")
    post("constant")
    assert post.verdict().clean
    place = doubled.places[0]
    site.run(f'{file_of(doubled)}; cp -p "$file" "${{file%/*}}/1.{doubled.id}.mx1"', "store")
    verdict = post.verdict()
    only(verdict, "duplicated", doubled)
    assert verdict.found.copies[doubled.id][place] == 2


def test_bounced_messages(connection: Connection, control: Control, post: Post) -> None:
    """One goes back to a user, one to a sender outside by way of an alias."""
    nobody, alias = f"nobody-{post.run}@{ABROAD}", f"load-away-{post.run}@{post.pool.domain}"
    control.module("mail_alias", address=alias, targets=[nobody])
    with Outside(connection).refusing(nobody, "550 5.1.1 nobody here"):
        inside = post("outbound", "submission", recipient=nobody)
        outside = post("alias", recipient=alias)
        post("outbound", "submission")
        verdict = post.verdict()
    control.module("mail_alias", address=alias, state="absent")
    only(verdict, "bounced", inside, outside)
    reasons = [*verdict.found.bounces[inside.id], *verdict.found.bounces[outside.id]]
    assert len(reasons) == 2
    assert all("550 5.1.1" in reason for reason in reasons), reasons


def test_a_wrongly_refused_message(control: Control, post: Post) -> None:
    """Its recipient is one whom the ledger knows, and the host no longer does."""
    gone = post.pool.fresh().email
    control.module("mail_user", email=gone, state="absent")
    refused = post("fresh", recipient=gone)
    post("fresh")
    only(post.verdict(), "wrongly_refused", refused)
    assert (refused.stage, refused.code) == ("rcpt", 550)


def test_a_wrongly_refused_login(control: Control, post: Post) -> None:
    kept = post.pool.fresh()
    post.pool = dataclasses.replace(post.pool, constant=(kept,) * pool.CONSTANT)
    control.module("mail_user", email=kept.email, state="absent")
    refused = post("outbound", "submission")
    only(post.verdict_at_once(), "wrongly_refused", refused)
    assert (refused.stage, refused.code) == ("auth", 535)


def test_logins(connection: Connection, control: Control, mailboxes: pool.Pool) -> None:
    """Each answer that a calm run does not have."""
    gone, logins = mailboxes.fresh(), Logins(connection, mailboxes)
    assert logins.read(gone, a_message=False) == ("in", "")
    assert logins.read(gone, a_message=True)[0] == "later", "there is nothing to read"
    control.module("mail_user", email=gone.email, state="absent")
    time.sleep(EFFECTIVE_S)
    assert logins.read(gone, a_message=False)[0] == "wrong"
    assert logins.submit(gone)[0] == "wrong"
    closed = dict.fromkeys(connection.ports, 1)
    nobody = Logins(dataclasses.replace(connection, ports=closed), mailboxes)
    assert nobody.read(gone, a_message=False)[0] == "unreached"
    assert nobody.submit(gone)[0] == "unreached"


def test_a_wrongly_accepted_message(control: Control, post: Post) -> None:
    refused = post("unknown")
    assert refused.refused_as_due
    everybody = f"@{post.pool.domain}"
    target = post.pool.constant[0].email
    control.module("mail_alias", address=everybody, targets=[target])
    try:
        accepted = post("unknown", "submission")
    finally:
        control.module("mail_alias", address=everybody, state="absent")
    only(post.verdict(), "wrongly_accepted", accepted)


def test_an_unknown_answer(connection: Connection, post: Post) -> None:
    """The host has the message or not; either is as it should be."""
    with line_cut(connection, passes_the_dot=True) as line:
        there = post("fresh", through=line)
    with line_cut(connection, passes_the_dot=False) as line:
        absent = post("fresh", through=line)
    time.sleep(1)
    verdict = post.verdict()
    assert [entry.outcome for entry in post.entries] == ["unknown", "unknown"]
    assert (verdict.unknown, verdict.clean) == (2, True), verdict.line()
    assert verdict.messages("delivered") == (there,)
    assert verdict.messages("absent") == (absent,)


def test_a_message_that_waits_is_not_lost(connection: Connection, site: Site, post: Post) -> None:
    with Outside(connection).away():
        waits = post("outbound", "submission")
        time.sleep(1)
        verdict = post.verdict_at_once()
        assert verdict.messages("waiting") == (waits,)
        assert verdict.clean
    site.run("postqueue -f")
    assert post.verdict().messages("delivered") == (waits,)
