"""One thing an administrator does, how it was answered, and what may be there afterwards. Pure."""

from __future__ import annotations

import dataclasses
import re
import typing as t

# a module waits so long for another writer, and a little longer for a server that says nothing
BOUND_S = 60 + 90

Answer = t.Literal["done", "refused", "unknown"]

# What no administrator should have to read.
STRANGE = re.compile(
    r"Traceback|MODULE FAILURE|fault of ours|object at 0x|<class '|No start of json|Unexpected"
)
UNKNOWN = re.compile(r"not known")
# what is said when SSH itself is cut
NO_WAY = re.compile(r"via ssh|Data could not be sent|waiting for privilege escalation|closed|reset")
SENTENCE = re.compile(r"[A-Z].*\.", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Deed:
    """A call of a module, and everything that is there when it was done."""

    module: str
    options: t.Mapping[str, t.Any]
    makes: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a call returned, "" for nothing at all, and after how many seconds."""

    said: t.Mapping[str, t.Any]
    seconds: float

    @property
    def words(self) -> str:
        return str(self.said.get("msg", ""))

    @property
    def answer(self) -> Answer:
        if self.said.get("unreachable") or UNKNOWN.search(self.words):
            return "unknown"
        return "refused" if self.said.get("failed") else "done"


def complaints(deed: Deed, outcome: Outcome, there: t.Collection[str]) -> list[str]:
    """What is wrong with an answer, given what of the deed was there in the end."""
    found = []
    made = len(deed.makes.intersection(there))
    if STRANGE.search(f"{outcome.said}"):
        found.append(f"{deed.module} failed strangely: {outcome.said}")
    elif outcome.said.get("unreachable"):
        if not NO_WAY.search(outcome.words):
            found.append(f"{deed.module} was unreachable, not by SSH: {outcome.words}")
    elif outcome.said.get("failed") and not SENTENCE.fullmatch(outcome.words):
        found.append(f"{deed.module} failed without a sentence: {outcome.words!r}")
    if outcome.seconds > BOUND_S:
        found.append(f"{deed.module} took {outcome.seconds:.0f} s, more than {BOUND_S}")
    wanted = {
        "done": {len(deed.makes)},
        "refused": {0},
        "unknown": {0, len(deed.makes)},
    }[outcome.answer]
    if made not in wanted:
        said = outcome.words or "that it is done"
        found.append(
            f"{deed.module} wrote {made} of {len(deed.makes)}, and it was {outcome.answer}: {said}"
        )
    return found
