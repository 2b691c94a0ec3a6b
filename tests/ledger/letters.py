"""What is in a mailbox: copies of what was sent, bounces of it, and other mail. Pure."""

from __future__ import annotations

import dataclasses
import re

from ledger.entry import HEADER

MENTION = re.compile(rf"^{HEADER}:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
SIGNATURE = re.compile(r"^DKIM-Signature:", re.MULTILINE | re.IGNORECASE)
FAILED = re.compile(r"^Action:\s*failed", re.MULTILINE | re.IGNORECASE)
REASON = re.compile(r"^Diagnostic-Code:\s*(.*(?:\n[ \t].*)*)", re.MULTILINE | re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Letter:
    id: str
    # why it came back; a copy has none
    bounce: str = ""
    signed: bool = False


def read(raw: bytes) -> Letter | None:
    """None for mail that has nothing to do with the ledger, and for news of a delay."""
    text = raw.decode(errors="replace").replace("\r\n", "\n")
    head, _empty, body = text.partition("\n\n")
    own = MENTION.search(head)
    if own:
        return Letter(own[1], signed=bool(SIGNATURE.search(head)))
    quoted = MENTION.search(body)
    if not quoted or not FAILED.search(body):
        return None
    reason = REASON.search(body)
    return Letter(quoted[1], " ".join(reason[1].split()) if reason else "no reason given")
