"""Pause, resume and restart: what is going on may end, the queue stays, no message is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import imaplib
import smtplib
import socket
import threading
import time
import typing as t

import pytest

from daily.conftest import People
from daily.outside import Outside
from daily.playbooks import Playbooks, reports
from e2e.clients import OUTSIDE_HELO, PATIENCE, Clients, message, subject
from e2e.connection import Connection, User
from e2e.control import LIMIT
from health.host import Host

HALVES_S = 1.5  # a stop would not take so long
SENDERS, BETWEEN_S = 3, 0.05
CUT_WITHIN_S = 15.0


@pytest.fixture(scope="module")
def host(connection: Connection) -> Host:
    return Host(connection)


def report_of(playbooks: Playbooks, *words: str, **variables: t.Any) -> list[str]:
    """The lines of all reports of a run, one part of the system after the other."""
    done = playbooks.start(*words, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for report in reports(done.stdout) for line in report]


@pytest.fixture
def resumed(playbooks: Playbooks) -> t.Iterator[None]:
    """Whatever happens, mail flows again for the next test."""
    yield
    report_of(playbooks, "resume")


def refused(clients: Clients, service: str) -> bool:
    where = (clients.address, clients.connection.ports[service])
    try:
        socket.create_connection(where, PATIENCE).close()
    except ConnectionRefusedError:
        return True
    return False


def waiting(host: Host) -> int:
    return int(host.do("postqueue -j | wc -l"))


def gone(host: Host, sender: str, within: float) -> None:
    """No message of a sender is in the queue any more."""
    host.do(f"timeout {within} bash -c 'while postqueue -j | grep -q {sender}; do sleep 0.1; done'")


def begin(clients: Clients, sender: str, user: User) -> tuple[smtplib.SMTP, str]:
    """A server whose message is half there; the subject says which it is."""
    client, made = clients.server(), message(sender, user.email)
    client.mail(sender)
    client.rcpt(user.email)
    assert client.docmd("DATA")[0] == 354
    client.send(made.as_bytes().replace(b"\n", b"\r\n"))
    return client, subject(made)


def idle(client: imaplib.IMAP4_SSL) -> None:
    client.select("INBOX")
    client.send(b"x1 IDLE\r\n")
    assert client.readline().startswith(b"+ ")


def goodbye(client: imaplib.IMAP4_SSL) -> bytes:
    """The last line of a session that the server ends."""
    last = line = client.readline()
    while line:
        last, line = line, client.readline()
    return last


def test_pause_and_resume(
    playbooks: Playbooks,
    people: People,
    clients: Clients,
    connection: Connection,
    host: Host,
    resumed: None,
) -> None:
    outside = Outside(connection)
    user, reader = people.anna, clients.imap(people.anna)
    idle(reader)
    with outside.away():
        host.do(f"echo | sendmail -f {user.email} {connection.outside_sender}")
        host.do("until postqueue -j | grep -q '\"deferred\"'; do sleep 0.1; done")
        before = waiting(host)
        client, marker = begin(clients, connection.outside_sender, user)
        with in_background(lambda: report_of(playbooks, "pause")) as paused:
            # the message is taken, although the pause has begun
            host.do("until grep -q 'State:.T' /proc/$(pgrep -x qmgr)/status; do sleep 0.05; done")
            time.sleep(HALVES_S)
            assert client.docmd(".")[0] == 250
            client.close()
        assert goodbye(reader).startswith(b"* BYE")
        reader.shutdown()
        for service in connection.ports:
            assert refused(clients, service), service
        # the one that was taken last is kept as well
        assert f"{before + 1} messages wait in the queue ({before} before)" in paused()
        assert waiting(host) == before + 1
        masked = host.run("systemctl start postfix")
        assert b"is masked" in masked.stderr
        # not "masked-runtime", which a reboot would end
        assert host.run("systemctl is-enabled postfix").stdout == b"masked\n"
        again = report_of(playbooks, "pause")
        assert "postfix was paused already" in again
        assert "dovecot was paused already" in again
    resume = report_of(playbooks, "resume")
    assert f"{before + 1} messages waited in the queue, and are being delivered now" in resume
    assert host.do("systemctl is-enabled postfix").strip() == "enabled"
    inbox = clients.inbox(user)
    inbox.wait(marker, within=10)
    inbox.client.logout()
    # Postfix itself would wait for a minute before it tries again
    gone(host, user.email, within=10)
    assert "postfix was running already" in report_of(playbooks, "resume")


def test_check_mode_stops_nothing(playbooks: Playbooks, clients: Clients) -> None:
    report = report_of(playbooks, "pause", "--check")
    assert "postfix would be paused, also over a reboot" in report
    assert "dovecot would be paused, also over a reboot" in report
    assert "postfix would be restarted" in report_of(playbooks, "restart", "--check")
    with clients.server() as server:
        assert server.noop()[0] == 250


def test_one_who_never_ends(
    playbooks: Playbooks, people: People, clients: Clients, connection: Connection, resumed: None
) -> None:
    client, _marker = begin(clients, connection.outside_sender, people.anna)
    began = time.monotonic()
    report = report_of(playbooks, "pause", patience=1)
    assert time.monotonic() - began < CUT_WITHIN_S
    cut = "1 transfers were cut after 1 s; their clients try again"
    assert f"postfix is paused, also over a reboot; {cut}" in report
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)), contextlib.closing(client):
        client.docmd(".")
    refusal = playbooks.refusal("restart")
    assert refusal.startswith("dovecot cannot be restarted, because it is paused")


@dataclasses.dataclass
class Numbered:
    """Messages with a number, each sent until it is accepted; of some the answer was lost."""

    clients: Clients
    sender: str
    user: User
    marker: str
    stop: threading.Event = dataclasses.field(default_factory=threading.Event)
    accepted: list[str] = dataclasses.field(default_factory=list)
    unanswered: set[str] = dataclasses.field(default_factory=set)
    tries: int = 0

    def send(self, name: int) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            marker = f"{self.marker} {name}-{number}"
            made = message(self.sender, self.user.email)
            del made["Subject"]
            made["Subject"] = marker
            while not self._accepted(made, marker):
                time.sleep(BETWEEN_S)
            self.accepted.append(marker)
            time.sleep(BETWEEN_S)

    def _accepted(self, made: t.Any, marker: str) -> bool:
        self.tries += 1
        where = (self.clients.address, self.clients.connection.ports["smtp"])
        sent = False
        with contextlib.closing(smtplib.SMTP(timeout=PATIENCE)) as server:
            try:
                server.connect(*where)
                server.ehlo(OUTSIDE_HELO)
                server.mail(self.sender)
                if server.rcpt(self.user.email)[0] != 250:
                    return False
                sent = True
                return bool(server.data(made.as_bytes())[0] == 250)
            except (OSError, smtplib.SMTPException):
                if sent:
                    self.unanswered.add(marker)
                return False


def test_no_message_is_lost(
    playbooks: Playbooks,
    people: People,
    clients: Clients,
    connection: Connection,
    host: Host,
    run_id: str,
    resumed: None,
) -> None:
    flow = Numbered(clients, connection.outside_sender, people.ben, f"numbered {run_id}")
    threads = [threading.Thread(target=flow.send, args=(name,)) for name in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        said = [report_of(playbooks, one, patience=5) for one in ("pause", "resume", "restart")]
    finally:
        flow.stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    host.do("postqueue -f")
    gone(host, people.ben.email, within=40)
    delivered = subjects(clients, people.ben, flow.marker)
    twice = len(delivered) - len(set(delivered))
    print(*[line for report in said for line in report], sep="\n")
    print(f"{len(flow.accepted)} accepted in {flow.tries} tries, {len(delivered)} delivered")
    assert set(delivered) == set(flow.accepted)
    # Whose answer was lost is sent again, as ever in SMTP; nothing else is there twice.
    assert {one for one in delivered if delivered.count(one) > 1} <= flow.unanswered, twice
    assert len(flow.accepted) > 10


def subjects(clients: Clients, user: User, marker: str) -> list[str]:
    with clients.imap(user) as client:
        client.select("INBOX", readonly=True)
        _status, found = client.uid("SEARCH", "HEADER", "Subject", f'"{marker}"')
        uids = (found[0] or b"").decode().split()
        query = "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"
        _status, parts = client.uid("FETCH", ",".join(uids), query)
        texts = [bytes(part[1]).decode() for part in parts if isinstance(part, tuple)]
    return [text.partition(":")[2].strip() for text in texts]


@contextlib.contextmanager
def in_background(work: t.Callable[[], list[str]]) -> t.Iterator[t.Callable[[], list[str]]]:
    """Work goes on during the block, and has ended after it; what comes of it."""
    found: list[list[str]] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    try:
        yield lambda: found[0]
    finally:
        thread.join(LIMIT)
