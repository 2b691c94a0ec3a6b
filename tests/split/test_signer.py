"""The signer, whose keys are in a database on another host."""

from __future__ import annotations

import typing as t

from e2e.clients import Clients, Inbox, message, subject
from e2e.connection import Connection, User

# each takes two look-ups; after 127 over TLS one that loads libpq anew for each can do no more
MESSAGES = 70


def test_the_signer_does_not_wear_out(
    connection: Connection, clients: Clients, inbox_of: t.Callable[[User], Inbox]
) -> None:
    user = connection.users[0]
    made = [message(user.email, user.email) for _each in range(MESSAGES)]
    with clients.submission(user) as client:
        for each in made:
            client.send_message(each)
    assert b"\nDKIM-Signature: " in inbox_of(user).wait(subject(made[-1]), within=20)
