"""What arrived: every mailbox that was used, read by IMAP, and the one of the outside machine."""

from __future__ import annotations

import collections
import concurrent.futures
import imaplib
import io
import re
import ssl
import tarfile
import time
import typing as t

from e2e.clients import Clients, verified
from e2e.connection import Connection, User
from e2e.tunnel import outside
from ledger import queues
from ledger.entry import HEADER, OUTSIDE, Entry
from ledger.letters import Letter, read
from ledger.pool import PASSWORD, Pool
from ledger.verdict import Found

AT_ONCE = 12  # IMAP sessions
ATTEMPTS, PAUSE = 4, 2.0
FIELDS = f"(BODY.PEEK[HEADER.FIELDS ({HEADER} Content-Type DKIM-Signature)])"


class Unread(Exception):
    """Which mailbox could not be read, and why; so nobody knows what is in it."""


def collect(connection: Connection, pool: Pool, entries: t.Iterable[Entry]) -> Found:
    """Read all that can hold something of these messages; the queues first, as mail leaves them."""
    used = [entry for entry in entries if entry.handed_over]
    runs = {entry.run for entry in used}
    waiting = queues.waiting(connection)
    names = sorted(mailboxes(used, pool.domain))
    clients = Clients(connection, verified(connection), connection.address)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
        abroad = workers.submit(read_outside, connection, runs)
        read_all = workers.map(lambda name: read_patiently(clients, name), names)
        letters = {**dict(zip(names, read_all, strict=True)), OUTSIDE: abroad.result()}
    return sort(letters, runs, waiting)


def mailboxes(entries: t.Iterable[Entry], domain: str) -> set[str]:
    """Where copies and bounces can be on the host."""
    named = {name for entry in entries for name in (*entry.places, entry.sender)}
    return {name for name in named if name.endswith(f"@{domain}")}


def sort(
    letters: t.Mapping[str, t.Iterable[Letter]],
    runs: t.Collection[str],
    waiting: t.Collection[str],
) -> Found:
    """Pure: by message, those of these runs."""
    copies: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    bounces: dict[str, list[str]] = collections.defaultdict(list)
    unsigned: set[str] = set()
    for place, those in letters.items():
        for letter in those:
            if letter.id.rpartition("-")[0] not in runs:
                continue
            if letter.bounce:
                bounces[letter.id].append(letter.bounce)
            else:
                copies[letter.id][place] += 1
                unsigned |= set() if letter.signed else {letter.id}
    return Found(dict(copies), dict(bounces), frozenset(waiting), frozenset(unsigned))


def read_patiently(clients: Clients, name: str) -> list[Letter]:
    """A host that was ill a moment ago may need a second question."""
    for attempt in range(ATTEMPTS):
        try:
            return read_mailbox(clients, User(name, PASSWORD))
        except (OSError, ssl.SSLError, imaplib.IMAP4.error) as error:
            if attempt == ATTEMPTS - 1:
                raise Unread(
                    f"{name} cannot be read by IMAP, so nobody knows what is in it: {error}"
                ) from error
            time.sleep(PAUSE)
    raise AssertionError("not reached")


def read_mailbox(clients: Clients, user: User) -> list[Letter]:
    """Its headers, and the whole of what may be a bounce."""
    client = clients.imap(user)
    try:
        status, counted = client.select("INBOX", readonly=True)
        if status != "OK":
            raise client.error(f"SELECT: {counted!r}")
        if counted == [b"0"]:
            return []
        heads = fetch(client, "1:*", FIELDS)
        reports = ",".join(name for name, head in heads.items() if b"multipart/report" in head)
        whole = fetch(client, reports, "(BODY.PEEK[])") if reports else {}
        return [letter for raw in (heads | whole).values() if (letter := read(raw))]
    finally:
        client.logout()


def fetch(client: imaplib.IMAP4, numbers: str, what: str) -> dict[str, bytes]:
    status, parts = client.fetch(numbers, what)
    if status != "OK":
        raise client.error(f"FETCH: {parts!r}")
    return {
        found[0].decode(): bytes(part[1])
        for part in parts
        if isinstance(part, tuple) and (found := re.match(rb"\d+", part[0]))
    }


def read_outside(connection: Connection, runs: t.Collection[str]) -> list[Letter]:
    """All mail there is in one Maildir; what mentions the runs is copied here."""
    if not runs:
        return []
    mentions = " ".join(f"-e '{HEADER}: {run}-'" for run in runs)
    command = (
        "mkdir -p Maildir/new Maildir/cur; cd Maildir;"
        f" (grep -rlaF {mentions} new cur || true) | tar -cf - -T -"
    )
    with tarfile.open(fileobj=io.BytesIO(outside(connection, command))) as archive:
        files = [archive.extractfile(member) for member in archive]
        return [letter for file in files if file and (letter := read(file.read()))]
