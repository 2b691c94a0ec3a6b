# Copyright (c) selfhost.mail contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one says to an IMAP server."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .conversation import Trouble

if t.TYPE_CHECKING:
    from .conversation import Conversation

_LITERAL = re.compile(r"\{(\d+)\}$")
# Said with a greeting or a login; nobody wants to read them in a report.
_CAPABILITIES = re.compile(r"\[CAPABILITY [^]]*\] ?")


@dataclasses.dataclass(frozen=True)
class Answer:
    """`status` is OK, NO or BAD; `lines` what came before it, `literals` what came in octets."""

    status: str
    text: str
    lines: tuple[str, ...]
    literals: tuple[bytes, ...]


def ask(talk: Conversation, command: str) -> Answer:
    """One command and the whole answer to it."""
    talk.send(f"a {command}")
    lines: list[str] = []
    literals: list[bytes] = []
    while True:
        line = talk.line()
        found = _LITERAL.search(line)
        if found:
            literals.append(talk.octets(int(found[1])))
        if line.startswith("a "):
            status, _space, text = line[2:].partition(" ")
            return Answer(status, _CAPABILITIES.sub("", text), tuple(lines), tuple(literals))
        lines.append(line)


def demand(talk: Conversation, command: str) -> Answer:
    """Ask, and take nothing but OK."""
    answer = ask(talk, command)
    if answer.status != "OK":
        raise Trouble(f"{command.split()[0]}: {answer.status} {answer.text}")
    return answer


def greeting(talk: Conversation) -> str:
    return _CAPABILITIES.sub("", talk.line())


def log_in(talk: Conversation, user: str, password: str) -> Answer:
    return ask(talk, f"LOGIN {quoted(user)} {quoted(password)}")


def search(talk: Conversation, criteria: str) -> list[str]:
    """The UIDs of the messages that meet the criteria."""
    lines = demand(talk, f"UID SEARCH {criteria}").lines
    return [uid for line in lines if line.startswith("* SEARCH") for uid in line.split()[2:]]


def fetch(talk: Conversation, uid: str) -> bytes:
    return demand(talk, f"UID FETCH {uid} BODY.PEEK[]").literals[0]


def remove(talk: Conversation, uids: t.Sequence[str]) -> None:
    if uids:
        demand(talk, f"UID STORE {','.join(uids)} +FLAGS.SILENT (\\Deleted)")
        demand(talk, "EXPUNGE")


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def mechanisms(talk: Conversation) -> tuple[str, ...]:
    lines = demand(talk, "CAPABILITY").lines
    words = [word.upper() for line in lines for word in line.split()]
    return tuple(word[5:] for word in words if word.startswith("AUTH="))
