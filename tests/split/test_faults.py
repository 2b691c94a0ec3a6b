"""Faults between and on the three hosts, under load."""

from __future__ import annotations

import os
import typing as t

import pytest

from e2e.connection import Connection
from faults import table
from faults.model import Fault
from faults.record import broken
from faults.run import RATE
from faults.site import Site
from faults.trial import keep, trial

ALL = os.environ.get("SELFHOST_FAULTS") == "all"
FAULTS = [one for one in table.faults() if one.hosts == 3 and (one.selected or ALL)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
@pytest.mark.timeout(300)
def test_fault(fault: Fault, connection: Connection, figure: t.Callable[[str], None]) -> None:
    found = trial(fault, Site(connection, "ours"), RATE)
    keep(found, "split")
    figure(f"{fault.id}: whole after {found.whole_s} s, queue empty after {found.backlog_s} s")
    assert broken(found, fault) == [], found.details
