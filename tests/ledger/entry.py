"""A numbered message, and what became of it on its way to the host. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

HEADER = "X-Ledger"
# the mailbox of everybody at the outside machine
OUTSIDE = "outside"

Way = t.Literal["outside", "submission", "submissions"]
Kind = t.Literal["constant", "fresh", "plus", "alias", "outbound", "unknown"]
Stage = t.Literal["connect", "tls", "ehlo", "auth", "mail", "rcpt", "data", "end"]
Outcome = t.Literal["accepted", "later", "refused", "unreached", "unknown"]

# Before the first of these nothing of a message has been sent
HANDED_OVER = ("data", "end")


@dataclasses.dataclass(frozen=True)
class Message:
    """`places` are the mailboxes in which one copy each belongs."""

    run: str
    number: int
    way: Way
    sender: str
    recipient: str
    kind: Kind
    places: tuple[str, ...]

    @property
    def id(self) -> str:
        """What stands in its header."""
        return f"{self.run}-{self.number}"


@dataclasses.dataclass(frozen=True)
class Entry(Message):
    """The last answer, in which stage it came, and when, by the clock that is never set."""

    began: float
    answered: float
    code: int  # 0: there was none
    text: str
    stage: Stage

    @property
    def outcome(self) -> Outcome:
        if self.code == 0:
            # after the final dot nobody but the host knows whether it has the message
            return "unknown" if self.stage == "end" else "unreached"
        if 400 <= self.code < 500:
            return "later"
        if self.code >= 500:
            return "refused"
        if self.stage == "end":
            return "accepted"
        raise ValueError(f"{self.id}: {self.code} at {self.stage} ends no conversation")

    @property
    def handed_over(self) -> bool:
        """Whether any of it can be anywhere."""
        return self.stage in HANDED_OVER

    @property
    def refused_as_due(self) -> bool:
        """Nobody has that address, and that was what the host looked at."""
        return self.outcome == "refused" and self.kind == "unknown" and self.stage == "rcpt"

    @property
    def seconds(self) -> float:
        return self.answered - self.began


def entry(
    message: Message, began: float, answered: float, code: int, text: str, stage: Stage
) -> Entry:
    """The message with its answer."""
    fields = {field.name: getattr(message, field.name) for field in dataclasses.fields(Message)}
    return Entry(**fields, began=began, answered=answered, code=code, text=text, stage=stage)
