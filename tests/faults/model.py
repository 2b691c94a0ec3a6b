"""What a fault is: one row of the tables in faults/table. Pure."""

from __future__ import annotations

import dataclasses
import typing as t

Place = t.Literal["edge", "store", "database", "bed"]


@dataclasses.dataclass(frozen=True)
class Fault:
    """A cause that begins and ends while mail flows; what follows from it has to mend itself.

    `begin` and `end` are scripts of bash (-eu) run as root at one part of the system, or, at "bed",
    where the containers are. `hold` and `whole_within` are seconds.
    """

    id: str
    title: str
    begin: str
    # ends the cause alone; it mends nothing that has to mend itself
    end: str = ""
    at: Place = "edge"
    # before the load, and after all was counted: what the cause needs on the host, say a small disk
    prepare: str = ""
    restore: str = ""
    # before that, on our host: prints what is not as it was, line by line
    proof: str = ""
    hold: float = 10.0
    whole_within: float = 15.0
    # after a kill a message may come twice, since LMTP cannot take back what it delivered
    may_duplicate: bool = False
    # "later" is a good answer, so by default nothing has to be accepted meanwhile
    must_accept: bool = False
    # who has logged in before still does, and reads
    seen_log_in: bool = False
    # one host, or three (scenario split)
    hosts: t.Literal[1, 3] = 1
    # what the stock host has as well
    stock: bool = True
    # there its script may fail with these words, and leaves what a person has to mend
    stock_fails: str = ""
    # one of each kind runs in `make test`
    selected: bool = False
