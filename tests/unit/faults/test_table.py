"""The table of faults: each has a name of its own, and make test tries some of either shape."""

from __future__ import annotations

import pytest

from faults import table


def test_no_two_have_one_id() -> None:
    ids = [fault.id for fault in table.faults()]
    assert len(ids) == len({*ids})


@pytest.mark.parametrize(("hosts", "least"), [(1, 12), (3, 1)])
def test_make_test_tries_some(hosts: int, least: int) -> None:
    """Without any the scenario would be green for nothing."""
    assert sum(fault.selected and fault.hosts == hosts for fault in table.faults()) >= least


def test_every_area_has_faults() -> None:
    assert [area for area in table.AREAS if not table.faults(area)] == []
