"""Between edge and store: encrypted and verified, or not at all; and what waits when it is not."""

from __future__ import annotations

import contextlib
import imaplib
import json
import re
import smtplib
import time
import typing as t

import pytest
from split.conftest import Host, Hosts, do, stopped

from e2e.clients import OUTSIDE_HELO, Clients, Inbox, message, recipient_reply, subject
from e2e.connection import Connection, User
from e2e.tunnel import OUTSIDE_MACHINE

InboxOf = t.Callable[[User], Inbox]
PATIENCE = 20.0  # seconds in which the edge must have tried
FLOWS = 5.0  # seconds in which all works again
BREAK = "/etc/dovecot/site.d/break.conf"
MADE = "/run/split-test"
TLS = "/etc/selfhost-mail/tls"
DECLARED = "ssl_server {{ \n  cert_file = {0}.pem\n  key_file = {0}.key\n}}\n"
IN_CLEAR = """
service lmtp {
  inet_listener lmtp {
    ssl = no
  }
}
service imap-login {
  inet_listener imaps {
    ssl = no
  }
}
"""
WRONG = {
    "another authority": ("store1.internal.example.com", ""),
    "another name": ("other.internal.example.com", f"-CA {TLS}/ca.pem -CAkey {TLS}/ca.key"),
}


@contextlib.contextmanager
def saying(store: Host, text: str) -> t.Iterator[None]:
    """The store with other settings, as from a file of its administrator's."""
    do(
        store,
        f"mkdir -p {BREAK.rpartition('/')[0]}; cat >{BREAK} <<'END'\n{text}\nEND\n"
        "systemctl restart dovecot",
    )
    try:
        yield
    finally:
        do(store, f"rm {BREAK}; systemctl restart dovecot")


@contextlib.contextmanager
def certified(store: Host, name: str, signed_by: str) -> t.Iterator[None]:
    """The store with a certificate that the edge must not accept."""
    do(
        store,
        f"mkdir -p -m 700 {MADE}; cd {MADE}; openssl req -x509 -newkey ec"
        " -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30 -keyout wrong.key -out wrong.pem"
        f" -subj /CN={name} -addext subjectAltName=DNS:{name}"
        f" -addext basicConstraints=critical,CA:FALSE {signed_by} 2>/dev/null",
    )
    with saying(store, DECLARED.format(f"{MADE}/wrong")):
        yield


def send(clients: Clients, connection: Connection, user: User) -> str:
    """From outside, over port 25; the edge has to take it."""
    made = message(connection.outside_sender, user.email)
    with clients.server() as server:
        assert server.send_message(made) == {}
    return subject(made)


def answer(clients: Clients, connection: Connection, user: User) -> int:
    """What another server is told that has mail for the user."""
    port = connection.ports["smtp"]
    with contextlib.closing(smtplib.SMTP(clients.address, port, timeout=PATIENCE)) as server:
        code, _said = server.ehlo(OUTSIDE_HELO)
        if code != 250:
            return code
        return recipient_reply(server, connection.outside_sender, user.email)[0]


def waiting(edge: Host, recipient: str) -> list[str]:
    """Why mail to the recipient waits, for each message that was tried."""
    entries = [json.loads(line) for line in edge.check_output("postqueue -j").splitlines()]
    return [
        there["delay_reason"]
        for entry in entries
        for there in entry["recipients"]
        if there["address"] == recipient and "delay_reason" in there
    ]


def deferral(edge: Host, recipient: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while not (reasons := waiting(edge, recipient)):
        assert time.monotonic() < deadline, edge.check_output("postqueue -p")
        time.sleep(0.1)
    return reasons[0]


def bounces(edge: Host) -> str:
    command = "journalctl --quiet --facility=mail --since=-60s --grep 'status=bounced'; true"
    return str(edge.check_output(command))


def refusal(clients: Clients, user: User) -> str:
    """What a login over IMAP is told, "" if it succeeds."""
    client = clients.imap()
    try:
        client.login(user.email, user.password)
    except imaplib.IMAP4.error as error:
        return bytes(error.args[0]).decode()
    finally:
        client.shutdown()
    return ""


def arrives(edge: Host, clients: Clients, user: User, marker: str) -> None:
    """After the administrator has told the queue; by itself it tries every minute."""
    edge.check_output("postqueue -f")
    deadline = time.monotonic() + FLOWS
    while said := refusal(clients, user):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)
    inbox = clients.inbox(user)
    inbox.wait(marker, FLOWS)
    inbox.client.logout()


