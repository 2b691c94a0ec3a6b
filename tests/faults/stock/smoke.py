"""Make the example accounts on the stock host and see that it does what it is compared in."""

from __future__ import annotations

import imaplib
import smtplib
import sys

from e2e.clients import Clients, Inbox, message, recipient_reply, subject, verified
from e2e.connection import Connection, read_connection
from faults import whole
from faults.stock import accounts

TROUBLE = (ValueError, AssertionError, OSError, smtplib.SMTPException, imaplib.IMAP4.error)
PATIENCE = 10.0  # seconds; nothing here is about speed


def smoke(connection: Connection) -> list[str]:
    """What was seen; the first thing that is wrong is raised."""
    clients = Clients(connection, verified(connection), connection.address)
    sender, recipient = connection.users[0], connection.users[-1]
    for user in connection.users:
        whole.attempt(clients, user)
    with clients.submissions(sender) as client, clients.imap(recipient) as imap:
        made = message(sender.email, recipient.email)
        client.send_message(made)
        imap.select("INBOX")
        Inbox(imap).wait(subject(made), within=PATIENCE)
    with clients.server() as server:
        outside = connection.outside_sender
        unknown = recipient_reply(server, outside, "nobody.has.this@example.test")
        relay = recipient_reply(server, outside, "somebody@example.com")
    expect("an unknown recipient is refused", unknown[0] == 550, unknown)
    expect("nobody relays", relay[0] in (454, 550, 554), relay)
    with clients.submission(sender) as client:
        forged = recipient_reply(client, recipient.email, recipient.email)
    expect("nobody sends in another's name", forged[0] == 553, forged)
    expect("a wrong password is refused", not logs_in(clients, sender.email), "it was taken")
    return [f"{len(connection.users)} users have mail and log in", f"{unknown}", f"{relay}"]


def expect(what: str, so: bool, answer: object) -> None:
    if not so:
        raise ValueError(
            f"the stock host is not what it shall be: {what}, but the answer is {answer}"
        )


def logs_in(clients: Clients, email: str) -> bool:
    client = clients.imap()
    try:
        client.login(email, "Not-The-Password-1")
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()
    return True


def main() -> int:
    connection = read_connection()
    accounts.add(connection, {user.email: user.password for user in connection.users}, {})
    try:
        print("\n".join(smoke(connection)))
    except (
        ValueError,
        AssertionError,
        OSError,
        smtplib.SMTPException,
        imaplib.IMAP4.error,
    ) as error:
        print(f"stock host: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
