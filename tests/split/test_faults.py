"""Faults between and on the three hosts, under load."""

from __future__ import annotations

import typing as t

import pytest

from e2e.connection import Connection
from faults import table
from faults.model import Fault
from faults.record import broken
from faults.run import RATE
from faults.site import Site
from faults.trial import keep, trial

FAULTS = [
    pytest.param(one, id=one.id, marks=() if one.selected else pytest.mark.long)
    for one in table.faults()
    if one.hosts == 3
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.timeout(300)
def test_fault(fault: Fault, connection: Connection, figure: t.Callable[[str], None]) -> None:
    found = trial(fault, Site(connection, "ours"), RATE)
    keep(found, "split")
    figure(f"{fault.id}: whole after {found.whole_s} s, queue empty after {found.backlog_s} s")
    assert broken(found, fault) == [], found.details