@pytest.mark.parametrize("wrong", [*WRONG, "no TLS"])
def test_a_store_that_cannot_be_trusted_gets_nothing(
    wrong: str, hosts: Hosts, connection: Connection, clients: Clients
) -> None:
    """Neither mail nor a password; and nothing is lost."""
    user, edge, store = connection.users[1], hosts["edge"], hosts["store"]
    broken = saying(store, IN_CLEAR) if wrong == "no TLS" else certified(store, *WRONG[wrong])
    with broken:
        marker = send(clients, connection, user)
        reason = deferral(edge, user.email)
        assert re.search("not verified|not trusted|verif|TLS", reason), reason
        assert refusal(clients, user).startswith("[UNAVAILABLE]")
        assert bounces(edge) == ""
    arrives(edge, clients, user, marker)
    assert waiting(edge, user.email) == []


def test_mail_waits_while_the_store_is_away(
    hosts: Hosts, connection: Connection, clients: Clients
) -> None:
    """Mail is taken, users may send, and only the mailboxes are away."""
    user, edge = connection.users[1], hosts["edge"]
    with stopped(hosts["store"], "dovecot"):
        marker = send(clients, connection, user)
        assert "refused" in deferral(edge, user.email)
        assert refusal(clients, user).startswith("[UNAVAILABLE]")
        own = message(user.email, user.email)
        with clients.submission(user) as client:
            assert client.send_message(own) == {}
        assert bounces(edge) == ""
    arrives(edge, clients, user, marker)
    arrives(edge, clients, user, subject(own))


def test_nobody_is_refused_while_the_database_is_away(
    hosts: Hosts, connection: Connection, clients: Clients
) -> None:
    user = connection.users[1]
    with stopped(hosts["database"], "postgresql@17-main"):
        assert answer(clients, connection, user) in range(400, 500)
    deadline = time.monotonic() + FLOWS
    while answer(clients, connection, user) != 250:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    arrives(hosts["edge"], clients, user, send(clients, connection, user))


def test_mail_lies_on_the_store_alone(
    hosts: Hosts, connection: Connection, clients: Clients, inbox_of: InboxOf
) -> None:
    user = connection.users[1]
    marker = send(clients, connection, user)
    inbox_of(user).wait(marker)
    search = (
        f"grep -rl 'Subject: {marker}' /var/mail /var/vmail /srv /home /var/spool 2>/dev/null; true"
    )
    assert [part for part, host in hosts.items() if host.check_output(search)] == ["store"]


def test_the_edge_verifies_the_store(
    hosts: Hosts, connection: Connection, clients: Clients, inbox_of: InboxOf
) -> None:
    """Its own words on the connection over which this message went."""
    user, edge = connection.users[1], hosts["edge"]
    edge.check_output("postfix reload 2>/dev/null")  # a connection that is kept says nothing again
    began = edge.check_output("date +%s.%N")
    inbox_of(user).wait(send(clients, connection, user))
    log = edge.check_output(f"journalctl --quiet --facility=mail --since=@{began}")
    assert "Verified TLS connection established to store1.internal.example.com[10.90." in log
    assert (
        re.search(r"(Untrusted|Trusted|Anonymous) TLS connection established to store1", log)
        is None
    )


def test_the_store_knows_the_clients_address(
    hosts: Hosts, connection: Connection, elsewhere: Clients, bed: t.Any
) -> None:
    """For its log, and for the wait after a wrong password."""
    user = connection.users[1]
    elsewhere.imap(user).logout()
    outside = next(machine for machine in bed.machines if machine.name == OUTSIDE_MACHINE)
    log = hosts["store"].check_output("journalctl --quiet --unit=dovecot --since=-30s")
    found = [line for line in log.splitlines() if f"user=<{user.email}>" in line]
    assert any(f"rip={bed.address4(outside)}," in line and "TLS" in line for line in found), found
