# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a database answers when it does not do what it is asked, as sentences."""

from __future__ import annotations

import re
import typing as t

if t.TYPE_CHECKING:
    import psycopg2

LOCK_TIMEOUT = "60s"
CONNECT_S = 10

_ABSENT = re.compile(r"Connection refused|No such file or directory|could not connect to server")
_SILENT = re.compile(r"timeout expired|timed out|No route to host|Network is unreachable")
_BUSY = re.compile(
    r"starting up|shutting down|recovery|not yet accepting|too many (clients|connections)"
    r"|connection slots"
)
_BROKEN = re.compile(r"closed the connection|reset by peer|Broken pipe|unexpected EOF")
_NOW = {
    "53100": "Make room on the disk of the server, then run this again.",
    "53200": "Give the server more memory, or let it do less at once, then run this again.",
    "57014": "Somebody cancelled it, or the server limits how long it may last; run this again.",
    "58030": "Look at the disk of the server and into its log, then run this again.",
}


class DatabaseError(Exception):
    """A sentence about the database; sqlstate is empty when the server could not be asked."""

    def __init__(self, sentence: str, sqlstate: str = "") -> None:
        super().__init__(sentence)
        self.sqlstate = sqlstate


class DatabaseMissing(DatabaseError):
    """There is nothing to talk to yet: no driver, no server or no such database."""


class Unwelcome(DatabaseError):
    """The server is there and says no."""


class CommitBroken(DatabaseError):
    """Whether the change was written is not known; after any other error it was not."""


def refused(error: Exception, login: object, user: str) -> DatabaseError:
    """Say why there is no connection; the server's own words may be in any language."""
    words = _without_advice(error)
    if _ABSENT.search(words):
        return DatabaseMissing(
            f"No PostgreSQL server answers for the {login}: {words}."
            " Start the server, or correct login_host, login_unix_socket or login_port."
        )
    if re.search(r"SSL error|certificate", words):
        return DatabaseError(
            f"The certificate of the {login} cannot be verified: {words}. Correct ca_cert"
            " (site_database_ca_file) or login_host (site_database_host), or run playbook site.yml,"
            " which gives the server a certificate."
        )
    if _SILENT.search(words):
        return DatabaseError(
            f"The server of the {login} does not answer: {words}."
            " See whether it hangs and whether the network leads to it, then run this again."
        )
    if _BUSY.search(words) or _BROKEN.search(words):
        return DatabaseError(
            f"The server of the {login} lets nobody in now: {words}."
            " Run this again in a moment; when it stays so, its log says why."
        )
    return Unwelcome(
        f"The {login} does not let {user!r} in: {words}."
        " Correct login_user or login_password, or run the task as the system user that"
        " the server expects (root, with become, for mail_admin)."
    )


def _without_advice(error: Exception) -> str:
    """What libpq indents is its advice, which ours replaces."""
    lines = [line.strip() for line in str(error).splitlines() if not line.startswith("\t")]
    return "; ".join(filter(None, lines)).rstrip(".")


def words_of(error: psycopg2.Error) -> str:
    """What the server or the driver said, as a part of a sentence."""
    said = getattr(error.diag, "message_primary", None) or _without_advice(error)
    return " ".join(said.split()).rstrip(".")


def translated(error: psycopg2.Error, login: object, user: str, reason: str = "") -> DatabaseError:
    """A statement that failed, for a reason that we know better than the driver."""
    sqlstate, words = error.pgcode or "", reason or words_of(error)
    detail = getattr(error.diag, "message_detail", None)
    said = f"{words} ({detail})" if detail else words
    if sqlstate in ("3F000", "42P01", "42883", "42703"):
        sentence = (
            f"The {login} has no tables of this collection, or older ones: {said}."
            " Run the role database (playbook site.yml), which brings the schema up to date."
        )
    elif sqlstate == "42501":
        sentence = (
            f"The {login} does not allow {user!r} to do this: {said}."
            " Log in as mail_admin, or run the role database, which grants the rights."
        )
    elif sqlstate == "55P03":
        sentence = (
            f"The {login} is being changed by somebody else since more than {LOCK_TIMEOUT};"
            " nothing was written. Run this again when the other change has ended."
        )
    elif sqlstate.startswith("23"):
        sentence = (
            f"The {login} refused the change, since it contradicts what is stored: {said}."
            " Nothing was written. Somebody changed the tables by hand meanwhile; run this again."
        )
    elif sqlstate in _NOW:
        sentence = (
            f"The server of the {login} gave up a statement: {said}."
            f" Nothing was written. {_NOW[sqlstate]}"
        )
    elif not sqlstate or sqlstate.startswith(("08", "57")):
        sentence = (
            f"The connection to the {login} broke: {said}."
            " Nothing was written. Run this again when the server is up."
        )
    else:
        sentence = f"The {login} refused a statement [{sqlstate}]: {said}. Nothing was written."
    return DatabaseError(sentence, sqlstate)
