"""One fault of every kind, under load: nothing lost, nothing bounced, whole again by itself."""

from __future__ import annotations

import typing as t

import pytest

from faults import table
from faults.model import Fault
from faults.record import broken
from faults.run import RATE
from faults.site import Site
from faults.trial import keep, trial
from faults.work import Work

# an administrator works meanwhile: what he does meets the database, and nothing that it needs
WORKED = ("database-stopped-3", "kill-postfix")
SELECTED = [fault for fault in table.faults() if fault.selected and fault.hosts == 1]


@pytest.mark.parametrize("fault", SELECTED, ids=lambda fault: fault.id)
@pytest.mark.timeout(300)
def test_fault(fault: Fault, site: Site, figure: t.Callable[[str], None]) -> None:
    work = Work(site.connection, fault) if fault.id in WORKED else None
    found = trial(fault, site, RATE, work)
    keep(found, "one")
    figure(
        f"{fault.id}: whole after {found.whole_s} s, queue empty after {found.backlog_s} s,"
        f" {found.sent} sent, {found.lost} lost, {found.duplicated} twice"
    )
    assert broken(found, fault) == [], found.details
